"""Which declarations somebody orders files of, as the address names them, and what he wants to have of them."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, QueryDict

from declarations import selectors
from declarations.enums import BundleKind
from declarations.forms.filters import DeclarationFilter
from declarations.models import Declaration, Round
from perfgoals.accounts.models import User

EXPLANATIONS = {
    BundleKind.ARCHIVE: "每份申报表的 PDF 和 Excel 文件，另附文件清单。",
    BundleKind.BOOK: "全部申报表合订为一个 PDF 文件，带封面、目录、书签和连续页码，可直接打印装订。",
    BundleKind.SUMMARY: "一个 Excel 文件，分别列出各申报表的预算数据和合计、全部绩效指标、全部年度主要任务。",
}
# More digits name nothing.
MAX_DIGITS = 18


@dataclass(frozen=True)
class Selection:
    """Declarations and what they are called together; `refused` says, in Chinese, what is wrong with the address.

    `whole` is the round of which all are selected, if they are; `back` is the query of the list that they were
    selected from.
    """

    declarations: "QuerySet[Declaration]"
    title: str
    refused: str
    back: str
    whole: Round | None = None


def selection_of(user: User, query: QueryDict) -> Selection:
    """What the address selects: `scope` is selected (ticked), found (all that the filters let through) or round.

    Raises Http404 where it is none of these.
    """
    filters = DeclarationFilter(query, user=user)
    back = QueryDict(mutable=True)
    back.update(dict(filters.in_use()))
    visible = selectors.declarations_of(user)
    refused, whole = "", None
    match query.get("scope"):
        case "selected":
            keys = [int(key) for key in query.getlist("selected") if key.isdecimal() and len(key) <= MAX_DIGITS]
            declarations = visible.filter(pk__in=keys)
            title = _named(declarations)
            if not keys:
                refused = "请先在列表中勾选要导出的申报表。"
        case "found":
            declarations, title = filters.apply(visible), _found(filters)
            if not filters.is_valid():
                refused = "查询条件有误，请返回列表核对后重新查询。"
        case "round":
            whole = _round(query.get("round", ""))
            declarations, title = visible.filter(round=whole), whole.title
        case _:
            raise Http404
    return Selection(declarations, title, refused, back.urlencode(), whole)


class BundleForm(forms.Form):
    """What is wanted of the selection."""

    kind = forms.ChoiceField(
        label="导出为",
        choices=BundleKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择导出为哪一种文件。", "invalid_choice": "请选择导出为哪一种文件。"},
    )

    def kinds(self) -> list[dict[str, Any]]:
        """Each kind with its explanation, and whether it is chosen."""
        chosen = self.data.get("kind")
        return [{"kind": kind, "text": EXPLANATIONS[kind], "is_chosen": kind == chosen} for kind in BundleKind]


def _named(declarations: "QuerySet[Declaration]") -> str:
    """The years of those that are ticked, the first of them, and how many they are."""
    named = declarations.order_by("-round__fiscal_year", "department__code")
    names = list(named.values_list("department__name", "round__fiscal_year"))
    if not names:
        return "所选申报表"
    years = "、".join(str(year) for year in sorted({year for _, year in names}))
    return f"{years}年度{names[0][0]}" + (f"等{len(names)}份申报表" if len(names) > 1 else "申报表")


def _round(key: str) -> Round:
    wanted = int(key) if key.isdecimal() and len(key) <= MAX_DIGITS else 0
    round_ = Round.objects.filter(pk=wanted).first()
    if round_ is None:
        raise Http404
    return round_


def _found(filters: DeclarationFilter) -> str:
    """What the filters let through, in words."""
    wanted = filters.cleaned_data if filters.is_valid() else {}
    year = f"{wanted['year']}年度" if wanted.get("year") else ""
    statuses = dict(filters.fields["status"].choices)  # type: ignore[attr-defined]
    status = statuses[wanted["status"]] if wanted.get("status") else ""
    further = [str(wanted["office"])] if wanted.get("office") else []
    if wanted.get("q"):
        further.append(f"名称或代码含“{wanted['q']}”")
    return f"{year}{status}申报表" + (f"（{'，'.join(further)}）" if further else "")
