"""What a reviewer decides."""

import re
from typing import Any, ClassVar

from django import forms

from declarations.enums import ReturnReason, Step
from declarations.forms.rows import Text
from declarations.models.review import MAX_TEXT


class Key(forms.CharField):
    """The key of a row that the page has shown; None, which is no row's, where the request was not made by our page."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def clean(self, value: Any) -> int | None:
        return int(value) if value and re.fullmatch(r"[0-9]{1,18}", value) else None


class DecisionForm(forms.Form):
    """A decision with the digest of the submission and the stage that the reviewer has before him.

    All decisions have the same fields, so that what was typed stays when another one is chosen.
    """

    requires_reason: ClassVar[bool] = False

    digest = forms.CharField(required=False)
    stage = Key()
    reason = forms.ChoiceField(
        label="退回原因",
        required=False,
        choices=[("", "请选择"), *ReturnReason.choices],
        widget=forms.Select(attrs={"class": "form-select", "data-draft": True}),
        error_messages={"required": "请选择退回原因。", "invalid_choice": "请选择退回原因。"},
    )
    text = Text(
        "审核意见",
        MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 4, "class": "form-control", "data-draft": True}),
        error_messages={"required": "请填写退回意见，写明须修改之处。"},
    )

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id="decision-%s", use_required_attribute=False)
        for name in ("reason", "text"):
            self.fields[name].required = self.requires_reason

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        if self.requires_reason and not text:
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        return text

    def as_it_was_sent(self) -> "DecisionForm":
        """A form that holds what was sent, of which nothing is said to be wrong."""
        return DecisionForm(initial={name: self[name].value() for name in ("reason", "text")})


class ApprovalForm(DecisionForm):
    """Lets the declaration pass; a reason that was chosen before is of no account."""

    def clean_reason(self) -> str:
        return ""


class ReturnForm(DecisionForm):
    """Returns the declaration, to the department or to the stage before."""

    requires_reason = True


class UndoForm(forms.Form):
    """The decision to undo, and the digest of the submission that it was taken on."""

    digest = forms.CharField(required=False)
    event = Key()


DECISION_FORMS: dict[Step, type[DecisionForm]] = {
    Step.APPROVE: ApprovalForm,
    Step.RETURN: ReturnForm,
    Step.HAND_BACK: ReturnForm,
}
