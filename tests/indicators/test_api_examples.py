"""The examples of docs/api.md and of the help page do what they say, on a server that runs."""

import html
import json
import re
import shlex
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

import pytest
from django.conf import settings

from eldercare.excel.working import work_due
from eldercare.models import ImportBatch
from tests.eldercare.test_tokens import issue
from tests.facilities.factories import make_facility
from tests.facilities.uploads import workbook

ROOT = Path(settings.BASE_DIR)
DOCS = "\n".join(re.findall(r"```sh\n(.*?)```", (ROOT / "docs/api.md").read_text("utf-8"), re.DOTALL))
HELP = "\n".join(
    html.unescape(each)
    for each in re.findall(
        r"<pre>(.*?)</pre>", (ROOT / "templates/help/_api.html").read_text("utf-8"), re.DOTALL
    )
)


def commands(text: str) -> list[str]:
    return [each for each in text.replace("\\\n", " ").splitlines() if each.strip()]


class Curl:
    """As much of curl as the examples use; remembers the batch and the tag of the last answer."""

    def __init__(self, portal: str, token: str, folder: Path) -> None:
        self.variables = {"PORTAL": portal, "TOKEN": token, "BATCH": "0", "ETAG": ""}
        self.folder = folder

    def run(self, command: str) -> tuple[int, str]:
        for name, value in self.variables.items():
            command = command.replace(f"${name}", value.replace('"', '\\"'))
        program, *words = shlex.split(command)
        assert program == "curl"
        method, headers, data, parts, address = "GET", {}, None, [], ""
        while words:
            word = words.pop(0)
            if word == "-X":
                method = words.pop(0)
            elif word == "-H":
                name, _, value = words.pop(0).partition(": ")
                headers[name] = value
            elif word == "-d":
                data = words.pop(0).encode()
            elif word == "-F":
                parts.append(words.pop(0))
            elif word != "-s":
                address = word
        if parts:
            headers["Content-Type"], data = self.form(parts)
        request = urllib.request.Request(address, data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                status, body, tag = answer.status, answer.read().decode(), answer.headers["ETag"]
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        if tag and re.search(r"/batches/(\d+/)?$", address):
            self.variables["ETAG"] = tag
        if "/batches/" in address and method == "POST":
            self.variables["BATCH"] = str(json.loads(body)["id"])
        return status, body

    def form(self, parts: list[str]) -> tuple[str, bytes]:
        border, body = uuid.uuid4().hex, b""
        for part in parts:
            name, _, value = part.partition("=")
            content, more = value.encode(), ""
            if value.startswith("@"):
                content, more = (self.folder / value[1:]).read_bytes(), f'; filename="{value[1:]}"'
            head = f'--{border}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
            body += head.encode() + content + b"\r\n"
        return f"multipart/form-data; boundary={border}", body + f"--{border}--\r\n".encode()


def finish_uploads() -> None:
    """Here, unless a worker that other tests have started is at it already: then that is waited for."""
    until = time.monotonic() + 60
    while ImportBatch.objects.filter(status__in=ImportBatch.WORKING).exists():
        assert time.monotonic() < until, "An upload was not finished."
        if not work_due():
            time.sleep(0.05)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("text", [DOCS, HELP], ids=["docs", "help"])
def test_every_example_works(desk, live_server, tmp_path, text):
    assert len(commands(text)) >= 5
    make_facility(desk.cast.township, "沈荡敬老院")
    (tmp_path / "beds.xlsx").write_bytes(workbook(("机构名称", "床号"), ("沈荡敬老院", "102")))
    secret = issue(desk.county_clerk, "indicators:read", "reports:write", "ledgers:write")[1]
    curl = Curl(live_server.url, secret, tmp_path)
    for command in commands(text):
        status, body = curl.run(command)
        assert status in (200, 202), f"{command}\n{status} {body}"
        finish_uploads()


def test_the_help_is_for_everybody(desk, enter):
    page = enter(desk.cast.auditor).get("/help/?role=api").content.decode()
    assert "数据接口：让程序取数、报数" in page
