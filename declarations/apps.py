from django.apps import AppConfig
from django.core.checks import register


class DeclarationsConfig(AppConfig):
    name = "declarations"
    verbose_name = "绩效目标申报"

    def ready(self) -> None:
        from declarations.exports.system_checks import check_pdf_requirements

        register(check_pdf_requirements, "exports", deploy=True)
