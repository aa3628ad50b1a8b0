"""Tables looked up by what is printed on them."""

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from declarations.enums import Status
from declarations.models import Submission
from declarations.verification import Approved, CodeRefused, approved_table, digits_of, recorded
from declarations.versions import Approval
from tests.declarations import builders, situations

DIGEST = "3f2a91bc04de77aa" + "0123456789abcdef" * 3
CODE = DIGEST[:16]


@pytest.mark.parametrize(
    "typed",
    [
        CODE,
        "3f2a 91bc 04de 77aa",
        "  3F2A-91BC-04DE-77AA\n",
        "３Ｆ２ａ　９１ｂｃ　０４ｄｅ　７７ａａ",
        "3f2a\u200b91bc\u00a004de—77aa",
        "3f2a–91bc−04de‐77aa",
        "3f2a:91bc:04de:77aa",
    ],
)
def test_code_is_taken_however_it_was_typed(typed: str) -> None:
    assert digits_of(typed) == CODE


def test_whole_digest_is_taken() -> None:
    assert digits_of(DIGEST.upper()) == DIGEST


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "请输入校验码。"),
        (" -　—", "请输入校验码。"),
        (CODE[:15], "校验码至少 16 位，您输入了 15 位，请输入完整。"),
        ("3f2a", "校验码至少 16 位，您输入了 4 位，请输入完整。"),
        (DIGEST + "0", "校验码最多 64 位，您输入了 65 位，请核对输入的内容。"),
        ("3f2a91bc04de77ao", "校验码只含数字 0 至 9 和字母 a 至 f，请核对输入的内容。"),
        ("%" * 16, "校验码只含数字 0 至 9 和字母 a 至 f，请核对输入的内容。"),
        ("٣" * 16, "校验码只含数字 0 至 9 和字母 a 至 f，请核对输入的内容。"),
        ("0" * 15 + "\x00", "校验码只含数字 0 至 9 和字母 a 至 f，请核对输入的内容。"),
    ],
)
def test_what_is_no_code_is_refused_with_the_reason(typed: str, message: str) -> None:
    with pytest.raises(CodeRefused) as refused:
        digits_of(typed)
    assert str(refused.value) == message


@pytest.mark.parametrize("digits", [16, 17, 32, 64])
def test_approved_table_is_found_by_the_beginning_of_its_digest_in_one_query(
    db: None, digits: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    department = builders.department(name="衡阳市教育局", office=builders.office(name="社会事业科"))
    made = builders.declaration(Status.APPROVED, department=department, round=builders.round_(fiscal_year=2031))
    builders.declaration(Status.APPROVED)
    at = made.events.last().at
    with django_assert_num_queries(1):
        found = approved_table(made.submission.digest[:digits])
    approval = Approval(at, "财政局社会事业科", 1)
    assert found == Approved("衡阳市教育局", 2031, made.submission.digest, approval, is_in_force=True)


def test_department_is_called_as_on_the_table(db: None) -> None:
    made = builders.declaration(Status.APPROVED, department=builders.department(name="文化局"))
    made.department.name = "文化和旅游局"
    made.department.save()
    assert approved_table(made.submission.digest).department == "文化局"


@pytest.mark.parametrize("situation", sorted(situations.SUBMITTED - {situations.APPROVED} - situations.ADJUSTMENTS))
def test_table_that_is_not_approved_is_not_found(db: None, situation: str) -> None:
    made = situations.declaration_in(situation)
    assert approved_table(made.submission.digest) is None


def test_approval_that_was_undone_is_not_found(db: None) -> None:
    made = builders.declaration(Status.APPROVED)
    builders.undo(made)
    assert approved_table(made.submission.digest) is None
    builders.approve(made)
    assert approved_table(made.submission.digest).is_in_force


def test_adjustment_replaces_what_was_approved_once_it_is_approved_itself(db: None) -> None:
    made = situations.declaration_in(situations.ADJUSTMENT_IN_REVIEW)
    first, second = made.submissions.all()
    assert approved_table(first.digest).is_in_force
    assert approved_table(second.digest) is None
    situations.pass_to(made, situations.TWO_STAGES[-1])
    builders.approve(made)
    assert (approved_table(first.digest).is_in_force, approved_table(second.digest).is_in_force) == (False, True)
    builders.undo(made)
    assert approved_table(first.digest).is_in_force
    assert approved_table(second.digest) is None


def test_contents_approved_again_after_others_are_in_force(db: None) -> None:
    made = situations.declaration_in(situations.ADJUSTMENT_IN_REVIEW)
    situations.pass_to(made, situations.TWO_STAGES[-1])
    builders.approve(made)
    builders.adjust(made)
    made.dutygoal_rows.last().delete()
    builders.submit(made)
    first, _, third = made.submissions.all()
    assert first.digest == third.digest
    assert not approved_table(first.digest).is_in_force
    situations.pass_to(made, situations.TWO_STAGES[-1])
    builders.approve(made)
    found = approved_table(first.digest)
    assert (found.is_in_force, found.approval.revision) == (True, 3)


def test_code_that_two_tables_share_finds_neither(db: None) -> None:
    shared = "0123456789abcdef"
    made = [builders.declaration() for _ in range(2)]
    for end, declaration in zip("ab", made, strict=True):
        # The digest of another document is stored with it: no two documents can be found that share so much.
        submission = Submission.objects.create(
            declaration=declaration,
            number=1,
            document=builders.selectors.document_of(declaration).sealed(),
            digest=shared.ljust(64, end),
            submitted_by=builders.preparer_of(declaration),
            submitted_at=declaration.round.opens_at,
        )
        declaration.events.create(
            submission=submission,
            step="approve",
            from_status=Status.IN_REVIEW,
            to_status=Status.APPROVED,
            actor=submission.submitted_by,
            actor_name="甲",
            at=declaration.round.opens_at,
        )
    assert approved_table(shared) is None
    assert approved_table(shared.ljust(17, "a")).department == made[0].department.name


def test_lookup_uses_the_index(db: None) -> None:
    builders.declaration(Status.APPROVED)
    digests = Submission.objects.filter(digest__range=("0" * 64, "0" * 63 + "f"))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # A handful of rows is read faster as a whole.
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "submission_digest" in digests.order_by().explain()


def test_record_of_contents_that_were_submitted_twice_is_the_approved_one(db: None) -> None:
    made = builders.declaration(Status.RETURNED)
    digest = made.submission.digest
    submission, standing = recorded(digest)
    assert (submission.number, standing.approval, standing.waiting_words) == (1, None, "已退回")
    builders.submit(made)
    assert recorded(digest)[0].number == 2
    builders.approve(made)
    submission, standing = recorded(digest)
    assert (submission.number, standing.is_in_force) == (2, True)
    builders.adjust(made)
    builders.change(made)
    builders.submit(made)
    builders.approve(made)
    submission, standing = recorded(digest)
    assert (submission.number, standing.is_in_force, standing.approval.revision) == (2, False, 1)


def test_contents_that_were_never_submitted_have_no_record(db: None) -> None:
    builders.declaration(Status.APPROVED)
    assert recorded("0" * 64) is None
