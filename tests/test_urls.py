"""Every address of the site, walked: who gets what from it, and that none is left out.

`PAGES` says for each named address who may call it. A new address without a line here fails the walk.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from declarations.models import CommentText, Declaration
from indicators.models import PrimaryIndicator, SecondaryIndicator, TertiaryIndicator
from perfgoals.accounts.enums import Role
from perfgoals.accounts.models import User
from tests.declarations import builders, situations
from tests.declarations.situations import AT_THE_BUREAU, EVERY_SITUATION, EVERYBODY, SUBMITTED

OK, MOVED, NO_SUCH_PAGE, POST_ONLY = 200, 302, 404, 405

OWN = {"preparer", "head"}
READERS = {"administrator", "auditor"}
# Of the department's office, and so may decide in the first stage, save for him who filled in.
OFFICE = {"reviewer", "second reviewer", "head of the office"}
OWN_REVIEWERS = {*OFFICE, "reviewer who filled in", "performance reviewer"}
SUPERIORS = {"preparer of the superior", "head of the superior"}
REVIEWERS = {*OWN_REVIEWERS, "reviewer of another office"}
PREPARERS = {
    "preparer",
    "preparer of the superior",
    "preparer of another department",
    "preparer under another office",
}
DEPARTMENTS = PREPARERS | {"head", "head of the superior", "head of another department", "head under another office"}
ADMINISTRATORS = {"administrator"}
ALL = set(EVERYBODY)
# Of the departments, those who get the review page because they decide.
DECIDES = {situations.HEAD_REVIEW: {"head"}, situations.SUPERIOR_REVIEW: SUPERIORS}

# Pages without a declaration: who gets them. To all others they do not exist.
PAGES = {
    "home": ALL,
    "declarations:list": ALL,
    "declarations:queue": DEPARTMENTS | REVIEWERS,
    "declarations:load": {"head of the office"},
    "declarations:dashboard": READERS | REVIEWERS,
    "declarations:dashboard_export": READERS | REVIEWERS,
    "declarations:round_list": ADMINISTRATORS,
    "declarations:round_create": ADMINISTRATORS,
    "declarations:round_edit": ADMINISTRATORS,
    "declarations:review_form": ADMINISTRATORS,
    "declarations:template_preview": ADMINISTRATORS,
    "declarations:notice_list": ALL,
    "declarations:bundle_list": ALL,
    "declarations:comment_text_list": ADMINISTRATORS,
    "declarations:comment_text_create": ADMINISTRATORS,
    "declarations:comment_text_edit": ADMINISTRATORS,
    "accounts:password_change": ALL,
    "accounts:settings": ALL,
    "accounts:office_list": ADMINISTRATORS,
    "accounts:office_create": ADMINISTRATORS,
    "accounts:office_edit": ADMINISTRATORS,
    "accounts:department_list": ADMINISTRATORS,
    "accounts:department_create": ADMINISTRATORS,
    "accounts:department_edit": ADMINISTRATORS,
    "accounts:user_list": ADMINISTRATORS,
    "accounts:user_create": ADMINISTRATORS,
    "accounts:user_edit": ADMINISTRATORS,
    "audit:log": READERS,
    "audit:export": READERS,
    "indicators:template_list": ADMINISTRATORS,
    "indicators:template_create": ADMINISTRATORS,
    "indicators:template_edit": ADMINISTRATORS,
    "indicators:template_head": ADMINISTRATORS,
    "indicators:template_publish": ADMINISTRATORS,
    "indicators:template_delete": ADMINISTRATORS,
    "indicators:node_add": ADMINISTRATORS,
    "indicators:node_change": ADMINISTRATORS,
    "indicators:node_delete": ADMINISTRATORS,
}

# Addresses that only take a form: who may send it at all. What then happens their own tests tell.
POSTS = {
    "declarations:start": PREPARERS,
    "declarations:submit": DEPARTMENTS,
    "declarations:withdraw": DEPARTMENTS,
    "declarations:autosave": DEPARTMENTS,
    "declarations:paste": DEPARTMENTS,
    "declarations:approve": DEPARTMENTS | REVIEWERS,
    "declarations:hand_back": DEPARTMENTS | REVIEWERS,
    "declarations:undo": DEPARTMENTS | REVIEWERS,
    "declarations:assess": REVIEWERS,
    "declarations:take": REVIEWERS,
    "declarations:release": REVIEWERS,
    "declarations:assign": REVIEWERS,
    "declarations:comment_add": DEPARTMENTS | REVIEWERS,
    "declarations:comment_answer": DEPARTMENTS | REVIEWERS,
    "declarations:comment_settle": DEPARTMENTS | REVIEWERS,
    "declarations:comment_reopen": DEPARTMENTS | REVIEWERS,
    "declarations:return": DEPARTMENTS | REVIEWERS,
    "declarations:bundle_cancel": ALL,
    "declarations:bundle_delete": ALL,
    "declarations:notice_read_all": ALL,
    "declarations:bulk": DEPARTMENTS | REVIEWERS,
    "declarations:round_extend": ADMINISTRATORS,
    "accounts:user_reset_password": ADMINISTRATORS,
    "accounts:user_unlock": ADMINISTRATORS,
    "indicators:template_copy": ADMINISTRATORS,
    "indicators:node_move": ADMINISTRATORS,
}

# Pages of one declaration: who gets them, and in which situations.
DECLARATION_PAGES = {
    "declarations:detail": [
        (OWN | READERS, EVERY_SITUATION),
        (OWN_REVIEWERS, AT_THE_BUREAU),
        (SUPERIORS, {situations.SUPERIOR_REVIEW}),
    ],
    "declarations:comments": [
        (OWN | READERS, EVERY_SITUATION),
        (OWN_REVIEWERS, AT_THE_BUREAU),
        (SUPERIORS, {situations.SUPERIOR_REVIEW}),
    ],
    "declarations:goals": [(OWN, EVERY_SITUATION)],
    "declarations:tasks": [(OWN, EVERY_SITUATION)],
    "declarations:budget": [(OWN, EVERY_SITUATION)],
    "declarations:indicators": [(OWN, EVERY_SITUATION)],
    "declarations:take_over": [(OWN, EVERY_SITUATION)],
    "declarations:library": [(OWN, EVERY_SITUATION)],
    "declarations:workbook": [(OWN, EVERY_SITUATION)],
    "declarations:upload": [(OWN, EVERY_SITUATION)],
    "declarations:check": [(OWN, EVERY_SITUATION)],
    "declarations:preview": [(OWN | READERS, EVERY_SITUATION)],
    "declarations:export": [(OWN | READERS, EVERY_SITUATION)],
    "declarations:submission": [
        (OWN | READERS, SUBMITTED),
        (OWN_REVIEWERS, AT_THE_BUREAU),
        (SUPERIORS, {situations.SUPERIOR_REVIEW}),
    ],
    "declarations:submission_comparison": [
        (OWN | READERS, SUBMITTED),
        (OWN_REVIEWERS, AT_THE_BUREAU),
        (SUPERIORS, {situations.SUPERIOR_REVIEW}),
    ],
    "declarations:adjustment": [(OWN | READERS | OWN_REVIEWERS, situations.ADJUSTMENTS)],
    "declarations:submission_export": [
        (OWN | READERS, SUBMITTED),
        (OWN_REVIEWERS, AT_THE_BUREAU),
        (SUPERIORS, {situations.SUPERIOR_REVIEW}),
    ],
}
# Pages from which the department's preparer takes a step, in these situations; in others they lead back.
STEP_PAGES = {
    "declarations:adjust": {situations.APPROVED},
    "declarations:cancel_adjustment": {situations.ADJUSTING, situations.ADJUSTMENT_RETURNED},
}
REVIEW_PAGE = "declarations:review"
# Each for one person alone: tests/declarations/views/test_notices.py.
NOTICE_PAGE = "declarations:notice"
# Each for whoever ordered it, and of what the address selects: tests/declarations/views/test_bundles.py.
BUNDLE_PAGES = {"declarations:bundle_download", "declarations:bundle_order"}
# Of an upload that is not there any more: its department is led to where it can upload again.
UPLOAD_PAGE = "declarations:upload_preview"

STEPS = {
    "declarations:submit",
    "declarations:withdraw",
    "declarations:approve",
    "declarations:return",
    "declarations:hand_back",
    "declarations:undo",
    "declarations:assess",
    "declarations:take",
    "declarations:release",
    "declarations:assign",
}
# What the form's script asks for.
SCRIPTS = {"declarations:autosave", "declarations:paste"}
COMMENTS = {
    "declarations:comment_add",
    "declarations:comment_answer",
    "declarations:comment_settle",
    "declarations:comment_reopen",
}
FORMS = {
    "declarations:goals",
    "declarations:tasks",
    "declarations:budget",
    "declarations:indicators",
    "declarations:take_over",
    "declarations:library",
    "declarations:upload",
    UPLOAD_PAGE,
    *STEP_PAGES,
}
PAGES_TO_CHANGE_A_TEMPLATE = {
    "indicators:template_head",
    "indicators:template_publish",
    "indicators:template_delete",
    "indicators:node_add",
    "indicators:node_change",
    "indicators:node_delete",
}
PUBLIC = {
    "accounts:login",
    "accounts:logout",
    "declarations:schema",
    "declarations:verify_form",
    "declarations:verify",
}


def walk(patterns: Any, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern of the URLconf with its full name."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from walk(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}", pattern


EVERY_ADDRESS = dict(walk(get_resolver().url_patterns))


def addresses(declaration: Declaration, user: User) -> dict[str, str]:
    """Each address, with things that exist: the declaration, its round, template and department, and the user."""
    template = declaration.round.template
    primary = PrimaryIndicator.objects.filter(template=template).first()
    secondary = SecondaryIndicator.objects.filter(primary__template=template).first()
    tertiary = TertiaryIndicator.objects.filter(secondary__primary__template=template).first()
    assert primary
    assert secondary
    assert tertiary
    known = {
        "declaration_id": declaration.pk,
        "round_id": declaration.round_id,
        "template_id": template.pk,
        "primary_id": primary.pk,
        "number": 1,
        "other": 1,
        "upload_id": 1,
        "notice_id": 1,
        "comment_id": 1,
        "text_id": 1,
        "bundle_id": 1,
        "file_format": "json",
        "code": "0123456789abcdef",
        "table": "offices",
        "level": "tertiary",
        "parent_id": secondary.pk,
        "node_id": tertiary.pk,
    }
    keys = {
        "accounts:office_edit": declaration.department.office_id,
        "accounts:department_edit": declaration.department_id,
    }
    # The part of the path that stands before the declaration's own pages belongs to an included pattern.
    own_part = {name: set(pattern.pattern.regex.groupindex) for name, pattern in EVERY_ADDRESS.items()}
    of_declaration = {*DECLARATION_PAGES, *STEP_PAGES, REVIEW_PAGE, UPLOAD_PAGE} | STEPS | SCRIPTS | COMMENTS
    return {
        name: reverse(
            name,
            kwargs={
                wanted: keys.get(name, user.pk) if wanted == "pk" else known[wanted]
                for wanted in own_part[name] | ({"declaration_id"} if name in of_declaration else set())
            },
        )
        for name in EVERY_ADDRESS
    }


def test_every_address_is_in_exactly_one_table() -> None:
    tables = [
        *PAGES,
        *POSTS,
        *DECLARATION_PAGES,
        *STEP_PAGES,
        REVIEW_PAGE,
        UPLOAD_PAGE,
        NOTICE_PAGE,
        *BUNDLE_PAGES,
        *PUBLIC,
    ]
    assert sorted(tables) == sorted(EVERY_ADDRESS)


def test_every_view_names_its_roles_or_is_public() -> None:
    roles = {name: getattr(pattern.callback, "allowed_roles", "nobody said") for name, pattern in EVERY_ADDRESS.items()}
    assert {name for name, allowed in roles.items() if allowed is None} == PUBLIC
    assert {name for name, allowed in roles.items() if allowed == "nobody said"} == set()
    assert all(allowed <= frozenset(Role) for allowed in roles.values() if allowed is not None)


def unexpected(answers: dict[Any, int], expected: dict[Any, int]) -> dict[Any, tuple[int, int]]:
    """Where the two differ; a difference of hundreds of whole answers cannot be read."""
    assert answers.keys() == expected.keys()
    return {key: (answers[key], expected[key]) for key in answers if answers[key] != expected[key]}


def test_every_page_without_a_declaration_answers_each_role_as_the_table_says(db: None) -> None:
    declaration = situations.declaration_in(situations.SECOND_REVIEW)
    CommentText.objects.create(pk=1, title="指标值", text="请量化指标值。")
    answers, expected = {}, {}
    for who, user in situations.people_around(declaration.department).items():
        client, address_of = builders.client_of(user), addresses(declaration, user)
        answers |= {(name, who): client.get(address_of[name]).status_code for name in [*PAGES, *POSTS]}
        expected |= {(name, who): OK if who in allowed else NO_SUCH_PAGE for name, allowed in PAGES.items()}
        expected |= {(name, who): POST_ONLY if who in allowed else NO_SUCH_PAGE for name, allowed in POSTS.items()}
    # A published template has no pages to change it: these lead back to the page that shows it.
    for name in PAGES_TO_CHANGE_A_TEMPLATE:
        expected[name, "administrator"] = MOVED
    assert unexpected(answers, expected) == {}


@pytest.mark.parametrize("situation", sorted(EVERY_SITUATION))
def test_every_page_of_a_declaration_answers_each_role_as_the_table_says(db: None, situation: str) -> None:
    declaration = situations.declaration_in(situation)
    answers, expected = {}, {}
    for who, user in situations.people_around(declaration.department).items():
        client, address_of = builders.client_of(user), addresses(declaration, user)
        names = [*DECLARATION_PAGES, *STEP_PAGES, REVIEW_PAGE, UPLOAD_PAGE]
        answers |= {(name, who): client.get(address_of[name]).status_code for name in names}
        for name, rules in DECLARATION_PAGES.items():
            found = any(who in allowed and situation in when for allowed, when in rules)
            expected[name, who] = OK if found else NO_SUCH_PAGE
        for name, when in STEP_PAGES.items():
            expected[name, who] = NO_SUCH_PAGE if who != "preparer" else OK if situation in when else MOVED
        expected[UPLOAD_PAGE, who] = MOVED if who in OWN else NO_SUCH_PAGE
        in_bureau = (who in READERS and situation in SUBMITTED) or (who in OWN_REVIEWERS and situation in AT_THE_BUREAU)
        decides = who in DECIDES.get(situation, ())
        sees = who in OWN | READERS
        expected[REVIEW_PAGE, who] = OK if in_bureau or decides else MOVED if sees else NO_SUCH_PAGE
    assert unexpected(answers, expected) == {}


@pytest.mark.parametrize("situation", sorted(EVERY_SITUATION))
def test_every_form_of_a_declaration_sent_by_a_stranger_finds_nothing_and_changes_nothing(
    db: None, situation: str
) -> None:
    declaration = situations.declaration_in(situation)
    people = situations.people_around(declaration.department)
    before = situations.stored()
    answers = {}
    strangers = ALL - OWN - READERS - OWN_REVIEWERS - SUPERIORS
    for who in strangers:
        client = builders.client_of(people[who])
        for name, address in addresses(declaration, people[who]).items():
            if name in {*DECLARATION_PAGES, *STEP_PAGES, REVIEW_PAGE, UPLOAD_PAGE} | STEPS | SCRIPTS | COMMENTS:
                answers[name, who] = client.post(address, {"action": "add"}).status_code
    assert set(answers.values()) <= {NO_SUCH_PAGE, POST_ONLY}
    assert {answers[name, who] for name, who in answers if name in STEPS | SCRIPTS | COMMENTS | FORMS} == {NO_SUCH_PAGE}
    assert situations.stored() == before


def test_every_page_asks_for_sign_in(db: None) -> None:
    declaration = situations.declaration_in(situations.APPROVED)
    user = builders.user(Role.ADMINISTRATOR)
    client = Client()
    for name, address in addresses(declaration, user).items():
        if name in PUBLIC:
            continue
        response = client.get(address)
        assert (name, response.status_code, response.headers.get("Location", "").split("?")[0]) == (
            name,
            MOVED,
            reverse("accounts:login"),
        )
        assert (name, client.post(address).status_code) == (name, 401)
