from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from indicators.tree import Level
from indicators.views import templates, tree


class LevelConverter(StringConverter):
    """A level of the tree by its value."""

    regex = "|".join(Level.values)

    def to_python(self, value: str) -> Level:
        return Level(value)


register_converter(LevelConverter, "level")

app_name = "indicators"
urlpatterns: list[URLPattern] = [
    path("", templates.template_list, name="template_list"),
    path("create/", templates.template_create, name="template_create"),
    path("<int:template_id>/", tree.template_edit, name="template_edit"),
    path("<int:template_id>/head/", templates.template_head, name="template_head"),
    path("<int:template_id>/publish/", templates.template_publish, name="template_publish"),
    path("<int:template_id>/copy/", templates.template_copy, name="template_copy"),
    path("<int:template_id>/delete/", templates.template_delete, name="template_delete"),
    path("<int:template_id>/<level:level>/add/<int:parent_id>/", tree.node_add, name="node_add"),
    path("<int:template_id>/<level:level>/<int:node_id>/change/", tree.node_change, name="node_change"),
    path("<int:template_id>/<level:level>/<int:node_id>/move/", tree.node_move, name="node_move"),
    path("<int:template_id>/<level:level>/<int:node_id>/delete/", tree.node_delete, name="node_delete"),
]
