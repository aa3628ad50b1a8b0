"""The forms with which a workbook is uploaded and its import confirmed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from declarations.imports.guard import MAX_BYTES, TOO_LARGE


class UploadForm(forms.Form):
    """A workbook to be imported; what it holds, `imports.read_workbook` says."""

    workbook = forms.FileField(
        label="Excel 工作簿（.xlsx）",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"class": "form-control", "accept": ".xlsx"}),
        error_messages={"required": "请选择要导入的 Excel 工作簿。", "max_length": "文件名过长，请缩短后再上传。"},
        max_length=255,
    )
    use_required_attribute = False

    def clean_workbook(self) -> "UploadedFile[Any]":
        workbook: UploadedFile[Any] = self.cleaned_data["workbook"]
        if workbook.size is None or workbook.size > MAX_BYTES:
            raise ValidationError(TOO_LARGE)
        return workbook


class ConfirmForm(forms.Form):
    """What was seen of an upload when it was confirmed."""

    digest = forms.CharField(max_length=64)
    delete_missing = forms.BooleanField(required=False)
