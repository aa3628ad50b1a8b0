"""What the browser tests must notice behind a page; without it their silence would mean nothing."""

import re

import pytest

MISSING_STYLE = """
const link = Object.assign(document.createElement('link'), {rel: 'stylesheet', href: '/static/missing.css'});
document.head.append(link);
"""


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("console.error('lost')", r"console: lost"),
        ("setTimeout(() => { throw new Error('broken') })", r"script: broken"),
        (MISSING_STYLE, r"404 \S+/static/missing\.css"),
        ("document.head.append(document.createElement('style'))", r"console: .*Content Security Policy"),
        ("document.body.setAttribute('style', 'color: red')", r"console: .*Content Security Policy"),
        ("location = 'http://127.0.0.1:9/'", r"left the site: http://127\.0\.0\.1:9/"),
    ],
)
def test_page_notices(page, complaints, script, complaint):
    page.goto("/accounts/login/")
    assert complaints == []

    page.evaluate(script)
    for _ in range(50):
        if complaints:
            break
        page.wait_for_timeout(100)

    assert re.match(complaint, complaints[0])
    complaints.clear()


def test_page_missing_answers_without_complaint(page, complaints):
    assert page.goto("/missing/").status == 404
    assert complaints == []
