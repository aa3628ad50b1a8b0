from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from indicators.models import IndicatorTemplate
from indicators.services import create_from_tree, publish
from indicators.tree import TemplateTree

DATA = Path(__file__).resolve().parents[2] / "data"


def shipped_trees() -> list[TemplateTree]:
    """The templates that the program ships, read from their data files."""
    return [TemplateTree.model_validate_json(path.read_bytes()) for path in sorted(DATA.glob("*_template_*.json"))]


class Command(BaseCommand):
    help = "创建并发布系统预置的指标模板；已有的模板保持不变。"

    def handle(self, *args: Any, **options: Any) -> None:
        for tree in shipped_trees():
            with transaction.atomic():
                if IndicatorTemplate.objects.filter(name=tree.name, version=tree.version).exists():
                    self.stdout.write(f"已有模板：{tree.name} 第{tree.version}版")
                    continue
                template = create_from_tree(tree)
                publish(template, None, timezone.now())
                self.stdout.write(f"已创建并发布模板：{template}")
