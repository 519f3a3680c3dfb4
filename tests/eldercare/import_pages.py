"""Helpers of the tests of upload pages: what a page says, and what a browser sends."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.facilities.uploads import workbook

HEADINGS = ("机构名称", "房间", "床号", "护理型")
GOOD = workbook(HEADINGS, ("沈荡敬老院", "101", "1", "是"), ("沈荡敬老院", "101", "2", "否"))
BAD = workbook(HEADINGS, ("沈荡敬老院", "101", "1", "也许"), ("沈荡敬老院", "101", "2", "否"))


def text_of(answer) -> str:
    page = re.sub(r"<script.*?</script>", "", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def form_data(client, ledger="beds", **more) -> dict:
    page = client.get(reverse("import-create"), {"ledger": ledger}).content.decode()
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    return {"ledger": ledger, "as_of": "2025-06-30", "token": token} | more


def send(client, content: bytes, name="台账.xlsx", **more):
    file = SimpleUploadedFile(name, content)
    return client.post(reverse("import-create"), form_data(client, **more) | {"file": file})


def page_of(client, batch, **query):
    return client.get(reverse("import-detail", args=[batch.pk]), query)


def write(client, batch, **choices):
    seen = re.search(r'name="seen" value="([^"]+)"', page_of(client, batch).content.decode())
    return client.post(reverse("import-apply", args=[batch.pk]), {"seen": seen[1] if seen else ""} | choices)
