"""The whole database in one file, and an empty database filled from it: ``manage.py backup`` and ``restore``.

PostgreSQL's own programs do the work. What is added keeps a copy from being a false comfort:

* It is read to its end before it gets its name, and only its owner may read it.
* It goes back as a whole or not at all, and into an empty database only.
* A copy made by a newer portal is refused before anything is written.
* Afterwards each key of personal data is tried on what was stored under it.

The keys are in no copy (``encryption_keys.py``), nor are sessions: everybody signs in again. What the broker holds are
hints, so Redis needs no copy.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.models import BinaryField
from django.db.models.functions import Substr
from django.utils import timezone
from psycopg import sql

from eldercare import embedded, evidence
from eldercare.encryption import encrypted_fields
from eldercare.encryption_keys import VARIABLE, DecryptionError, key_ring
from eldercare.errors import Refused
from eldercare.key_rotation import encrypted_models
from eldercare.key_rotation_uploads import file_keys_in_use
from eldercare.local_postgres import client_program
from eldercare.models import ImportFile

NAME = re.compile(r"eldercare-\d{8}-\d{6}\.dump")
MAGIC = b"PGDMP"
LAST_SETTING = b"SET row_security"  # ends the settings at the head of a script
TIMEOUT_SINCE = 170_000  # servers before 17 do not know transaction_timeout, which the programs of 18 set
SESSIONS, MIGRATIONS = "django_session", "django_migrations"
DRAFT = ".part"
ABANDONED = 86_400  # seconds after which a draft is of a run that was killed


@dataclass(frozen=True)
class Copy:
    path: Path
    size: int  # bytes
    removed: list[Path]  # older ones


# --- Making one -------------------------------------------------------------------------------------------------


def make(folder: Path, *, keep: int = 0) -> Copy:
    """A copy named after this moment in ``folder``; with ``keep`` only so many of the newest stay.

    Raises Refused, and leaves no half file.
    """
    folder = folder.absolute()
    if not folder.is_dir():
        raise Refused(f"没有文件夹 {folder}，请先建好，并只让备份账号能读。")
    if MIGRATIONS not in _tables():
        raise Refused("数据库是空的，没有可备份的内容。请查对 DATABASE_URL（或 ELDERCARE_VAR）是不是设对了。")
    _remove_left_behind(folder)
    path = folder / f"eldercare-{timezone.localtime():%Y%m%d-%H%M%S}.dump"
    draft = path.with_suffix(DRAFT)
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise Refused(f"{draft} 已经存在：可能另一个备份正在进行。") from error
    except OSError as error:
        raise Refused(f"写不了 {draft}：{error.strerror}。") from error
    try:
        _dump(draft)
        _run("pg_restore", f"--file={os.devnull}", str(draft), why="备份写好后读不回来")
        draft.rename(path)
    finally:
        draft.unlink(missing_ok=True)
    return Copy(path, path.stat().st_size, _remove_older(path, keep))


def _dump(path: Path) -> None:
    options = ["--format=custom", "--no-owner", "--no-privileges", f"--exclude-table-data={SESSIONS}"]
    # What uploads are compared in comes and goes, and is made anew from the file when it is missing.
    options += [f"--exclude-table=*.{prefix}*" for prefix in ("import_stage_", "import_dif_")]
    _run("pg_dump", *options, f"--file={path}", _database(), why="数据库没有备份成")


def _remove_left_behind(folder: Path) -> None:
    """Drafts of runs that were killed."""
    for each in folder.glob(f"eldercare-*{DRAFT}"):
        if time.time() - each.stat().st_mtime > ABANDONED:
            each.unlink(missing_ok=True)


def _remove_older(newest: Path, keep: int) -> list[Path]:
    """``newest`` stays in any case: a clock may have been put back."""
    found = sorted(
        each
        for each in newest.parent.iterdir()
        if NAME.fullmatch(each.name) and each != newest and each.is_file()
    )
    older = found[: max(0, len(found) + 1 - keep)] if keep else []
    for each in older:
        each.unlink()
    return older


# --- Going back -------------------------------------------------------------------------------------------------


def restore(path: Path) -> None:
    """Fill the empty database. Raises Refused, and then it is as empty as before."""
    path = path.absolute()
    try:
        with open(path, "rb") as stream:
            is_copy = stream.read(len(MAGIC)) == MAGIC
    except OSError as error:
        raise Refused(f"读不了 {path}：{error.strerror}。") from error
    if not is_copy:
        raise Refused(f"{path} 不是本系统的备份文件（manage.py backup 生成的 .dump 文件）。")
    if _tables():
        raise Refused("数据库里已经有数据。备份只能恢复到空的数据库里：请新建一个，或换一个 ELDERCARE_VAR。")
    if (
        unknown := _migrations_in(path)
        - MigrationLoader(None, ignore_no_migrations=True).disk_migrations.keys()
    ):
        names = "、".join(sorted(".".join(each) for each in unknown)[:3])
        raise Refused(f"这份备份出自更新的版本（{names}），请先把程序升级到那个版本。")
    _write_back(path)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _migrations_in(path: Path) -> set[tuple[str, str]]:
    """(app, name) of the migrations that the copied database had."""
    options = ["--data-only", f"--table={MIGRATIONS}", "--file=-"]
    script = _run("pg_restore", *options, str(path), stdout=subprocess.PIPE, why="备份文件读不出来")
    found = re.search(
        r"^COPY \S+ \((.*)\) FROM stdin;\n(.*?)^\\\.$", script.decode(), re.DOTALL | re.MULTILINE
    )
    if found is None:
        raise Refused(f"{path} 里没有本系统的数据。")
    columns = found[1].split(", ")
    rows = (dict(zip(columns, line.split("\t"), strict=True)) for line in found[2].splitlines())
    return {(row["app"], row["name"]) for row in rows}


def _write_back(path: Path) -> None:
    """All in one transaction that ends with a word of ours.

    psql would commit at the end of its input, and for it that is also the end of a process that was killed.
    """
    script_of = [client_program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(path)]
    into = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--output={os.devnull}"]
    with (
        tempfile.TemporaryFile() as said,
        _child(script_of, stdout=subprocess.PIPE, stderr=said) as reader,
        _child([client_program("psql"), *into, _database()], stdin=subprocess.PIPE, stderr=said) as writer,
    ):
        is_whole = False
        try:
            writer.stdin.write(b"BEGIN;\n")
            _pass_on(reader.stdout, writer.stdin)
            is_whole = reader.wait() == 0
            if is_whole:
                writer.stdin.write(b"\nCOMMIT;\n")
            writer.stdin.close()
        except BrokenPipeError:  # psql has stopped at an error
            reader.kill()
        if writer.wait() or not is_whole:
            raise Refused(_in_words("没有恢复成，数据库还是空的", said))


def _pass_on(script: IO[bytes], to: IO[bytes]) -> None:
    connection.ensure_connection()
    knows_timeout = connection.connection.info.server_version >= TIMEOUT_SINCE
    for line in script:
        if knows_timeout or b"transaction_timeout" not in line:
            to.write(line)
        if line.startswith(LAST_SETTING):
            break
    shutil.copyfileobj(script, to, 1 << 20)


# --- Whether the keys are the right ones ------------------------------------------------------------------------


def place_of_keys() -> str:
    """Where this portal has its keys from."""
    if os.environ.get(VARIABLE) or not embedded.uses_embedded():
        return VARIABLE
    return f"文件 {embedded.var_dir() / 'encryption_keys'}"


def unreadable() -> list[str]:
    """What cannot be decrypted with the keys at hand: key by key and column by column, tried on one value each."""
    found = []
    for model in encrypted_models():
        for field in encrypted_fields(model):
            query = sql.SQL(
                "SELECT DISTINCT ON (split_part({c}, ':', 1)) split_part({c}, ':', 1), {c} FROM {t} WHERE {c} <> ''"
            ).format(c=sql.Identifier(field.column), t=sql.Identifier(model._meta.db_table))
            with connection.cursor() as cursor:
                cursor.execute(query)
                for key_id, stored in cursor.fetchall():
                    try:
                        key_ring().decrypt(stored, field.context)
                    except DecryptionError:
                        found.append(f"{model._meta.label}.{field.name}（密钥 {key_id}）")
    return found + [
        f"上传的文件（密钥 {key_id}）" for key_id in file_keys_in_use() if not _reads_a_file(key_id)
    ]


def _reads_a_file(key_id: str) -> bool:
    """Tried on the smallest one."""
    begins = f"{key_id}:".encode()
    of_key = ImportFile.objects.annotate(head=Substr("content", 1, len(begins), output_field=BinaryField()))
    file = of_key.filter(head=begins).order_by("size").first()
    if file is None:
        return False
    try:
        evidence.content_of(file)
    except DecryptionError:
        return False
    return True


# --- PostgreSQL's programs --------------------------------------------------------------------------------------


def _tables() -> list[str]:
    """Raises Refused where the database does not answer."""
    try:
        with connection.cursor() as cursor:
            return connection.introspection.table_names(cursor)
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise Refused(f"连不上数据库，请查对 DATABASE_URL（{reason}）。") from error


def _database() -> str:
    """How libpq finds the database; without secrets, which other users of the machine could see."""
    secret = {each.keyword.decode() for each in psycopg.pq.Conninfo.get_defaults() if each.dispchar == b"*"}
    given = {key: value for key, value in _parameters().items() if key not in secret}
    return "--dbname=" + psycopg.conninfo.make_conninfo(**given)


def _environment() -> Mapping[str, str]:
    password = _parameters().get("password")
    return os.environ | ({"PGPASSWORD": str(password)} if password else {}) | {"LC_ALL": "C.UTF-8"}


def _parameters() -> dict[str, object]:
    known = {each.keyword.decode() for each in psycopg.pq.Conninfo.get_defaults()}
    return {key: value for key, value in connection.get_connection_params().items() if key in known and value}


def _run(program: str, *arguments: str, why: str, stdout: int = subprocess.DEVNULL) -> bytes:
    with tempfile.TemporaryFile() as said:
        done = subprocess.run(
            [client_program(program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=said,
            env=_environment(),
        )
        if done.returncode:
            raise Refused(_in_words(why, said))
    return done.stdout or b""


@contextmanager
def _child(command: list[object], **options: object) -> Iterator[subprocess.Popen]:
    """Gone when left, however that is."""
    with subprocess.Popen(command, env=_environment(), **options) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def _in_words(why: str, said: IO[bytes]) -> str:
    """The programs' first complaint; what follows it may quote rows."""
    said.seek(0)
    lines = said.read(64_000).decode(errors="replace").splitlines()
    first = next((line for line in lines if re.search(r"(?i)\b(error|fatal)\b", line)), "")
    return f"{why}：{first.strip()[:300]}" if first else f"{why}。"
