import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from indicators import services
from indicators.models import IndicatorTemplate, PrimaryIndicator, SecondaryIndicator, TertiaryIndicator
from indicators.tree import Level, fingerprint, tree_of
from perfgoals.accounts.enums import OfficeKind, Role
from perfgoals.accounts.models import Department, ReviewOffice, User
from tests.accounts.conftest import signed_in
from tests.indicators.conftest import tree
from tests.queries import queries_of

HTMX = {"HTTP_HX_REQUEST": "true"}
TERTIARY = {"name": "新增", "comparison": "qualitative", "value": "相关", "value_editable": "on"}
# What a browser sends of the ways of printing that a new template starts with.
OFFICIAL_PRINTING = {
    "orientation": "landscape",
    "amount_format": "typed",
    "standard_column": "on",
    "remark_column": "on",
}
HEAD = {"name": "新模板", "title": "申报表", "points_total": "50", **OFFICIAL_PRINTING}
OTHER_PRINTING = {
    "orientation": "portrait",
    "amount_format": "grouped",
    "unit_column": True,
    "standard_column": False,
    "remark_column": False,
    "signature_lines": True,
}


def first(model):
    return model.objects.order_by("pk").first()


def texts(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def change_url(row):
    return f"/templates/{first(IndicatorTemplate).pk}/tertiary/{row.pk}/change/"


def pages(template):
    """Every address of a template with the method that it answers to."""
    base = f"/templates/{template.pk}/"
    primary = PrimaryIndicator.objects.filter(template=template).first()
    return [
        ("get", "/templates/"),
        ("get", "/templates/create/"),
        ("get", base),
        ("get", f"{base}head/"),
        ("get", f"{base}publish/"),
        ("get", f"{base}delete/"),
        ("post", f"{base}copy/"),
        ("get", f"{base}primary/add/{template.pk}/"),
        ("get", f"{base}primary/{primary.pk}/change/"),
        ("get", f"{base}primary/{primary.pk}/delete/"),
        ("post", f"{base}primary/{primary.pk}/move/"),
    ]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_pages_do_not_exist_for_other_roles(draft, role):
    business = ReviewOffice.objects.create(name="行政政法科", kind=OfficeKind.BUSINESS)
    place = {
        Role.PREPARER: {"department": Department.objects.create(code="1", name="市教育局", office=business)},
        Role.DEPARTMENT_HEAD: {"department": Department.objects.create(code="2", name="市卫健委", office=business)},
        Role.REVIEWER: {"office": business},
        Role.PERFORMANCE_REVIEWER: {"office": ReviewOffice.objects.create(name="绩效科", kind=OfficeKind.PERFORMANCE)},
    }.get(role, {})
    client = signed_in(User.objects.create_user("other", name="李", role=role, **place))
    assert {getattr(client, method)(url).status_code for method, url in pages(draft)} == {404}
    assert tree_of(draft) == tree()


def test_pages_ask_to_sign_in(draft):
    for method, url in pages(draft):
        response = getattr(Client(), method)(url)
        if method == "get":
            assert response.url == f"/accounts/login/?next={url}"
        else:
            assert response.status_code == 401
    assert tree_of(draft) == tree()


def test_pages_answer_to_administrators(draft, admin):
    answers = [getattr(admin, method)(url).status_code for method, url in pages(draft)]
    assert answers == [200] * 6 + [302] + [200] * 3 + [400]


def test_list_takes_as_many_queries_for_1_as_for_3(draft, admin, administrator):
    services.publish(draft, administrator, timezone.now())
    one = len(queries_of(admin, "/templates/"))
    for _ in range(2):
        services.publish(services.copy_to_new_version(draft), administrator, timezone.now())
    assert len(queries_of(admin, "/templates/")) == one
    assert len(admin.get("/templates/").context["page"].object_list) == 3


@pytest.mark.parametrize("suffix", ["", "tertiary/{}/change/", "secondary/{}/delete/"])
def test_tree_takes_as_many_queries_for_1_as_for_3(db, admin, suffix):
    counts = []
    for rows in (1, 3):
        template = services.create_from_tree(tree(rows, name=f"模板{rows}"))
        model = TertiaryIndicator if "tertiary" in suffix else SecondaryIndicator
        url = f"/templates/{template.pk}/{suffix.format(model.objects.order_by('pk').last().pk)}"
        counts.append(len(queries_of(admin, url)))
    assert counts[0] == counts[1]


def test_list_searches_by_name(draft, published, admin):
    found = admin.get("/templates/", {"q": "已发布"}).context["page"].object_list
    assert list(found) == [published]
    assert list(admin.get("/templates/", {"q": "\0没有"}).context["page"].object_list) == []


def test_create_leads_to_the_empty_tree(admin):
    response = admin.post("/templates/create/", HEAD)
    template = IndicatorTemplate.objects.get()
    assert response.url == f"/templates/{template.pk}/"
    expected = tree(name="新模板", title="申报表", points_total=50, primaries=())
    assert tree_of(template) == expected
    assert admin.get(response.url).status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "长" * 101),
        ("name", "\0"),
        ("points_total", "-1"),
        ("points_total", "50.001"),
        ("orientation", ""),
        ("orientation", "square"),
        ("amount_format", ""),
        ("amount_format", "rounded"),
    ],
)
def test_create_with_bad_input(admin, field, value):
    response = admin.post("/templates/create/", HEAD | {field: value})
    assert list(response.context["form"].errors) == [field]
    assert not IndicatorTemplate.objects.exists()


