from django.db import models


class Status(models.TextChoices):
    DRAFT = "draft", "草稿"
    IN_REVIEW = "in_review", "待审核"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已批复"


# The department holds the pen.
EDITABLE_STATUSES = frozenset({Status.DRAFT, Status.RETURNED})
# The bureau writes new comments: not on what was withdrawn or is being adjusted, nor on what is approved.
COMMENTED_STATUSES = frozenset({Status.IN_REVIEW, Status.RETURNED})


class StageKind(models.TextChoices):
    """Who decides in a stage of review; a round has some of these stages, always in this order."""

    DEPARTMENT_HEAD = "department_head", "部门负责人"
    SUPERIOR = "superior", "主管部门"
    BUSINESS = "business", "业务科室"
    PERFORMANCE = "performance", "绩效科"

    @property
    def rank(self) -> int:
        """Its place in the order of stages, from 1."""
        return list(StageKind).index(self) + 1


# The stages that the finance bureau decides in.
BUREAU_STAGES = frozenset({StageKind.BUSINESS, StageKind.PERFORMANCE})


class Scoring(models.TextChoices):
    """How the bureau's reviewers of a round fill in the review form."""

    NONE = "none", "不填写"
    COMMENTED = "commented", "只写意见，不评分"
    SCORED = "scored", "评分并评定等级"


class Step(models.TextChoices):
    """What somebody did with a declaration; each step taken is an event."""

    START = "start", "开始填报"
    SUBMIT = "submit", "送审"
    WITHDRAW = "withdraw", "撤回"
    PASS = "pass", "审核通过"
    APPROVE = "approve", "批复"
    RETURN = "return", "退回"
    HAND_BACK = "hand_back", "退回上一环节"
    UNDO = "undo", "撤销办理"
    ADJUST = "adjust", "申请调整"
    CANCEL_ADJUSTMENT = "cancel_adjustment", "终止调整"


# What a reviewer decides in a stage.
DECISIONS = frozenset({Step.PASS, Step.APPROVE, Step.RETURN, Step.HAND_BACK})


class QueueTab(models.TextChoices):
    """The parts of the queue of somebody who reviews."""

    WAITING = "waiting", "待审核"
    RETURNED = "returned", "已退回"
    PASSED = "passed", "已通过"
    DECIDED = "decided", "曾经办"


class ReturnReason(models.TextChoices):
    """Why a declaration is returned; the first four are the ministry's review criteria (财预〔2015〕88号, 附2)."""

    COMPLETENESS = "completeness", "完整性：内容不完整或不明确"
    RELEVANCE = "relevance", "相关性：与部门职责或工作任务不相关"
    APPROPRIATENESS = "appropriateness", "适当性：指标值不细化、不量化或不适当"
    FEASIBILITY = "feasibility", "可行性：措施或资金难以保障目标实现"
    BUDGET = "budget", "预算数据有误"
    WORDING = "wording", "文字或格式有误"
    OTHER = "other", "其他"


class NoticeKind(models.TextChoices):
    """What somebody is told."""

    WAITING = "waiting", "待审核"
    PASSED = "passed", "审核通过"
    APPROVED = "approved", "批复"
    RETURNED = "returned", "退回"
    HANDED_BACK = "handed_back", "退回上一环节"
    UNDONE = "undone", "撤销办理"
    ASSIGNED = "assigned", "分派"
    COMMENTED = "commented", "审核意见"
    DUE = "due", "即将到期"
    OVERDUE = "overdue", "逾期"


class BundleKind(models.TextChoices):
    """What somebody orders of many declarations at once."""

    ARCHIVE = "archive", "压缩包"
    BOOK = "book", "合订本"
    SUMMARY = "summary", "汇总表"


class BundleStatus(models.TextChoices):
    WAITING = "waiting", "排队中"
    RUNNING = "running", "生成中"
    DONE = "done", "已完成"
    FAILED = "failed", "未完成"
    CANCELLED = "cancelled", "已取消"


OPEN_BUNDLES = frozenset({BundleStatus.WAITING, BundleStatus.RUNNING})
