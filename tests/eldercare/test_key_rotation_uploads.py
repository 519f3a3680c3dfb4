"""Changing the key of uploads: workbooks as they came, and the lines of their change slips."""

import base64
import datetime as dt
import uuid

import pytest

from eldercare import key_rotation_uploads
from eldercare.encryption import encrypt_many
from eldercare.encryption_keys import DecryptionError, key_ring
from eldercare.errors import Refused
from eldercare.key_rotation_uploads import (
    FILE_CONTEXT,
    file_keys_in_use,
    line_keys_in_use,
    require_lines_rotated,
    rotate_files,
    rotate_lines,
)
from eldercare.models import ImportBatch, ImportFile, ImportLine
from tests.eldercare.test_encryption import NEW, NUMBER, OLD, OTHER, PHONE, register, stored, use_keys
from tests.eldercare.test_key_rotation import run

__all__ = ["register", "use_keys"]  # fixtures

WORKBOOK = b"PK\x03\x04" + bytes(range(256)) * 40


def upload(cast, content: bytes) -> ImportBatch:
    return ImportBatch.objects.create(
        ledger="persons",
        org_unit=cast.township_clerk.org_unit,
        as_of=dt.date(2026, 6, 30),
        file=ImportFile.objects.create(sha256="0" * 64, size=len(content), content=content),
        filename="台账.xlsx",
        token=uuid.uuid4(),
        created_by=cast.township_clerk,
    )


@pytest.fixture
def batch(cast, register):
    """An upload of two people: one is known and has a new telephone, one is new."""
    found = upload(cast, key_ring().encrypt_bytes(WORKBOOK, FILE_CONTEXT))
    phone, id_number = (register.Person._meta.get_field(name) for name in ("phone", "id_number"))
    register.Person.objects.create(name="顾云舟", id_number=NUMBER, phone=PHONE)
    known, fresh = encrypt_many(id_number, [NUMBER, OTHER])
    before, after = encrypt_many(phone, [PHONE, "13987654321"])
    lines = (
        ("changed", {"id_number": known, "phone": before}, {"id_number": known, "phone": after}),
        ("new", {}, {"id_number": fresh, "phone": "", "name": "朱若溪", "beds": 3, "closed": None}),
        ("new", {}, {"posts": [{"telephone": after}], "site": "https://abcdefghijklmnopqrstuvwxyz/abc"}),
    )
    for row, (state, old, new) in enumerate(lines, start=2):
        ImportLine.objects.create(batch=found, row=row, state=state, old=old, new=new)
    return found


def lines(batch: ImportBatch) -> list[tuple[dict, dict]]:
    return list(batch.lines.order_by("row").values_list("old", "new"))


def test_workbooks_and_lines_are_read_under_the_new_key_alone(batch, register, use_keys):
    use_keys(NEW, OLD)
    out, err = run()
    assert err == ""
    assert "eldercare.ImportFile: 1 rows encrypted again" in out
    assert "eldercare.ImportLine: 3 rows encrypted again" in out
    assert "key old: not in use; it may be taken out" in out
    use_keys(NEW)
    content = ImportFile.objects.get(pk=batch.file_id).content
    assert key_ring().decrypt_bytes(content, FILE_CONTEXT) == WORKBOOK
    (old, new), (_, other), (_, nested) = lines(batch)
    read = key_ring().decrypt
    assert read(old["phone"], "encrypted.Person.phone") == PHONE
    assert read(new["phone"], "encrypted.Person.phone") == "13987654321"
    assert read(other["id_number"], "encrypted.Person.id_number") == OTHER
    assert read(nested["posts"][0]["telephone"], "encrypted.Person.phone") == "13987654321"
    assert (other["phone"], other["name"], other["beds"], other["closed"]) == ("", "朱若溪", 3, None)
    assert nested["site"] == "https://abcdefghijklmnopqrstuvwxyz/abc"


