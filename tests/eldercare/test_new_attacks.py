"""Attacks on the shell: scrambled evidence, signing in as a program, asking for the schema without end."""

import io
import zipfile

import pytest
from django.urls import reverse

from eldercare import accounts, evidence
from eldercare.errors import Refused
from eldercare.models import User
from eldercare.token_models import ApiToken
from eldercare.tokens import revoke
from tests.eldercare.test_tokens import bearer, issue

SCHEMA = "/api/v1/schema/"


def scrambled(method: int) -> bytes:
    """A Word file whose first part cannot be unpacked."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("[Content_Types].xml", "<a>" * 500)
        archive.writestr("word/document.xml", "<x/>")
    content = bytearray(file.getvalue())
    begin = 30 + len("[Content_Types].xml")
    content[begin : begin + 8] = b"\xff" * 8
    return bytes(content)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_scrambled_file_is_refused_and_breaks_nothing(method):
    with pytest.raises(Refused, match="已损坏"):
        evidence.kind_of("方案.docx", scrambled(method))


@pytest.mark.django_db
def test_nobody_signs_in_with_the_account_of_a_program(cast, enter):
    token, _ = issue(cast.administrator, "reports:write", is_system=True)
    program = User.objects.get(pk=token.user_id)
    with pytest.raises(Refused, match="系统对接"):
        accounts.reset_password(by=cast.administrator, user=program)
    answer = enter(cast.administrator).post(reverse("account-reset", args=[program.pk]), follow=True)
    assert "系统对接的账号" in answer.content.decode()
    revoke(by=cast.administrator, token=ApiToken.objects.get(pk=token.pk))
    with pytest.raises(Refused, match="系统对接"):
        accounts.enable(by=cast.administrator, user=program)
    program.refresh_from_db()
    assert not program.is_active
    assert not program.has_usable_password()


@pytest.mark.django_db
def test_the_schema_is_throttled_too(cast, settings):
    settings.API_REQUESTS_PER_MINUTE = 0
    _, secret = issue(cast.leader)
    answer = bearer(secret).get(SCHEMA)
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
