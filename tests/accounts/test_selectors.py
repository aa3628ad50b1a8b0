from perfgoals.accounts.models import Department, ReviewOffice
from perfgoals.accounts.selectors import in_tree_order


def test_in_tree_order_puts_subordinates_under_their_superior(office: ReviewOffice) -> None:
    a = Department.objects.create(code="1", name="甲", office=office)
    b = Department.objects.create(code="2", name="乙", office=office)
    c = Department.objects.create(code="3", name="丙", office=office, superior=a)
    d = Department.objects.create(code="0", name="丁", office=office, superior=c)
    assert in_tree_order(Department.objects.all()) == [(0, a), (1, c), (2, d), (0, b)]


def test_in_tree_order_of_a_part_puts_orphans_on_top(office: ReviewOffice) -> None:
    a = Department.objects.create(code="1", name="甲", office=office)
    c = Department.objects.create(code="3", name="丙", office=office, superior=a)
    d = Department.objects.create(code="4", name="丁", office=office, superior=c)
    assert in_tree_order([d, c]) == [(0, c), (1, d)]


def test_in_tree_order_of_none_is_empty() -> None:
    assert in_tree_order([]) == []
