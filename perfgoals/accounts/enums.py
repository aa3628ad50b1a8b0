from django.db import models


class OfficeKind(models.TextChoices):
    """What an office of the finance bureau does; a review stage names the kind that decides in it."""

    BUSINESS = "business", "业务科室"
    PERFORMANCE = "performance", "绩效科"


class Role(models.TextChoices):
    PREPARER = "preparer", "部门填报人"
    DEPARTMENT_HEAD = "department_head", "部门负责人"
    REVIEWER = "reviewer", "业务科室审核人"
    PERFORMANCE_REVIEWER = "performance_reviewer", "绩效科审核人"
    ADMINISTRATOR = "administrator", "管理员"
    AUDITOR = "auditor", "审计人员"


DEPARTMENT_ROLES = frozenset({Role.PREPARER, Role.DEPARTMENT_HEAD})
OFFICE_KIND_OF_ROLE = {Role.REVIEWER: OfficeKind.BUSINESS, Role.PERFORMANCE_REVIEWER: OfficeKind.PERFORMANCE}
REVIEW_ROLES = frozenset(OFFICE_KIND_OF_ROLE)
ROLES_READING_EVERYTHING = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})


class MailChoice(models.TextChoices):
    """When a person's notices are sent by mail as well."""

    AT_ONCE = "at_once", "即时发送"
    DAILY = "daily", "每日汇总"
    NONE = "none", "不发送"


class DepartmentKind(models.TextChoices):
    GENERAL = "general", "综合政务"
    EDUCATION = "education", "教育"
    HEALTH = "health", "卫生健康"
    TRANSPORT = "transport", "交通运输"
    AGRICULTURE = "agriculture", "农业农村"
    ECONOMY = "economy", "经济发展"
    ENVIRONMENT = "environment", "生态环境"
    CULTURE = "culture", "文化旅游"
    SECURITY = "security", "公共安全"
    WELFARE = "welfare", "民生保障"
    OTHER = "other", "其他"
