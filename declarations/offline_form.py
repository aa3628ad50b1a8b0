"""A declaration's form as a department takes it away: the document and what people may change in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from declarations import selectors
from declarations.document import Document
from declarations.models import Declaration
from declarations.services import TARGETS, writable_fields
from indicators.models import SecondaryIndicator


@dataclass(frozen=True)
class OfflineForm:
    """What the form workbook is made from, and what an uploaded workbook is compared with.

    `declaration` and `template` are the numbers of both in the database. `writable` names the fields of each common
    indicator, by its key, that the department may change. `guidance` is the template's, `group_guidance` that of each
    level-2 group by its key.
    """

    document: Document
    declaration: int
    template: int
    round: str
    guidance: str
    group_guidance: Mapping[str, str]
    writable: Mapping[str, tuple[str, ...]]


def offline_form_of(declaration: Declaration) -> OfflineForm:
    """The form of the declaration as it stands now. A fixed number of queries."""
    round_ = declaration.round
    groups = SecondaryIndicator.objects.filter(primary__template=round_.template_id)
    return OfflineForm(
        document=selectors.current_document(declaration),
        declaration=declaration.pk,
        template=round_.template_id,
        round=round_.title,
        guidance=round_.template.guidance,
        group_guidance={str(pk): guidance for pk, guidance in groups.values_list("pk", "guidance")},
        writable={
            str(row.key): writable_fields(row, TARGETS)
            for row in declaration.target_rows.filter(tertiary__isnull=False).select_related("tertiary")
        },
    )
