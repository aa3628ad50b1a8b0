"""What a bundle is made of, one submission after the other."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db import DatabaseError

from declarations import imprints, versions
from declarations.document import Document
from declarations.enums import BundleKind
from declarations.exports import Format
from declarations.exports.drawing import DrawingRefused
from declarations.exports.imprint import Imprint
from declarations.exports.kept import table_of
from declarations.models import Declaration, Submission
from declarations.versions import Standing

# The tables that are drawn of each submission.
FORMATS = {
    BundleKind.ARCHIVE: (Format.PDF, Format.WORKBOOK),
    BundleKind.BOOK: (Format.PDF,),
    BundleKind.SUMMARY: (),
}
TABLE_FAILED = "生成时发生意外错误"

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Item:
    """A submission with the declaration that it is of."""

    submission: Submission

    @property
    def declaration(self) -> Declaration:
        return self.submission.declaration

    @cached_property
    def document(self) -> Document:
        return Document.model_validate_json(self.submission.document)

    @cached_property
    def standing(self) -> Standing:
        return versions.standing_of(self.declaration, self.submission)

    @property
    def imprint(self) -> Imprint:
        return imprints.of_standing(self.submission, self.standing)

    @property
    def mark(self) -> str:
        """What names and lists say of the table."""
        return versions.mark_of_submission(self.submission, self.standing)

    def table(self, format: Format) -> tuple[bytes | None, str]:
        """The file of the submission, which is kept, or why there is none: it does not stop the others."""
        try:
            return table_of(self.submission.document, format, self.imprint), ""
        except DrawingRefused as refusal:
            return None, str(refusal)
        except DatabaseError:
            raise
        except Exception:
            logger.exception("Submission %s cannot be drawn as %s.", self.submission.pk, format)
            return None, TABLE_FAILED


def items(submissions: Iterable[int]) -> Iterator[Item]:
    """The submissions in the order of their keys here."""
    wanted = list(submissions)
    found = Submission.objects.select_related("declaration__department__office", "declaration__department__superior")
    by_key = found.in_bulk(wanted)
    return (Item(by_key[key]) for key in wanted)
