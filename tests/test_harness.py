"""That transactional tests can clean up after rows which the database lets nobody change."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from declarations.models import Declaration, Round, Submission
from indicators.models import IndicatorTemplate
from perfgoals.accounts.models import Department, ReviewOffice, User


def submission() -> Submission:
    office = ReviewOffice.objects.create(name="教科文科", kind="business")
    department = Department.objects.create(code="101", name="市教育局", office=office)
    round_ = Round.objects.create(
        fiscal_year=2022,
        title="2022年度整体绩效目标申报",
        template=IndicatorTemplate.objects.create(name="通用模板"),
        opens_at=datetime(2022, 1, 1, tzinfo=UTC),
        closes_at=datetime(2022, 2, 1, tzinfo=UTC),
    )
    return Submission.objects.create(
        declaration=Declaration.objects.create(round=round_, department=department),
        number=1,
        document="{}",
        digest="0" * 64,
        submitted_by=User.objects.create(username="li", role="auditor"),
        submitted_at=datetime(2022, 1, 10, tzinfo=UTC),
    )


@pytest.mark.django_db(transaction=True)
def test_flush_empties_append_only_tables_and_leaves_them_append_only():
    submission()
    call_command("flush", interactive=False, database=connection.alias)
    assert not Submission.objects.exists()

    row = submission()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()
    assert list(Submission.objects.all()) == [row]