def test_create_with_a_taken_name(draft, admin):
    response = admin.post("/templates/create/", HEAD | {"name": draft.name})
    assert response.context["form"].errors == {"name": ["已有同名模板。如需修订该模板，请将其复制为新版本。"]}


def test_head_is_changed(draft, admin):
    admin.post(f"/templates/{draft.pk}/head/", HEAD | {"with_task_amounts": "on", "guidance": "说明"})
    assert tree_of(draft) == tree(
        name="新模板", title="申报表", points_total=50, with_task_amounts=True, guidance="说明"
    )


def test_printing_is_changed_and_shown(draft, admin):
    sent = {"orientation": "portrait", "amount_format": "grouped", "unit_column": "on", "signature_lines": "on"}
    plain = {name: HEAD[name] for name in HEAD.keys() - OFFICIAL_PRINTING.keys()}
    admin.post(f"/templates/{draft.pk}/head/", plain | sent)
    assert tree_of(draft) == tree(name="新模板", title="申报表", points_total=50, **OTHER_PRINTING)
    services.publish(draft, None, timezone.now())
    page = " ".join(admin.get(f"/templates/{draft.pk}/").content.decode().split())
    for name, value in (
        ("纸张方向", "纵向"),
        ("金额格式", "保留两位小数并加千位分隔符（如 2,677.70）"),
        ("“度量单位”栏", "单独成栏"),
        ("“评/扣分标准”栏", "不打印"),
        ("“备注”栏", "不打印"),
        ("签字盖章栏", "打印"),
    ):
        assert f"<dt>{name}</dt> <dd> {value} </dd>" in page


def test_form_opens_with_the_official_way_of_printing(admin):
    form = admin.get("/templates/create/").context["form"]
    assert {name: form[name].value() for name in OTHER_PRINTING} == {
        "orientation": "landscape",
        "amount_format": "typed",
        "unit_column": False,
        "standard_column": True,
        "remark_column": True,
        "signature_lines": False,
    }


def test_add_leads_back_to_the_new_node(draft, admin):
    group = first(SecondaryIndicator)
    response = admin.post(f"/templates/{draft.pk}/tertiary/add/{group.pk}/", TERTIARY)
    added = TertiaryIndicator.objects.get(name="新增")
    assert response.url == f"/templates/{draft.pk}/?focus=tertiary-{added.pk}&at=change"
    assert (added.secondary, added.position) == (group, 3)
    page = admin.get(response.url).content.decode()
    assert page.count("autofocus") == 1


def test_add_again_opens_the_form_once_more(draft, admin):
    url = f"/templates/{draft.pk}/tertiary/add/{first(SecondaryIndicator).pk}/"
    assert admin.post(url, TERTIARY | {"again": "1"}).url == url
    assert TertiaryIndicator.objects.filter(name="新增").count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "长" * 201),
        ("name", "\0"),
        ("comparison", "about"),
        ("comparison", ""),
        ("unit", "长" * 51),
        ("explanation", "长" * 5001),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_node_with_bad_input(draft, admin, field, value, headers):
    url = f"/templates/{draft.pk}/tertiary/add/{first(SecondaryIndicator).pk}/"
    response = admin.post(url, TERTIARY | {field: value}, **headers)
    assert (response.status_code, list(response.context["panel"].form.errors)) == (200, [field])
    assert tree_of(draft) == tree()


