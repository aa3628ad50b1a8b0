from uuid import UUID

from declarations import round_selectors, selectors
from declarations.document import Printing
from declarations.enums import Status
from tests.declarations import builders


def test_earlier_documents_are_those_approved_for_the_department_latest_first(db, django_assert_num_queries):
    department = builders.department()
    approved = [builders.declaration(Status.APPROVED, department=department) for _ in range(2)]
    for status in (Status.DRAFT, Status.IN_REVIEW, Status.RETURNED):
        builders.declaration(status, department=department)
    builders.declaration(Status.APPROVED)
    made = builders.declaration(Status.APPROVED, department=department)
    with django_assert_num_queries(1):
        earlier = selectors.earlier_documents(made)
    assert earlier == tuple(selectors.sealed_document(other.submission) for other in reversed(approved))


def test_document_of_an_approved_declaration_is_the_one_that_was_sealed(db):
    made = builders.declaration(Status.APPROVED)
    assert selectors.document_of(made) == selectors.sealed_document(made.submission)


def test_current_document_is_the_sealed_one_while_it_is_with_the_bureau(db):
    documents = {}
    for status in Status:
        made = builders.declaration(status)
        made.department.name += "（更名）"
        made.department.save()
        made = builders.fresh(made)
        documents[status] = selectors.current_document(made).department == made.department.name
    assert documents == {
        Status.DRAFT: True,
        Status.IN_REVIEW: False,
        Status.RETURNED: True,
        Status.APPROVED: False,
    }


def test_document_is_printed_as_its_template_wants_it(db):
    template = builders.template(
        orientation="portrait",
        amount_format="grouped",
        unit_column=True,
        standard_column=False,
        remark_column=False,
        signature_lines=True,
    )
    made = builders.declaration(round=builders.round_(template=template))
    other_way = Printing(
        orientation="portrait",
        amounts="grouped",
        unit_column=True,
        standard_column=False,
        remark_column=False,
        signatures=True,
    )
    assert selectors.document_of(made).printing == other_way
    assert round_selectors.template_document(template).printing == other_way
    assert selectors.document_of(builders.declaration()).printing == Printing()


def test_groups_of_a_number_too_large_for_a_key_are_none(db):
    assert selectors.groups_of(builders.declaration(), 10**20) == []


def test_origins_are_those_of_the_rows_that_were_taken_over(db, django_assert_num_queries):
    made, other = builders.declaration(), builders.declaration()
    origins = {}
    for number, row in enumerate((made.dutygoal_rows.get(), made.maintask_rows.get(), made.target_rows.last()), 1):
        origin = UUID(int=number)
        type(row).objects.filter(pk=row.pk).update(origin=origin)
        origins[str(row.key)] = str(origin)
    other.dutygoal_rows.update(origin=UUID(int=9))
    with django_assert_num_queries(3):
        assert selectors.origins_of(made) == origins
