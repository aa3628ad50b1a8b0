"""What a reviewer decides."""

import re
from typing import Any, ClassVar

from django import forms

from declarations.enums import ReturnReason
from declarations.forms.rows import Text
from declarations.models.review import MAX_TEXT


class DecisionForm(forms.Form):
    """What every decision carries: the digest of the submission and the stage that the reviewer has before him."""

    step: ClassVar[str]
    digest = forms.CharField(required=False)
    stage = forms.CharField(required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{self.step}-%s", use_required_attribute=False)

    def clean_stage(self) -> int | None:
        """The stage's key; None, which is no stage, where the request was not made by our page."""
        stage = self.cleaned_data["stage"]
        return int(stage) if re.fullmatch(r"[0-9]{1,18}", stage) else None


class ApprovalForm(DecisionForm):
    step = "approve"
    text = Text("审核意见（可不填）", MAX_TEXT, widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}))


class ReturnForm(DecisionForm):
    step = "return"
    reason = forms.ChoiceField(
        label="退回原因",
        choices=[("", "请选择"), *ReturnReason.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": "请选择退回原因。", "invalid_choice": "请选择退回原因。"},
    )
    text = Text(
        "退回意见",
        MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        error_messages={"required": "请填写退回意见，写明须修改之处。"},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["text"].required = True

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        if not text:
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        return text
