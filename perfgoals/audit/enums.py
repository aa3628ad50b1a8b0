from django.db import models


class Action(models.TextChoices):
    """What somebody did. The steps of a declaration have the codes that its events have."""

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

    ASSIGN = "assign", "分派"
    TAKE = "take", "认领"
    RELEASE = "release", "取消认领"
    COMMENT = "comment", "提出审核意见"
    REPLY = "reply", "答复审核意见"
    SETTLE = "settle", "办结审核意见"
    REOPEN = "reopen", "重新打开审核意见"
    ASSESS = "assess", "评分"
    EXPORT = "export", "下载"

    CREATE_ROUND = "create_round", "新增批次"
    CHANGE_ROUND = "change_round", "修改批次"
    EXTEND = "extend", "准予延期"
    CHANGE_REVIEW_FORM = "change_review_form", "修改审核表"
    CHANGE_COMMENT_TEXTS = "change_comment_texts", "修改常用意见"
    PUBLISH_TEMPLATE = "publish_template", "发布指标模板"

    STORE_DEPARTMENT = "store_department", "新增或修改部门"
    STORE_OFFICE = "store_office", "新增或修改科室"
    CREATE_ACCOUNT = "create_account", "新增账号"
    CHANGE_ACCOUNT = "change_account", "修改账号"
    RESET_PASSWORD = "reset_password", "重置密码"  # what was done, not a password
    UNLOCK_ACCOUNT = "unlock_account", "解除锁定"
    CHANGE_PASSWORD = "change_password", "修改密码"
    SIGN_IN = "sign_in", "登录"
    SIGN_OUT = "sign_out", "退出登录"
    FAIL_SIGN_IN = "fail_sign_in", "登录失败"
    LOCK_ACCOUNT = "lock_account", "登录失败，账号锁定"
