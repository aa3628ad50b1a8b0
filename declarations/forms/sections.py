"""The sections of the form: their order, and which finding belongs where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import reverse

from declarations.checks import Finding, error_count
from declarations.document import Document, PrimaryGroup
from declarations.models import Declaration, DutyGoal, Row, Target
from indicators.models import PrimaryIndicator


@dataclass(frozen=True)
class LinkedFinding:
    """A finding with the address of its place in the form."""

    finding: Finding
    url: str


@dataclass(frozen=True)
class Page:
    """A page of the form. `key` is goals, tasks, budget, check or the level-1 indicator's key."""

    key: str
    label: str
    url: str


@dataclass(frozen=True)
class SectionLink(Page):
    """A page of the form with the findings whose places it holds."""

    findings: tuple[LinkedFinding, ...]

    @property
    def errors(self) -> int:
        return error_count(linked.finding for linked in self.findings)

    @property
    def warnings(self) -> int:
        return len(self.findings) - self.errors


def element_id(path: str) -> str:
    """The id of the element of the form that a finding's path names."""
    return path.replace("/", "-")


def box_of(path: str) -> str:
    """The box of the form in which a finding at `path` is said: that of its row, figure, group or section."""
    return "/".join(path.split("/")[:2])


def section_pages(declaration: Declaration, primaries: Iterable[PrimaryGroup | PrimaryIndicator]) -> list[Page]:
    """The pages of the form in their order: the sections, one for each level-1 indicator, and the last check."""
    pages = [
        Page(key, label, reverse(f"declarations:{key}", args=[declaration.pk]))
        for key, label in (("goals", "年度履职目标"), ("tasks", "年度主要任务"), ("budget", "预算情况"))
    ]
    for primary in primaries:
        key = str(primary.pk) if isinstance(primary, PrimaryIndicator) else primary.key
        pages.append(Page(key, primary.name, reverse("declarations:indicators", args=[declaration.pk, key])))
    pages.append(Page("check", "核对与送审", reverse("declarations:check", args=[declaration.pk])))
    return pages


def row_url(row: Row) -> str:
    """The address of the row in the form."""
    if isinstance(row, Target):
        url = reverse("declarations:indicators", args=[row.declaration_id, row.secondary.primary_id])
    else:
        url = reverse(f"declarations:{'goals' if isinstance(row, DutyGoal) else 'tasks'}", args=[row.declaration_id])
    return f"{url}#row-{row.key}"


def section_links(declaration: Declaration, document: Document, findings: Iterable[Finding]) -> list[SectionLink]:
    """The sections in their order, each with its findings; every finding stands in exactly one of them."""
    pages = section_pages(declaration, document.indicators)
    urls = {page.key: page.url for page in pages}
    section_of = _section_of_paths(document)
    by_section: dict[str, list[LinkedFinding]] = {page.key: [] for page in pages}
    for finding in findings:
        key = _section_of(finding.path, section_of)
        by_section[key].append(LinkedFinding(finding, f"{urls[key]}#{element_id(finding.path)}"))
    return [SectionLink(page.key, page.label, page.url, tuple(by_section[page.key])) for page in pages]


def place_urls(declaration: Declaration, document: Document, paths: Iterable[str]) -> dict[str, str]:
    """The addresses in the form of the places by path; those that do not stand in it are left out."""
    urls = {page.key: page.url for page in section_pages(declaration, document.indicators)}
    section_of = _section_of_paths(document)
    sections = {path: _section_of(path, section_of) for path in paths}
    return {path: f"{urls[key]}#{_element_of(path)}" for path, key in sections.items() if key in urls}


def section_of_all_indicators(document: Document) -> str:
    """The section that says what concerns all indicators: where the department can first do something about it."""
    with_own = [primary.key for primary in document.indicators if any(group.allows_own for group in primary.groups)]
    return [*with_own, *(primary.key for primary in document.indicators), "check"][0]


def _section_of(path: str, section_of: Mapping[str, str]) -> str:
    box = box_of(path)
    return section_of.get(box) or box.partition("/")[0]


def _element_of(path: str) -> str:
    """The id of the element of the form for any place: rows and group's texts have none of their own path."""
    section, _, rest = path.partition("/")
    if section in ("tasks", "targets") and rest and "/" not in rest:
        return f"row-{rest}"
    return element_id(box_of(path) if section == "groups" else path)


def _section_of_paths(document: Document) -> dict[str, str]:
    """The section of each path that does not begin with its section's own key, by the path's first two parts."""
    sections = {"indicators": section_of_all_indicators(document)}
    sections |= {f"primaries/{primary.key}": primary.key for primary in document.indicators}
    sections |= {f"groups/{group.key}": primary.key for primary, group in document.groups()}
    return sections | {f"targets/{target.key}": primary.key for primary, _, target in document.targets()}
