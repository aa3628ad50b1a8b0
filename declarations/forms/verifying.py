from django import forms

from declarations.verification import CodeRefused, digits_of


class CodeForm(forms.Form):
    """What stands on a printed table, typed by anybody."""

    code = forms.CharField(
        label="校验码",
        max_length=200,
        error_messages={"required": "请输入校验码。", "max_length": "校验码最多 64 位，请核对输入的内容。"},
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
                "aria-describedby": "code-help code-errors",
            }
        ),
    )

    def clean_code(self) -> str:
        try:
            return digits_of(self.cleaned_data["code"])
        except CodeRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
