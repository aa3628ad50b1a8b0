from django.db import models


class Status(models.TextChoices):
    DRAFT = "draft", "草稿"
    IN_REVIEW = "in_review", "待审核"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已批复"


# The department holds the pen.
EDITABLE_STATUSES = frozenset({Status.DRAFT, Status.RETURNED})


class Step(models.TextChoices):
    """What somebody did with a declaration; each step taken is an event."""

    START = "start", "开始填报"
    SUBMIT = "submit", "送审"
    WITHDRAW = "withdraw", "撤回"
    RETURN = "return", "退回"
    PASS = "pass", "审核通过"
    APPROVE = "approve", "批复"


class ReturnReason(models.TextChoices):
    """Why a declaration is returned; the first four are the ministry's review criteria (财预〔2015〕88号, 附2)."""

    COMPLETENESS = "completeness", "完整性：内容不完整或不明确"
    RELEVANCE = "relevance", "相关性：与部门职责或工作任务不相关"
    APPROPRIATENESS = "appropriateness", "适当性：指标值不细化、不量化或不适当"
    FEASIBILITY = "feasibility", "可行性：措施或资金难以保障目标实现"
    BUDGET = "budget", "预算数据有误"
    WORDING = "wording", "文字或格式有误"
    OTHER = "other", "其他"
