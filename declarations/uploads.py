"""An uploaded workbook on its way into the declaration: kept while its comparison is looked at, then applied."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from declarations import selectors, services
from declarations.changes import BudgetEdit, Changes, Deletion, apply_changes
from declarations.comparison import Comparison, Kind, RowComparison, SectionComparison
from declarations.document import BUDGET_LABELS, Document
from declarations.imports.addressee import is_current
from declarations.imports.matching import Proposal, propose
from declarations.imports.reading import Reading, Source
from declarations.models import Declaration, Upload
from declarations.offline_form import offline_form_of
from declarations.services import GOALS, TARGETS, TASKS, RowEdit, Section
from perfgoals.accounts.models import User

KEPT_FOR = timedelta(days=1)

# The version of each stored row by its section and key.
Versions = Mapping[tuple[Section, str], int]


class UploadRefused(Exception):
    """The workbook is not applied, and nothing has changed; the message, in Chinese, says why."""


class DeclarationChanged(UploadRefused):
    """The declaration is not what the workbook was compared with."""


@dataclass(frozen=True)
class Preview:
    """What an upload would make of the declaration as it stands now, whose digest is `digest`.

    `is_older_form` says that the declaration has changed since the workbook was downloaded.
    """

    proposal: Proposal
    digest: str
    is_older_form: bool


def keep_upload(
    declaration_id: int, actor: User, reading: Reading, file_name: str, now: datetime | None = None
) -> Upload:
    """Keep what was read from a workbook, in place of what the person uploaded for the declaration before.

    What anybody left behind for longer than `KEPT_FOR` is thrown away. Raises NotEditable.
    """
    now = now or timezone.now()
    with transaction.atomic():
        declaration = services.locked_to_edit(declaration_id, actor, now)
        Upload.objects.filter(
            Q(uploaded_at__lt=now - KEPT_FOR) | Q(declaration=declaration, uploaded_by=actor)
        ).delete()
        return Upload.objects.create(
            declaration=declaration,
            uploaded_by=actor,
            file_name=file_name[: Upload._meta.get_field("file_name").max_length],
            contents=reading.model_dump_json(),
            seen_digest=selectors.document_of(declaration).digest(),
        )


def preview_of(upload: Upload, declaration: Declaration, *, delete_missing: bool) -> Preview:
    """What the upload would make of its declaration. A fixed number of queries."""
    reading = Reading.model_validate_json(upload.contents)
    form = offline_form_of(declaration)
    proposal = propose(reading, form, delete_missing=delete_missing)
    is_older_form = reading.source is Source.FORM and not is_current(reading, form.document)
    return Preview(proposal, form.document.digest(), is_older_form)


def apply_upload(
    upload: Upload, actor: User, digest: str, *, delete_missing: bool, now: datetime | None = None
) -> Comparison:
    """Change the declaration as the preview showed it, all or nothing, and throw the upload away.

    `digest` is that of the document that the preview was shown for. Raises NotEditable; UploadRefused where the
    workbook has errors or was applied already, DeclarationChanged where the declaration is another one now.
    """
    with transaction.atomic():
        declaration = services.locked_to_edit(upload.declaration_id, actor, now)
        if not Upload.objects.filter(pk=upload.pk).exists():
            raise UploadRefused("该次上传的内容已导入或已放弃，未重复导入。")
        preview = preview_of(upload, declaration, delete_missing=delete_missing)
        if preview.digest != digest:
            raise DeclarationChanged("申报表在您核对期间有改动，尚未导入。下面已与最新内容重新对比，请核对后再确认。")
        if preview.proposal.errors:
            raise UploadRefused("工作簿中有错误，不能导入。")
        _write(declaration, actor, preview.proposal, now)
        upload.delete()
        return preview.proposal.comparison


def _write(declaration: Declaration, actor: User, proposal: Proposal, now: datetime | None) -> None:
    """Make the declaration what is proposed. Raises UploadRefused where anything cannot be done."""
    sections = proposal.comparison.sections
    # Deletions first: they make room for the new rows, and for a row that moves to another level-2 group.
    versions = _versions(declaration)
    for changes in (_deletions(versions, sections), _edits(declaration, versions, sections, proposal.document)):
        applied = apply_changes(declaration.pk, actor, changes, now)
        if applied.refused:
            raise UploadRefused(f"导入未完成，申报表没有改动：{next(iter(applied.refused.values()))}")
        if applied.conflicts or applied.budget_conflict:
            raise DeclarationChanged("申报表同时被他人修改，尚未导入。请核对后再确认。")
    for section in sections:
        if any(row.moved or row.kind is Kind.NEW for row in section.rows):
            keys = [UUID(row.key) for row in section.rows if row.kind is not Kind.GONE]
            services.order_rows(declaration.pk, actor, _section(section), keys, now)


def _section(compared: SectionComparison) -> Section:
    return {"goals": GOALS, "tasks": TASKS}.get(compared.path, TARGETS)


def _rows(sections: Iterable[SectionComparison]) -> Iterable[tuple[Section, RowComparison]]:
    return ((_section(section), row) for section in sections if section.path != "budget" for row in section.rows)


def _versions(declaration: Declaration) -> Versions:
    return {
        (section, str(key)): version
        for section in (GOALS, TASKS, TARGETS)
        for key, version in selectors.rows_of(declaration, section.model).values_list("key", "version")
    }


def _deletions(versions: Versions, sections: Iterable[SectionComparison]) -> Changes:
    return Changes(
        deletions=[
            Deletion(section, UUID(row.key), versions[section, row.key])
            for section, row in _rows(sections)
            if row.kind is Kind.GONE or row.moved_from
        ]
    )


def _edits(
    declaration: Declaration, versions: Versions, sections: Iterable[SectionComparison], proposed: Document
) -> Changes:
    group_of = {target.key: int(group.key) for _, group, target in proposed.targets()}
    edits: dict[Section, list[RowEdit]] = {GOALS: [], TASKS: [], TARGETS: []}
    for section, row in _rows(sections):
        if row.kind is Kind.NEW or row.moved_from:
            texts = {field.name: field.after for field in row.fields if field.after}
            group = group_of[row.key] if section is TARGETS else None
            edits[section].append(RowEdit(UUID(row.key), 0, texts, group))
        elif row.kind is Kind.CHANGED:
            texts = {field.name: field.after for field in row.changed_fields}
            edits[section].append(RowEdit(UUID(row.key), versions[section, row.key], texts))
    figures = {name: getattr(proposed.budget, name) for name in BUDGET_LABELS}
    return Changes(edits=edits, budget=BudgetEdit(selectors.budget_of(declaration).version, figures))