def test_node_with_a_taken_name(draft, admin):
    row = first(TertiaryIndicator)
    response = admin.post(
        change_url(row), TERTIARY | {"name": "三级001", "parent": row.secondary_id, "seen": fingerprint(row)}
    )
    assert response.context["panel"].form.errors == {"name": ["同一上级下已有名为“三级001”的三级指标。"]}


def test_change_writes_the_node(draft, admin):
    row = first(TertiaryIndicator)
    group = SecondaryIndicator.objects.order_by("pk").last()
    response = admin.post(change_url(row), TERTIARY | {"parent": group.pk, "seen": fingerprint(row)})
    assert response.url == f"/templates/{draft.pk}/?focus=tertiary-{row.pk}&at=change"
    row.refresh_from_db()
    assert (row.name, row.comparison, row.secondary, row.position) == ("新增", "qualitative", group, 3)


def test_change_of_what_another_changed_keeps_what_was_typed(draft, admin):
    row = first(TertiaryIndicator)
    typed = TERTIARY | {"parent": row.secondary_id, "seen": fingerprint(row)}
    TertiaryIndicator.objects.filter(pk=row.pk).update(value="80")
    form = admin.post(change_url(row), typed).context["panel"].form
    assert form.errors == {"__all__": ["该指标刚被他人修改，以下为您填写的内容，尚未保存。请核对后再保存。"]}
    assert (form["value"].value(), TertiaryIndicator.objects.get(pk=row.pk).value) == ("相关", "80")
    admin.post(change_url(row), typed | {"seen": form["seen"].value()})
    assert TertiaryIndicator.objects.get(pk=row.pk).value == "相关"


def test_move_keeps_the_focus_on_a_button_that_works(draft, admin):
    row = first(TertiaryIndicator)
    response = admin.post(f"/templates/{draft.pk}/tertiary/{row.pk}/move/", {"direction": "down"})
    assert response.url == f"/templates/{draft.pk}/?focus=tertiary-{row.pk}&at=down"
    rows = admin.get(response.url).context["rows"][0].children[0].children
    assert [(shown.node.name, shown.first, shown.last, shown.focus) for shown in rows] == [
        ("三级001", True, False, ""),
        ("三级000", False, True, "up"),
    ]


def test_delete_asks_first(draft, admin):
    group = first(SecondaryIndicator)
    url = f"/templates/{draft.pk}/secondary/{group.pk}/delete/"
    asked = admin.get(url)
    assert "及其下 2 个三级指标的全部内容" in asked.content.decode()
    assert SecondaryIndicator.objects.count() == 4
    response = admin.post(url, {"seen": asked.context["panel"].seen})
    assert response.url == f"/templates/{draft.pk}/?focus=primary-{group.primary_id}&at=add"
    assert SecondaryIndicator.objects.count() == 3


def test_delete_of_a_group_that_another_added_to(draft, admin):
    group = first(SecondaryIndicator)
    seen = fingerprint(group, with_children=True)
    TertiaryIndicator.objects.create(secondary=group, position=9, name="他人新增", comparison="ge")
    response = admin.post(f"/templates/{draft.pk}/secondary/{group.pk}/delete/", {"seen": seen})
    assert texts(response) == ["该指标或其下级刚被他人修改，尚未删除。请核对后再删除。"]
    assert SecondaryIndicator.objects.filter(pk=group.pk).exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "tertiary/{gone}/change/"),
        ("post", "tertiary/{gone}/change/"),
        ("post", "tertiary/{gone}/move/"),
        ("post", "tertiary/{gone}/delete/"),
        ("post", "tertiary/add/{gone}/"),
        ("post", "primary/add/{gone}/"),
        # An id of one level is none of another.
        ("get", "primary/{tertiary}/change/"),
        ("get", "tertiary/{foreign}/change/"),
        ("get", "tertiary/99999999999999999999999/change/"),
    ],
)
def test_node_that_is_gone_gives_a_message_and_the_tree(draft, published, admin, method, path, headers):
    ids = {
        "gone": 10**6,
        "tertiary": TertiaryIndicator.objects.filter(secondary__primary__template=draft).latest("pk").pk,
        "foreign": TertiaryIndicator.objects.latest("pk").pk,
    }
    data = TERTIARY | {"direction": "up"} if method == "post" else {}
    response = getattr(admin, method)(f"/templates/{draft.pk}/{path.format(**ids)}", data, **headers)
    assert response.url == f"/templates/{draft.pk}/"
    assert len(texts(response)) == 1
    assert (tree_of(draft), tree_of(published)) == (tree(), tree(name="已发布的模板"))