def test_a_value_is_the_same_in_the_ledger_and_in_the_line_as_before(batch, register, use_keys):
    """Or every line would look as if the ledger had been changed since the preview."""
    assert lines(batch)[0][0]["phone"] == stored(register.Person, "phone")[0]
    use_keys(NEW, OLD)
    run()
    assert lines(batch)[0][0]["phone"] == stored(register.Person, "phone")[0]
    assert lines(batch)[0][0]["phone"].startswith("new:")


def test_a_second_run_does_nothing(batch, use_keys):
    use_keys(NEW, OLD)
    run()
    before = (lines(batch), bytes(ImportFile.objects.get().content))
    assert rotate_files().rotated == rotate_lines().rotated == 0
    assert (lines(batch), bytes(ImportFile.objects.get().content)) == before


def test_a_killed_run_is_continued(batch, cast, use_keys):
    for _ in range(2):
        upload(cast, key_ring().encrypt_bytes(WORKBOOK, FILE_CONTEXT))
    use_keys(NEW, OLD)

    def die(rows: int) -> None:
        raise KeyboardInterrupt

    for rotation, left in ((rotate_files, 2), (lambda **how: rotate_lines(batch=1, **how), 2)):
        with pytest.raises(KeyboardInterrupt):
            rotation(on_batch=die)
        assert rotation().rotated == left
    assert file_keys_in_use() == {"new": 3}


def test_what_cannot_be_read_is_named_and_the_rest_goes_on(batch, cast, use_keys):
    plain = upload(cast, WORKBOOK)
    line = batch.lines.get(row=3)
    line.new["phone"] = "old:" + base64.b64encode(bytes(30)).decode()
    line.save()
    use_keys(NEW, OLD)
    out, err = run()
    assert f"ImportFile.content cannot be decrypted in 1 row(s), primary keys {plain.file_id}" in err
    assert f"ImportLine.new cannot be decrypted in 1 row(s), primary keys {line.pk}" in err
    assert "keep that key" in err
    assert "key ?: 1 values (not in the ring)" in out
    assert file_keys_in_use() == {"new": 1, "?": 1}
    line.refresh_from_db()
    with pytest.raises(DecryptionError):
        key_ring().decrypt(line.new["phone"], "encrypted.Person.phone")
    assert lines(batch)[0][1]["phone"].startswith("new:")


def test_a_value_of_one_column_is_none_of_another(batch, use_keys):
    """Its context is proved, not guessed from the column key: this one carries another column's key."""
    line = batch.lines.get(row=2)
    line.new = {"phone": line.new["id_number"]}
    line.save()
    use_keys(NEW, OLD)
    run()
    (_, new), *_ = lines(batch)
    assert key_ring().decrypt(new["phone"], "encrypted.Person.id_number") == NUMBER


def test_slips_of_an_upload_wait_for_the_rotation(batch, use_keys, django_assert_num_queries):
    with django_assert_num_queries(0):
        require_lines_rotated(batch.pk)
    use_keys(NEW, OLD)
    with pytest.raises(Refused, match="正在更换加密密钥"):
        require_lines_rotated(batch.pk)
    require_lines_rotated(batch.pk + 1)
    rotate_lines()
    require_lines_rotated(batch.pk)


def test_slips_come_before_the_ledgers(batch, register, use_keys):
    use_keys(NEW, OLD)
    out, _ = run()
    order = [line.partition(":")[0] for line in out.splitlines() if "encrypted again" in line]
    assert order.index("eldercare.ImportLine") < order.index("encrypted.Person")


def test_keys_in_use_are_counted_by_value(batch, use_keys):
    assert line_keys_in_use() == {"old": 6}
    assert file_keys_in_use() == {"old": 1}
    use_keys(NEW, OLD)
    out, _ = run("--check")
    # Six in lines, a workbook, and a person's number and telephone with their history.
    assert "key old: 11 values" in out
    assert "https" not in out


def test_the_file_s_context_is_the_field_s_name():
    field = ImportFile._meta.get_field("content")
    assert f"{ImportFile._meta.label}.{field.name}" == key_rotation_uploads.FILE_CONTEXT
