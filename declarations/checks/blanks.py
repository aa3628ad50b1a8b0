"""The rule that no blank of a template (___) is left unfilled."""

import unicodedata
from collections.abc import Iterator

from declarations.checks.findings import Finding
from declarations.checks.places import typed_texts
from declarations.document import Document


def blanks_filled(document: Document) -> Iterator[Finding]:
    """No text holds three or more underscores in a row."""
    for place, text in typed_texts(document):
        if has_blank(text):
            yield place.error(
                "blank_left", f"“{text.strip()}”中留有未填写的空白（下划线），请填写具体内容，或删除下划线。"
            )


def has_blank(text: str) -> bool:
    """Whether `text` holds a blank to be filled in; full-width underscores count as well."""
    return "___" in unicodedata.normalize("NFKC", text)