def test_unknown_level_is_no_page(draft, admin):
    assert admin.get(f"/templates/{draft.pk}/quaternary/1/change/").status_code == 404


def test_template_that_is_gone(admin):
    assert admin.get("/templates/1000000/").status_code == 404
    assert admin.get("/templates/99999999999999999999999/").status_code == 404
    response = admin.post("/templates/1000000/primary/1/move/", {"direction": "up"})
    assert (response.url, texts(response)) == ("/templates/", ["该模板已被他人删除。"])
    response = admin.post("/templates/1000000/primary/1/move/", {"direction": "up"}, **HTMX)
    assert response["HX-Redirect"] == "/templates/"


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    "path",
    [
        "head/",
        "publish/",
        "delete/",
        "primary/add/{template}/",
        "primary/{primary}/change/",
        "primary/{primary}/move/",
        "primary/{primary}/delete/",
    ],
)
def test_published_template_refuses_every_form(published, admin, path, headers):
    before = tree_of(published)
    url = f"/templates/{published.pk}/"
    path = path.format(template=published.pk, primary=first(PrimaryIndicator).pk)
    response = admin.post(url + path, HEAD | TERTIARY | {"direction": "down"}, **headers)
    assert (response["HX-Redirect"] if headers else response.url) == url
    assert texts(response) == ["该版本已发布，不能修改。如需修订，请复制为新版本。"]
    assert tree_of(published) == before


def test_published_page_has_nothing_to_change(published, admin):
    page = admin.get(f"/templates/{published.pk}/").content.decode()
    assert "复制为新版本" in page
    assert [word for word in ("上移", "change/", "add/", "head/", "publish/") if word in page] == []


def test_htmx_gets_the_tree_alone(draft, admin):
    response = admin.get(f"/templates/{draft.pk}/", **HTMX)
    page = response.content.decode()
    assert (page.count("<html"), page.count('id="tree"'), page.count('id="messages"')) == (0, 1, 1)
    assert response["HX-Push-Url"] == "false"


def test_one_form_open_hides_the_other_controls(draft, admin):
    page = admin.get(change_url(first(TertiaryIndicator))).content.decode()
    assert ("上移" in page, page.count("autofocus")) == (False, 1)


def test_publish_asks_first(draft, admin, administrator):
    url = f"/templates/{draft.pk}/publish/"
    assert "发布后不能再修改或删除" in admin.get(url).content.decode()
    draft.refresh_from_db()
    assert not draft.is_published
    assert admin.post(url).url == f"/templates/{draft.pk}/"
    draft.refresh_from_db()
    assert draft.published_by == administrator


def test_publish_of_an_unfinished_tree_says_what_is_missing(admin):
    template = services.create_template({"name": "空模板"})
    response = admin.post(f"/templates/{template.pk}/publish/")
    assert response.context["problems"] == ["模板中还没有一级指标。"]
    template.refresh_from_db()
    assert not template.is_published


def test_copy_leads_to_the_new_draft(published, admin):
    response = admin.post(f"/templates/{published.pk}/copy/")
    draft = IndicatorTemplate.objects.get(version=2)
    assert response.url == f"/templates/{draft.pk}/"
    assert tree_of(draft) == tree(name=published.name, version=2)


def test_draft_is_deleted_after_a_question(draft, admin):
    url = f"/templates/{draft.pk}/delete/"
    assert admin.get(url).status_code == 200
    assert IndicatorTemplate.objects.count() == 1
    assert admin.post(url).url == "/templates/"
    assert IndicatorTemplate.objects.count() == 0


@pytest.mark.parametrize("level", Level)
def test_texts_are_escaped(admin, level):
    services.create_from_tree(tree(1))
    for model in (PrimaryIndicator, SecondaryIndicator, TertiaryIndicator):
        model.objects.update(name="<b>&名称")
    template = first(IndicatorTemplate)
    row = {"primary": PrimaryIndicator, "secondary": SecondaryIndicator, "tertiary": TertiaryIndicator}[level]
    page = admin.get(f"/templates/{template.pk}/{level}/{first(row).pk}/delete/").content.decode()
    assert "<b>" not in page
