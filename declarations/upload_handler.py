"""Takes no more of an uploaded file than is looked at; what is larger is refused by its size afterwards."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from declarations.imports.guard import MAX_BYTES


class CappedUploadHandler(FileUploadHandler):
    """Stands before the handlers that keep a file, and hands no more on to them once they have more than `MAX_BYTES`.

    Refusing it here would break the connection, and people would see no page that says why.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return raw_data if start <= MAX_BYTES else None

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        return None
