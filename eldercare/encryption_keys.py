"""The keys of encrypted personal data, and the encryption itself: AES-SIV (RFC 5297). No Django in here.

``ENCRYPTION_KEYS`` lists the keys as ``id:base64,id:base64``: 64 random bytes each (AES-256 for the value,
AES-256 for its tag). The first encrypts; all decrypt and are looked up under. ``python -m
eldercare.encryption_keys`` prints a new entry. Without the variable a key in ``var/encryption_keys`` is made
and used; in production there is none, and nothing can be read or written.

A stored value is ``id:base64(tag ‖ ciphertext)``. It is deterministic: the same text in the same column under
the same key gives the same value, which makes equality look-ups and unique constraints work, and shows anybody
who can read the table which rows hold equal values, and how long they are. The column's name goes in as
associated data, so a value that is copied to another column cannot be decrypted there.

Files are bytes on both sides: ``id:`` and then tag ‖ ciphertext as they are, 30 MB in about 60 ms.
"""

import base64
import binascii
import datetime as dt
import functools
import os
import re
import secrets
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from eldercare import embedded

VARIABLE = "ENCRYPTION_KEYS"
KEY_BYTES = 64
KEY_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,15}")
LONGEST_PREFIX = 17  # characters: an id and the colon
IF_LOST = (
    "Without this key nobody can ever read the identity, telephone and bank account numbers and the uploaded "
    "workbooks in the database, nor in its backups: keep a copy in a safe place, apart from the backups."
)


class KeyRingError(Exception):
    """What is wrong with ``ENCRYPTION_KEYS``, in one sentence that holds no part of a key."""


class DecryptionError(Exception):
    """A stored value cannot be read: wrong or missing key, damage, or a value of another column."""


@dataclass(frozen=True, slots=True)
class Key:
    id: str
    cipher: AESSIV = field(repr=False)

    @property
    def prefix(self) -> str:
        return f"{self.id}:"

    def encrypt_all(self, texts: Iterable[str | None], context: str) -> list[str | None]:
        """Stored values of many texts of one column; None and the empty text stay as they are."""
        encrypt, encode, prefix = self.cipher.encrypt, binascii.b2a_base64, self.prefix
        bound_to = [context.encode()]
        return [
            prefix + encode(encrypt(text.encode(), bound_to), newline=False).decode()
            if text
            else (None if text is None else "")
            for text in texts
        ]

    def encrypt(self, text: str, context: str) -> str:
        return self.encrypt_all([text], context)[0] or ""

    def encrypt_bytes(self, data: bytes, context: str) -> bytes:
        return b"".join((self.prefix.encode(), self.cipher.encrypt(data, [context.encode()])))


@dataclass(frozen=True)
class KeyRing:
    """The first key encrypts, all decrypt."""

    keys: Mapping[str, Key]

    @property
    def current(self) -> Key:
        return next(iter(self.keys.values()))

    def candidates(self, text: str, context: str) -> list[str]:
        """What ``text`` may be stored as, the current key's value first."""
        return [key.encrypt(text, context) for key in self.keys.values()] if text else [""]

    def decrypt(self, stored: str, context: str) -> str:
        """The text behind a stored value. Raises DecryptionError; never returns anything doubtful."""
        if not stored:
            return ""
        key_id, colon, body = stored.partition(":")
        if not colon or not KEY_ID.fullmatch(key_id):
            raise DecryptionError(f"A value of {context} is not in the form of an encrypted value.")
        key = self._key(key_id, context)
        try:
            sealed = binascii.a2b_base64(body, strict_mode=True)
            if binascii.b2a_base64(sealed, newline=False).decode() != body:
                raise ValueError("not as it is written: unused bits are set")
            return key.cipher.decrypt(sealed, [context.encode()]).decode()
        except (InvalidTag, ValueError):  # ValueError: too short, no base64
            raise _unreadable(key_id, context) from None

    def encrypt_bytes(self, data: bytes, context: str) -> bytes:
        """A file as it is stored, under the current key. ``context`` names its column, as of a text."""
        return self.current.encrypt_bytes(data, context)

    def decrypt_bytes(self, stored: bytes | memoryview, context: str) -> bytes:
        """The file behind stored bytes. Raises DecryptionError; an empty column is none of ours either."""
        stored = memoryview(stored)
        head, colon, _ = bytes(stored[:LONGEST_PREFIX]).decode("latin-1").partition(":")
        if not colon or not KEY_ID.fullmatch(head):
            raise DecryptionError(f"A value of {context} is not in the form of an encrypted value.")
        key = self._key(head, context)
        try:
            return key.cipher.decrypt(stored[len(key.prefix) :], [context.encode()])
        except (InvalidTag, ValueError):
            raise _unreadable(head, context) from None

    def _key(self, key_id: str, context: str) -> Key:
        try:
            return self.keys[key_id]
        except KeyError:
            raise DecryptionError(
                f"A value of {context} is encrypted under the key {key_id!r}, which is not in {VARIABLE}."
            ) from None


def _unreadable(key_id: str, context: str) -> DecryptionError:
    return DecryptionError(
        f"A value of {context} cannot be decrypted under the key {key_id!r}: the key is another one of "
        "that name, or the value is damaged or belongs to another column."
    )


def parse_keys(text: str) -> KeyRing:
    """Raises KeyRingError."""
    keys: dict[str, Key] = {}
    secrets_seen: set[bytes] = set()
    for number, entry in enumerate(text.split(","), start=1):
        key_id, colon, body = entry.strip().partition(":")
        where = f"{VARIABLE}, entry {number}"
        if not colon or not KEY_ID.fullmatch(key_id):
            raise KeyRingError(
                f"{where}: must be id:base64, the id of up to 16 small letters, digits, - and _."
            )
        try:
            secret = base64.b64decode(body.strip().replace("-", "+").replace("_", "/"), validate=True)
        except ValueError:
            raise KeyRingError(f"{where}: the part after the colon is not base64.") from None
        if len(secret) != KEY_BYTES:
            raise KeyRingError(f"{where}: the key has {len(secret)} bytes instead of {KEY_BYTES}.")
        if len(set(secret)) < KEY_BYTES // 4 or secret[:32] == secret[32:]:
            raise KeyRingError(f"{where}: the key is not random.")
        if key_id in keys or secret in secrets_seen:
            raise KeyRingError(f"{where}: the id or the key is there twice.")
        keys[key_id] = Key(key_id, AESSIV(secret))
        secrets_seen.add(secret)
    return KeyRing(keys)


def problems(environment: Mapping[str, str]) -> list[str]:
    """What keeps a production start from having its keys, as a phrase; empty when all is well."""
    text = environment.get(VARIABLE, "")
    if not text:
        return [f"{VARIABLE} is not set: `python -m eldercare.encryption_keys` prints a new entry"]
    try:
        parse_keys(text)
    except KeyRingError as error:
        return [str(error).removesuffix(".")]
    return []


@functools.cache
def key_ring() -> KeyRing:
    """The keys of this process. Raises KeyRingError."""
    text = os.environ.get(VARIABLE, "")
    if not text:
        if os.environ.get("ELDERCARE_ENV") == "production":
            raise KeyRingError(f"{VARIABLE} is not set.")
        text = embedded.made_once("encryption_keys", lambda: new_entry("development"))
    return parse_keys(text)


def new_entry(key_id: str) -> str:
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"


if __name__ == "__main__":
    print(new_entry(f"k{dt.datetime.now(dt.UTC):%Y%m%d}"))
    print(IF_LOST, file=sys.stderr)  # not on standard output: that may go straight into a file
