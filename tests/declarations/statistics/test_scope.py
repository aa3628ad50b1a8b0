from declarations.enums import Status
from declarations.statistics.scope import scope_of
from perfgoals.accounts.enums import OfficeKind, Role
from tests.declarations import builders
from tests.declarations.standings import NOW, round_, standing


def test_scope_of_each_role_of_the_bureau(db: None) -> None:
    made, own, other = round_(), builders.office(), builders.office()
    performance = builders.office(OfficeKind.PERFORMANCE)
    people = {
        "reviewer": builders.user(Role.REVIEWER, office=own),
        "performance reviewer": builders.user(Role.PERFORMANCE_REVIEWER, office=performance),
        "administrator": builders.user(Role.ADMINISTRATOR),
        "auditor": builders.user(Role.AUDITOR),
    }

    def found(asked):
        scopes = {who: scope_of(user, made, asked, NOW) for who, user in people.items()}
        return {who: (scope.office, scope.reached) for who, scope in scopes.items()}

    assert found(None) == {
        "reviewer": (own, 3),
        "performance reviewer": (None, 3),
        "administrator": (None, 0),
        "auditor": (None, 0),
    }
    assert found(other) == {
        "reviewer": (own, 3),
        "performance reviewer": (other, 3),
        "administrator": (other, 0),
        "auditor": (other, 0),
    }


def test_scope_holds_active_departments_of_its_office_and_their_declarations_of_its_round(db: None) -> None:
    made, office = round_(), builders.office()
    own = builders.department(office=office)
    declared = standing(Status.DRAFT, made, department=own, reached=None)
    standing(Status.DRAFT, round_(fiscal_year=2026), department=own)
    inactive = builders.department(office=office, is_active=False)
    standing(Status.DRAFT, made, department=inactive)
    strange = standing(Status.DRAFT, made)

    scope = scope_of(builders.user(Role.REVIEWER, office=office), made, None, NOW)
    assert list(scope.departments()) == [own]
    assert list(scope.declarations()) == [declared]
    assert list(scope.seen_declarations()) == []

    everything = scope_of(builders.user(Role.AUDITOR), made, None, NOW)
    assert set(everything.departments()) == {own, strange.department}
    assert set(everything.seen_declarations()) == {declared, strange}
