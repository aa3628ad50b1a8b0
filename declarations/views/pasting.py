"""Cells pasted from a spreadsheet: what would become of them is answered, and nothing is changed."""

from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import HttpResponse, JsonResponse, RawPostDataException
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from declarations import selectors, services
from declarations.clipboard import parse_cells
from declarations.forms.pasting import Paste, ShownTexts, columns_of
from declarations.models import Declaration, Row
from declarations.pasting import PresentRow, lay_out
from declarations.views.lookup import own_declaration_or_404
from indicators.models import SecondaryIndicator
from perfgoals.accounts.access import DEPARTMENT_PEOPLE, Request, allow

MAX_BYTES = 1024 * 1024
REFUSED = 422


@allow(DEPARTMENT_PEOPLE)
@require_POST
def paste(request: Request, declaration_id: int) -> HttpResponse:
    """What pasting a clipboard's text would do to the rows as the browser shows them; a preview where one is needed."""
    declaration = own_declaration_or_404(request, declaration_id)
    if refusal := services.why_not_editable(request.user, declaration, timezone.now()):
        return _refused(refusal)
    try:
        asked = Paste.model_validate_json(request.body)
    except RequestDataTooBig:
        return _refused_as_too_large()
    except (ValidationError, RawPostDataException):
        raise BadRequest("not a request of the form's script") from None
    if len(asked.text.encode()) > MAX_BYTES:
        return _refused_as_too_large()
    cells = parse_cells(asked.text)
    if len(cells) > services.MAX_ROWS:
        return _refused(f"一次最多粘贴 {services.MAX_ROWS} 行，所复制的内容有 {len(cells)} 行，请分次粘贴。")
    group = _group(declaration, asked)
    columns = columns_of(asked.form_class, with_task_amounts=declaration.round.template.with_task_amounts)
    if asked.field not in (column.name for column in columns):
        raise BadRequest("no such column")
    section = asked.form_class.section
    stored = {row.key: row for row in selectors.rows_of(declaration, section.model)}
    plan = lay_out(
        cells,
        columns,
        asked.field,
        [_present_row(shown, stored.get(shown.key), section) for shown in asked.rows],
        asked.number,
        adds_rows=group is None or group.allows_own,
        layout=asked.layout,
    )
    if len(stored) + plan.added > services.MAX_ROWS:
        return _refused(
            f"本部分最多 {services.MAX_ROWS} 行，现有 {len(stored)} 行，粘贴将新增 {plan.added} 行，请减少后再粘贴。"
        )
    preview = ""
    if plan.needs_preview:
        preview = render_to_string("declarations/filling/_paste_preview.html", {"plan": plan, "group": group})
    return JsonResponse(
        {
            "preview": preview,
            "touched": plan.touched,
            "rows": [{"key": row.key, "texts": row.texts} for row in plan.rows if row.changes],
        }
    )


def _group(declaration: Declaration, asked: Paste) -> SecondaryIndicator | None:
    """The level-2 group into which targets are pasted. Raises BadRequest where it is not the template's."""
    if asked.section != "targets":
        if asked.group is not None:
            raise BadRequest("group of what is no target")
        return None
    group = selectors.group_of(declaration, asked.group) if asked.group is not None else None
    if group is None:
        raise BadRequest("no such group")
    return group


def _present_row(shown: ShownTexts, stored: Row | None, section: services.Section) -> PresentRow:
    """The row as the browser shows it; texts that nobody can type there are those that are stored."""
    if not set(shown.texts).issubset(section.fields):
        raise BadRequest("no such field")
    if stored is None:
        return PresentRow(str(shown.key), shown.texts, section.fields)
    writable = services.writable_fields(stored, section)
    texts = {name: getattr(stored, name) for name in section.fields}
    typed = {name: text for name, text in shown.texts.items() if name in writable}
    return PresentRow(str(shown.key), texts | typed, writable)


def _refused_as_too_large() -> JsonResponse:
    return _refused("所复制的内容超过 1 MB，请分次粘贴。")


def _refused(message: str) -> JsonResponse:
    return JsonResponse({"message": message}, status=REFUSED)
