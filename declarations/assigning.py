"""Who of an office deals with a declaration (经办人): its people take it, its head hands it out."""

from datetime import UTC, datetime

from django.db import transaction

from declarations import notices, people, permissions, selectors
from declarations.enums import NoticeKind
from declarations.models import Declaration
from perfgoals.accounts.models import User
from perfgoals.audit.enums import Action
from perfgoals.audit.recording import record


class AssignmentRefused(Exception):
    """Somebody cannot be made the one who deals with a declaration; the message, in Chinese, says why."""


def take(declaration_id: int, actor: User, now: datetime, *, taken_from: int | None = None) -> None:
    """Make `actor` the one who deals with the declaration.

    `taken_from` is the person who deals with it as far as `actor` has seen, who is told. Raises AssignmentRefused
    and changes nothing, also where somebody else has taken it meanwhile.
    """
    with transaction.atomic():
        declaration = selectors.locked_declaration(declaration_id)
        if declaration.assignee_id == actor.pk:
            return
        _require(permissions.can_take(actor, declaration), actor, declaration)
        if declaration.assignee_id != taken_from and declaration.assignee is not None:
            raise AssignmentRefused(
                f"该申报表刚由{declaration.assignee}经办，未改由您经办。如仍须由您办理，请再次点选。"
            )
        _give(declaration, actor, f"{actor}已接手经办{declaration}申报表。", actor, now)


def release(declaration_id: int, actor: User, now: datetime) -> None:
    """Leave the declaration to whoever of the office takes it next; heads release it for others, too.

    Raises AssignmentRefused and changes nothing.
    """
    with transaction.atomic():
        declaration = selectors.locked_declaration(declaration_id)
        if declaration.assignee is None:
            return
        _require(permissions.can_release(actor, declaration), actor, declaration)
        _give(declaration, None, f"{actor}已将{declaration}申报表改为待认领。", actor, now)


def assign(declaration_id: int, actor: User, assignee_id: int, now: datetime) -> None:
    """Make one of those who may decide the one who deals with the declaration, as the head of their office.

    Whoever gets it is told, and so is whoever dealt with it before. Raises AssignmentRefused and changes nothing.
    """
    with transaction.atomic():
        declaration = selectors.locked_declaration(declaration_id)
        _require(permissions.can_assign(actor, declaration), actor, declaration)
        assignee = people.office_reviewers(declaration).filter(pk=assignee_id).first()
        if assignee is None:
            raise AssignmentRefused("请选择可以办理该申报表的本科室人员。")
        if declaration.assignee_id != assignee.pk:
            _give(declaration, assignee, f"{actor}已将{declaration}申报表改由{assignee}经办。", actor, now)


def _require(is_allowed: bool, actor: User, declaration: Declaration) -> None:
    if is_allowed:
        return
    if permissions.has_part_in(actor, declaration):
        raise AssignmentRefused("您填报或送审过该申报表，不能由您审核。")
    if permissions.reviews_now(actor, declaration):
        raise AssignmentRefused("您无权变更该申报表的经办人。")
    raise AssignmentRefused("该申报表现在不由您的科室办理，可能已由他人办理。请核对办理记录。")


def _give(declaration: Declaration, assignee: User | None, text_for_former: str, actor: User, now: datetime) -> None:
    former, declaration.assignee = declaration.assignee, assignee
    declaration.save(update_fields=["assignee"])
    key = f"assigned/{declaration.pk}/{now.astimezone(UTC):%Y%m%d%H%M%S%f}"
    for person, text in (
        (former, text_for_former),
        (assignee, f"{actor}已将{declaration}申报表分派给您经办。"),
    ):
        if person is not None and person != actor:
            notices.tell([person], NoticeKind.ASSIGNED, key, text, now, declaration=declaration)
    action = Action.RELEASE if assignee is None else Action.TAKE if assignee == actor else Action.ASSIGN
    text = f"{former or '待认领'} → {assignee or '待认领'}"
    record(actor, action, subject=f"{declaration}申报表", declaration_id=declaration.pk, text=text)
