"""What the form costs: one autosave beside the same page posted whole; a page of 30 indicators beside one of 300."""

import json
from collections.abc import Callable
from itertools import count
from urllib.parse import urlencode

from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext, setup_test_environment, teardown_test_environment
from django.urls import reverse

from declarations.models import Declaration, Target
from declarations.services import TARGETS
from tests.bench.timing import compare, medians
from tests.declarations import builders
from tests.declarations.services.edits import add, own_group
from tests.declarations.views.pages import Page

FEW, MANY = 30, 300
TEXTS = {
    "name": "重点企业走访服务",
    "comparison": "ge",
    "value": "95",
    "unit": "%",
    "scoring_standard": "完成得2分，每低一个百分点扣0.1分，扣完为止。",
    "explanation": "反映部门走访服务重点企业、协调解决实际困难的工作情况，按走访台账统计。",
    "remark": "2分",
}


def run() -> None:
    """Print times, bytes and queries of the form's page of indicators."""
    setup_test_environment()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        few, many = declaration_with(FEW), declaration_with(MANY)
        open_few, open_many = opening(few), opening(many)
        for size, open_page in ((FEW, open_few), (MANY, open_many)):
            with CaptureQueriesContext(connection) as queries:
                page = open_page()
            print(f"Page of {size} indicators: {len(page.content) / 1000:.0f} kB, {len(queries)} queries")
        compare(f"Opening {MANY} indicators", open_many, f"opening {FEW}", open_few)
        for made_for, size in ((few, FEW), (many, MANY)):
            saving(made_for, size)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        teardown_test_environment()


def declaration_with(rows: int) -> Declaration:
    made = builders.declaration(filled=False)
    texts = [{**TEXTS, "name": f"{TEXTS['name']}{number}"} for number in range(rows)]
    add(made, TARGETS, *texts, group=own_group(made))
    return made


def opening(made: Declaration) -> Callable[[], HttpResponse]:
    client = builders.client_of(builders.preparer_of(made))
    url = page_url(made)
    return lambda: client.get(url)


def page_url(made: Declaration) -> str:
    return reverse("declarations:indicators", args=[made.pk, own_group(made).primary_id])


def saving(made: Declaration, size: int) -> None:
    """Print what one changed cell costs, sent by itself and with the whole page; bytes are those of both ways."""
    person = builders.preparer_of(made)
    client = builders.client_of(person)
    url = page_url(made)
    page = Page(client.get(url)).data
    row = Target.objects.filter(declaration=made, tertiary=None)[0]
    numbers = count(1)
    transferred: dict[str, int] = {}

    def version() -> int:
        return Target.objects.values_list("version", flat=True).get(pk=row.pk)

    def autosave() -> None:
        edit = {
            "section": "targets",
            "key": str(row.key),
            "version": version(),
            "texts": {"remark": str(next(numbers))},
        }
        seen = Declaration.objects.get(pk=made.pk).updated_at.isoformat()
        asked = {"user": person.pk, "page": str(own_group(made).primary_id), "seen": seen, "rows": [edit]}
        body = json.dumps(asked)
        answer = client.post(reverse("declarations:autosave", args=[made.pk]), body, content_type="application/json")
        assert answer.json()["rows"][str(row.key)]["state"] == "stored"
        transferred["autosave"] = len(body) + len(answer.content)

    def whole_page() -> None:
        fields = {**page, f"{row.key}-remark": str(next(numbers)), f"{row.key}-version": version(), "action": "save"}
        answer = client.post(url, fields, follow=True)
        transferred["page"] = len(urlencode(fields, doseq=True)) + len(answer.content)

    quick, whole = medians(autosave, whole_page)
    print(
        f"One cell of {size} indicators: autosave {quick * 1000:.0f} ms, {transferred['autosave'] / 1000:.1f} kB; "
        f"whole page {whole * 1000:.0f} ms, {transferred['page'] / 1000:.0f} kB = {whole / quick:.1f} x the time"
    )
