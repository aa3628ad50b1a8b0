"""Asking for an adjustment of what was approved."""

from django import forms

from declarations.forms.rows import Text
from declarations.models.review import MAX_TEXT

NO_REASON = "请填写调整原因。"


class AdjustmentForm(forms.Form):
    """The reason, with the digest of what is in force and was seen."""

    digest = forms.CharField(required=False)
    text = Text(
        "调整原因",
        MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6, "class": "form-control"}),
        help_text=f"说明调整的依据和内容，不超过 {MAX_TEXT} 字。审核人员能看到调整原因。",
    )

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        if not text:
            raise forms.ValidationError(NO_REASON)
        return text
