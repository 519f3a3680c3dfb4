"""AES-SIV as RFC 5297 has it, keys from the environment, and values that were tampered with."""

import base64
import logging
import os
import pickle
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.cmac import CMAC
from hypothesis import given
from hypothesis import strategies as st

from eldercare import encryption_keys
from eldercare.encryption_keys import DecryptionError, Key, KeyRing, KeyRingError, key_ring, parse_keys
from tests.machine import REPO, environment

SECRET = bytes(range(64))
OTHER_SECRET = bytes(range(100, 164))
COLUMN = "subsidies.Elder.id_number"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


def entry(key_id: str, secret: bytes) -> str:
    return f"{key_id}:{base64.b64encode(secret).decode()}"


RING = parse_keys(f"{entry('new', SECRET)},{entry('old', OTHER_SECRET)}")


# --- The cipher, written down again from the RFC -----------------------------------------------------------


def cmac(key: bytes, data: bytes) -> bytes:
    mac = CMAC(algorithms.AES(key))
    mac.update(data)
    return mac.finalize()


def double(block: bytes) -> bytes:
    number = int.from_bytes(block) << 1
    return ((number & (1 << 128) - 1) ^ (0x87 if number >> 128 else 0)).to_bytes(16)


def xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def reference_siv(key: bytes, associated: list[bytes], text: bytes) -> bytes:
    """S2V and CTR of RFC 5297, sections 2.4 and 2.6."""
    mac_key, text_key = key[: len(key) // 2], key[len(key) // 2 :]
    block = cmac(mac_key, bytes(16))
    for each in associated:
        block = xor(double(block), cmac(mac_key, each))
    if len(text) >= 16:
        last = text[:-16] + xor(text[-16:], block)
    else:
        last = xor(double(block), (text + b"\x80").ljust(16, b"\0"))
    tag = cmac(mac_key, last)
    start = int.from_bytes(tag) & ~(1 << 63 | 1 << 31)
    stream = Cipher(algorithms.AES(text_key), modes.CTR(start.to_bytes(16))).encryptor()
    return tag + stream.update(text)


RFC_A1 = {
    "key": bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"),
    "associated": [bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")],
    "text": bytes.fromhex("112233445566778899aabbccddee"),
}
RFC_A1_OUTPUT = bytes.fromhex("85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c")


def test_the_cipher_gives_the_rfc_s_answer():
    assert AESSIV(RFC_A1["key"]).encrypt(RFC_A1["text"], RFC_A1["associated"]) == RFC_A1_OUTPUT
    assert reference_siv(**RFC_A1) == RFC_A1_OUTPUT


@given(text=TEXTS)
def test_a_stored_value_is_key_id_and_siv_output(text):
    key_id, _, body = RING.current.encrypt(text, COLUMN).partition(":")
    assert key_id == "new"
    assert base64.b64decode(body) == reference_siv(SECRET, [COLUMN.encode()], text.encode())


# --- Round trip and tampering ------------------------------------------------------------------------------


@given(text=TEXTS | st.just(""))
def test_every_text_comes_back(text):
    for key in RING.keys.values():
        assert RING.decrypt(key.encrypt(text, COLUMN), COLUMN) == text


@given(text=TEXTS, data=st.data())
def test_a_changed_character_never_gives_a_text(text, data):
    stored = RING.current.encrypt(text, COLUMN)
    place = data.draw(st.integers(0, len(stored) - 1))
    letter = data.draw(st.characters(codec="ascii").filter(lambda each: each != stored[place]))
    with pytest.raises(DecryptionError):
        RING.decrypt(stored[:place] + letter + stored[place + 1 :], COLUMN)


def test_another_spelling_of_the_same_bytes_is_refused():
    """Base64 may carry bits that decode to nothing; a look-up would not find such a value."""
    stored = RING.current.encrypt("甲", COLUMN)
    letter = stored[-3]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spelling = stored[:-3] + alphabet[alphabet.index(letter) ^ 1] + "=="
    assert base64.b64decode(spelling[4:]) == base64.b64decode(stored[4:])
    with pytest.raises(DecryptionError):
        RING.decrypt(spelling, COLUMN)


@given(text=TEXTS, data=st.data())
def test_a_shortened_value_never_gives_a_text(text, data):
    stored = RING.current.encrypt(text, COLUMN)
    with pytest.raises(DecryptionError):
        RING.decrypt(stored[: data.draw(st.integers(1, len(stored) - 1))], COLUMN)


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("338024194001011234", "not in the form"),
        ("3.3E+17:", "not in the form"),
        ("gone:" + "A" * 48, "'gone', which is not in ENCRYPTION_KEYS"),
        (
            "old:" + RING.current.encrypt("甲", COLUMN).partition(":")[2],
            "cannot be decrypted under the key 'old'",
        ),
        ("new:", "cannot be decrypted"),
        ("new:四", "cannot be decrypted"),
    ],
)
def test_what_is_no_value_of_ours_is_refused_with_the_reason(stored, said):
    with pytest.raises(DecryptionError, match=said) as caught:
        RING.decrypt(stored, COLUMN)
    assert stored not in str(caught.value)


