"""Whether a printed table is what was approved: looked up by its digest or the beginning of it."""

import re
import unicodedata
from dataclasses import dataclass

from declarations.document import CHECK_CODE_DIGITS
from declarations.enums import Step
from declarations.models import Event, Submission
from declarations.selectors import sealed_document
from declarations.versions import Approval, Standing, approval_of, standing_of

DIGEST_DIGITS = 64
# What people type between the groups, and what comes along when they copy: spaces, dashes, invisible characters.
_BETWEEN = re.compile(r"[\s\-_.:·\u00ad\u2010-\u2015\u2212\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe58\ufe63\ufeff]+")


class CodeRefused(Exception):
    """What somebody typed is no 校验码; the message, in Chinese, says why."""


@dataclass(frozen=True)
class Approved:
    """What everybody may know of a table: whose it is, of which year, when and by whom it was approved."""

    department: str
    fiscal_year: int
    digest: str
    approval: Approval
    is_in_force: bool

    @property
    def year_words(self) -> str:
        """The fiscal year, such as 2022 年度."""
        return f"{self.fiscal_year} 年度"


def digits_of(typed: str) -> str:
    """The digits of a 校验码 or of the beginning of a digest, however they were typed. Raises CodeRefused."""
    code = _BETWEEN.sub("", unicodedata.normalize("NFKC", typed)).lower()
    if not code:
        raise CodeRefused("请输入校验码。")
    if re.fullmatch("[0-9a-f]+", code) is None:
        raise CodeRefused("校验码只含数字 0 至 9 和字母 a 至 f，请核对输入的内容。")
    if len(code) < CHECK_CODE_DIGITS:
        raise CodeRefused(f"校验码至少 {CHECK_CODE_DIGITS} 位，您输入了 {len(code)} 位，请输入完整。")
    if len(code) > DIGEST_DIGITS:
        raise CodeRefused(f"校验码最多 {DIGEST_DIGITS} 位，您输入了 {len(code)} 位，请核对输入的内容。")
    return code


def approved_table(code: str) -> Approved | None:
    """The approved table whose digest begins with `code`: as it was approved last. None where there is none. One query.

    Nobody finds a table by guessing: with ten thousand approved ones and a thousand guesses a second, 16 digits keep
    somebody busy for 58,000 years until he hits the first.
    """
    approvals = list(
        Event.objects.filter(
            step=Step.APPROVE,
            undone_by__isnull=True,
            # Not `startswith`, which no index of SQLite serves.
            submission__digest__range=(code.ljust(DIGEST_DIGITS, "0"), code.ljust(DIGEST_DIGITS, "f")),
        )
        .select_related("stage", "submission", "declaration")
        .order_by("-pk")
    )
    if len({event.submission.digest for event in approvals if event.submission}) != 1:
        # None, or a code that two tables share: never a choice between them.
        return None
    return _approved(approvals[0])


def _approved(event: Event) -> Approved:
    submission = event.submission
    assert submission is not None  # noqa: S101  # what is approved was submitted
    document = sealed_document(submission)
    return Approved(
        department=document.department,
        fiscal_year=document.fiscal_year,
        digest=submission.digest,
        approval=approval_of(event, submission.revision),
        is_in_force=event.declaration.approved_id == submission.pk,
    )


def recorded(digest: str) -> tuple[Submission, Standing] | None:
    """The submission with this digest and how it stands; of several, that which is approved.

    The same contents can be submitted again after they were returned.
    """
    submissions = Submission.objects.filter(digest=digest).select_related("declaration").defer("document")
    found = [(each, standing_of(each.declaration, each)) for each in submissions]
    return max(found, key=_weight, default=None)


def _weight(found: tuple[Submission, Standing]) -> tuple[bool, bool, int]:
    submission, standing = found
    return standing.is_in_force, standing.approval is not None, submission.number
