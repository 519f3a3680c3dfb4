"""A request that is far larger than any upload may be is refused before its body is read and kept."""

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from eldercare.excel.limits import LIMITS, MB

ROOM = 1 * MB  # for the other fields of the form


class RefuseHuge(FileUploadHandler):
    def handle_raw_input(self, input_data, META, content_length, boundary, encoding=None) -> None:
        if content_length > LIMITS.file_bytes + ROOM:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