def test_a_value_does_not_move_to_another_column():
    stored = RING.current.encrypt("338024194001011234", "subsidies.Elder.id_number")
    with pytest.raises(DecryptionError, match="another column"):
        RING.decrypt(stored, "subsidies.Payee.id_number")


def test_another_key_of_the_same_name_is_noticed():
    changed = parse_keys(entry("new", OTHER_SECRET))
    with pytest.raises(DecryptionError, match="another one of that name"):
        changed.decrypt(RING.current.encrypt("甲", COLUMN), COLUMN)


def test_equal_texts_are_stored_equal_under_a_key_and_apart_otherwise():
    first, second = RING.candidates("甲", COLUMN)
    assert [first, second] == RING.candidates("甲", COLUMN)
    assert len({first, second, *RING.candidates("甲", "other.Column.name")}) == 4


# --- Files --------------------------------------------------------------------------------------------------

FILE = "eldercare.ImportFile.content"


@given(data=st.binary(max_size=300))
def test_every_file_comes_back(data):
    for ring in (RING, KeyRing({"old": RING.keys["old"]})):
        stored = ring.encrypt_bytes(data, FILE)
        assert RING.decrypt_bytes(stored, FILE) == data
        assert RING.decrypt_bytes(memoryview(stored), FILE) == data  # as a driver gives it


@given(data=st.binary(max_size=300))
def test_a_stored_file_is_key_id_and_siv_output(data):
    assert RING.encrypt_bytes(data, FILE) == b"new:" + reference_siv(SECRET, [FILE.encode()], data)


@given(data=st.binary(max_size=100), more=st.data())
def test_a_file_with_a_changed_byte_is_refused(data, more):
    stored = bytearray(RING.encrypt_bytes(data, FILE))
    stored[more.draw(st.integers(0, len(stored) - 1))] ^= more.draw(st.integers(1, 255))
    with pytest.raises(DecryptionError):
        RING.decrypt_bytes(bytes(stored), FILE)


@given(data=st.binary(max_size=100), more=st.data())
def test_a_file_that_was_cut_is_refused(data, more):
    stored = RING.encrypt_bytes(data, FILE)
    with pytest.raises(DecryptionError):
        RING.decrypt_bytes(stored[: more.draw(st.integers(0, len(stored) - 1))], FILE)


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (b"", "not in the form"),
        (b"PK\x03\x04 a workbook that nobody encrypted", "not in the form"),
        (b"\xff\xfe:" + b"A" * 40, "not in the form"),
        (b"seventeen-letters:" + b"A" * 40, "not in the form"),
        (b"gone:" + b"A" * 40, "'gone', which is not in ENCRYPTION_KEYS"),
        (b"new:", "cannot be decrypted"),
        (RING.encrypt_bytes(b"text", "eldercare.Other.content"), "another column"),
        (b"old:" + RING.encrypt_bytes(b"text", FILE)[4:], "under the key 'old'"),
        (RING.current.encrypt("text", FILE).encode(), "cannot be decrypted"),
    ],
)
def test_bytes_that_are_no_file_of_ours_are_refused_with_the_reason(stored, said):
    with pytest.raises(DecryptionError, match=said):
        RING.decrypt_bytes(stored, FILE)


def test_a_file_of_the_largest_size_comes_back():
    data = bytes(range(256)) * (30 * 1024 * 4)
    stored = RING.encrypt_bytes(data, FILE)
    assert len(stored) == len(data) + len("new:") + 16
    assert RING.decrypt_bytes(stored, FILE) == data


