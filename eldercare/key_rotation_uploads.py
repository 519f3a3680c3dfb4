"""Changing the encryption key of uploads: the workbooks as they came, and the lines of their change slips.

A line holds stored values of other tables' columns, by column key, as JSON. Which column a value belongs to need
not be written down: it can only be decrypted in the context of its own. A value that is old in the ledger and
in the line is renewed in both, and comes out equal in both, for encryption is deterministic.

Lines are renewed before the ledgers' own tables (``manage.py rotate_keys`` keeps this order): an upload that is
applied meanwhile must not bring values under the old key into a table that is done.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q
from django.db.models.functions import Cast

from eldercare.encryption import encrypted_fields
from eldercare.encryption_keys import KEY_ID, LONGEST_PREFIX, DecryptionError, key_ring
from eldercare.errors import Refused
from eldercare.key_rotation import BATCH, Outcome, encrypted_models, until_nothing_is_left
from eldercare.models import ImportFile, ImportLine

FILE_CONTEXT = "eldercare.ImportFile.content"

# An encrypted value as a whole JSON text: the tag alone has 16 bytes.
VALUE = r'"{key}:[A-Za-z0-9+/]{{22,}}={{0,2}}"'
ANY_VALUE = VALUE.format(key=f"({KEY_ID.pattern})")
STORED = re.compile(ANY_VALUE.strip('"'))


def rotate_files(*, on_batch: Callable[[int], None] = lambda rows: None) -> Outcome:
    """Encrypt the workbooks under the current key, one per transaction: each may have 30 MB."""
    return until_nothing_is_left(_files, on_batch)


def _files(outcome: Outcome) -> Iterator[int]:
    for pk in _files_due():
        with transaction.atomic():
            content = ImportFile.objects.select_for_update().values_list("content", flat=True).get(pk=pk)
            try:
                plain = key_ring().decrypt_bytes(content, FILE_CONTEXT)
            except DecryptionError:
                outcome.unreadable.setdefault("content", []).append(pk)
                continue
            ImportFile.objects.filter(pk=pk).update(content=key_ring().encrypt_bytes(plain, FILE_CONTEXT))
        yield 1


def _files_due() -> list[int]:
    """Only the first bytes of each file are looked at."""
    prefix = key_ring().current.prefix.encode()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM eldercare_importfile WHERE substring(content FROM 1 FOR %s) <> %s ORDER BY id",
            [len(prefix), prefix],
        )
        return [pk for (pk,) in cursor.fetchall()]


def rotate_lines(*, batch: int = BATCH, on_batch: Callable[[int], None] = lambda rows: None) -> Outcome:
    """Encrypt the values in change slips under the current key, ``batch`` lines per transaction."""
    return until_nothing_is_left(lambda outcome: _lines(batch, outcome), on_batch)


def _lines(batch: int, outcome: Outcome) -> Iterator[int]:
    contexts = _contexts()
    after = 0
    while True:
        with transaction.atomic():
            due = list(_due_among(ImportLine.objects.filter(pk__gt=after)).select_for_update()[:batch])
            renewed = [line for line in due if _renew(line, contexts, outcome)]
            _write(renewed)
        if not due:
            return
        after = due[-1].pk
        yield len(renewed)


def _due_among(lines: models.QuerySet[ImportLine]) -> models.QuerySet[ImportLine]:
    """Those that hold a value under another key of the ring than the current one."""
    others = [key_id for key_id in key_ring().keys if key_id != key_ring().current.id]
    if not others:
        return lines.none()
    other = VALUE.format(key=f"({'|'.join(others)})")
    texts = {f"{name}_text": Cast(name, models.TextField()) for name in ("old", "new")}
    due = lines.alias(**texts).filter(Q(old_text__regex=other) | Q(new_text__regex=other))
    return due.only("id", "old", "new").order_by("pk")


def _write(lines: list[ImportLine]) -> None:
    columns = [
        [line.pk for line in lines],
        [json.dumps(line.old) for line in lines],
        [json.dumps(line.new) for line in lines],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE eldercare_importline SET old = fresh.old::jsonb, new = fresh.new::jsonb "
            "FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS fresh (pk, old, new) WHERE id = fresh.pk",
            columns,
        )


def _contexts() -> list[str]:
    found = {each.context for model in encrypted_models() for each in encrypted_fields(model)}
    return sorted(found)


def _renew(line: ImportLine, contexts: list[str], outcome: Outcome) -> bool:
    """Put the line's values under the current key. What cannot be read stays as it is and is noted."""
    before = (line.old, line.new)
    for name in ("old", "new"):
        try:
            setattr(line, name, _renewed(getattr(line, name), contexts))
        except DecryptionError:
            outcome.unreadable.setdefault(name, []).append(line.pk)
    return (line.old, line.new) != before


def _renewed(value: Any, contexts: list[str], key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _renewed(each, contexts, name) for name, each in value.items()}
    if isinstance(value, list):
        return [_renewed(each, contexts, key) for each in value]
    ring = key_ring()
    found = STORED.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[1] == ring.current.id or found[1] not in ring.keys:
        return value  # an address such as https://… has the form, too
    # The column key is the field's name as a rule: those contexts first.
    for context in sorted(contexts, key=lambda each: not each.endswith(f".{key}")):
        try:
            return ring.current.encrypt(ring.decrypt(value, context), context)
        except DecryptionError:
            continue
    raise DecryptionError("A value in a change slip cannot be decrypted as one of any column.")


def require_lines_rotated(batch_id: int) -> None:
    """Raises Refused while the upload's lines hold values under another key than the current one.

    For whoever writes them into a ledger. No query while the ring has one key.
    """
    if _due_among(ImportLine.objects.filter(batch_id=batch_id)).exists():
        raise Refused("正在更换加密密钥，暂不能写入；请待系统管理员完成密钥更换后再试。")


# --- Keys in use ------------------------------------------------------------------------------------------


def file_keys_in_use() -> dict[str, int]:
    """How many workbooks are under each key; "?" stands for contents that are not encrypted at all."""
    return _counts(
        "SELECT coalesce(substring(encode(substring(content FROM 1 FOR %s), 'escape') FROM %s), '?'), count(*) "
        "FROM eldercare_importfile GROUP BY 1",
        [LONGEST_PREFIX, f"^({KEY_ID.pattern}):"],
    )


def line_keys_in_use() -> dict[str, int]:
    """How many values in change slips are under each key of the ring."""
    return _counts(
        "SELECT found[1], count(*) FROM eldercare_importline, "
        "regexp_matches(old::text || new::text, %s, 'g') AS found WHERE found[1] = ANY(%s) GROUP BY 1",
        [ANY_VALUE, list(key_ring().keys)],
    )


def _counts(query: str, values: list) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return dict(cursor.fetchall())