# --- Keys ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "entry 1: must be id:base64"),
        ("K1:" + "A" * 88, "entry 1: must be id:base64"),
        (base64.b64encode(SECRET).decode(), "entry 1: must be id:base64"),
        (entry("k1", SECRET) + ",", "entry 2: must be id:base64"),
        ("k1:***", "not base64"),
        (entry("k1", SECRET[:32]), "32 bytes instead of 64"),
        (entry("k1", bytes(64)), "not random"),
        (entry("k1", SECRET[:32] * 2), "not random"),
        (entry("k1", SECRET) + "," + entry("k1", OTHER_SECRET), "entry 2: the id or the key is there twice"),
        (entry("k1", SECRET) + "," + entry("k2", SECRET), "entry 2: the id or the key is there twice"),
    ],
)
def test_unfit_keys_are_refused_without_showing_them(text, said):
    with pytest.raises(KeyRingError, match=said) as caught:
        parse_keys(text)
    assert base64.b64encode(SECRET).decode()[:12] not in str(caught.value)
    assert encryption_keys.problems({"ENCRYPTION_KEYS": text})


def test_the_first_key_is_the_current_one():
    assert RING.current.id == "new"
    assert list(RING.keys) == ["new", "old"]


def test_web_safe_base64_and_spaces_are_read():
    text = base64.urlsafe_b64encode(bytes(range(192, 256))).decode()
    assert parse_keys(f" k1:{text} , {entry('k2', SECRET)}").current.id == "k1"


def test_keys_do_not_show_themselves():
    assert "AESSIV" not in repr(RING)
    with pytest.raises(TypeError):
        pickle.dumps(RING)


def test_a_printed_entry_is_a_fit_key():
    result = subprocess.run(
        [sys.executable, "-m", "eldercare.encryption_keys"],
        cwd=REPO,
        capture_output=True,
        text=True,
        check=True,
    )
    assert encryption_keys.problems({"ENCRYPTION_KEYS": result.stdout.strip()}) == []
    assert result.stderr.strip() == encryption_keys.IF_LOST


@pytest.fixture
def fresh_ring(monkeypatch):
    monkeypatch.delenv("ENCRYPTION_KEYS", raising=False)
    key_ring.cache_clear()
    yield monkeypatch
    key_ring.cache_clear()


def test_production_has_no_key_of_its_own(fresh_ring):
    fresh_ring.setenv("ELDERCARE_ENV", "production")
    with pytest.raises(KeyRingError, match="ENCRYPTION_KEYS is not set"):
        key_ring()
    assert "ENCRYPTION_KEYS is not set" in encryption_keys.problems({})[0]


def test_keys_come_from_the_environment(fresh_ring):
    fresh_ring.setenv("ENCRYPTION_KEYS", entry("k7", SECRET))
    assert key_ring().current.encrypt("甲", COLUMN) == Key("k7", AESSIV(SECRET)).encrypt("甲", COLUMN)


def test_a_development_key_is_made_once_and_kept_private(var):
    command = [
        sys.executable,
        "-c",
        f"import eldercare.encryption_keys as e; print(e.key_ring().current.encrypt('甲', {COLUMN!r}))",
    ]
    env = {name: value for name, value in environment(var).items() if name != "ENCRYPTION_KEYS"}
    at_once = [
        subprocess.Popen(command, cwd=REPO, env=env, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    stored = {process.communicate()[0].strip() for process in at_once}
    assert len(stored) == 1
    assert stored.pop().startswith("development:")
    assert (var / "encryption_keys").stat().st_mode & 0o777 == 0o600
    assert not list(var.glob("encryption_keys.*"))


def test_nothing_is_logged(caplog, fresh_ring):
    fresh_ring.setenv("ENCRYPTION_KEYS", entry("k7", SECRET))
    with caplog.at_level(logging.DEBUG):
        key_ring().decrypt(key_ring().current.encrypt("338024194001011234", COLUMN), COLUMN)
    assert caplog.text == ""


def test_the_ring_is_read_once(fresh_ring):
    fresh_ring.setenv("ENCRYPTION_KEYS", entry("k7", SECRET))
    first = key_ring()
    os.environ["ENCRYPTION_KEYS"] = "nonsense"
    assert key_ring() is first
    assert isinstance(first, KeyRing)
