"""A copy of the whole database, and the way back: everything, as it was, or nothing."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection

from eldercare.encryption_keys import new_entry
from eldercare.local_postgres import client_program
from eldercare.models import AuditEvent, OrgUnit
from tests.facilities.factories import make_facility
from tests.facilities.uploads import apply, upload, workbook
from tests.machine import REPO, eventually
from tests.subsidies.factories import make_elder
from tests.template_database import prepared_template

pytestmark = pytest.mark.django_db(transaction=True)
HOME = "沈荡敬老院"
STAGES = ("import_stage_", "import_dif_")
BEDS = workbook(("机构名称", "房间", "床号", "护理型"), (HOME, "101", "1", "是"), (HOME, "101", "2", "否"))

CATALOGUE = """
    SELECT 'trigger', tgrelid::regclass::text, concat_ws(' ', pg_get_triggerdef(oid), obj_description(oid, 'pg_trigger'))
      FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL SELECT 'constraint', conrelid::regclass::text, concat_ws(' ', conname, contype, convalidated)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT 'index', indrelid::regclass::text, concat_ws(' ', indexrelid::regclass, indisunique, indisvalid)
      FROM pg_index JOIN pg_class c ON c.oid = indrelid WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT 'sequence', sequencename, coalesce(last_value, 0)::text FROM pg_sequences
    UNION ALL SELECT 'function', p.oid::regprocedure::text, prosrc FROM pg_proc p
      LEFT JOIN pg_depend d ON d.objid = p.oid AND d.deptype = 'e' WHERE pronamespace = 'public'::regnamespace AND d.objid IS NULL
"""


@pytest.fixture
def world(cast):
    """People whose numbers are encrypted, an applied upload with its file and history, a session."""
    make_facility(cast.township, HOME)
    elder = make_elder(cast.township)
    batch = apply(upload("beds", BEDS, by=cast.township_clerk))
    assert batch.new == 2
    Session.objects.create(session_key="s" * 32, session_data="secret", expire_date="2099-01-01T00:00Z")
    return elder


@pytest.fixture
def empty_database(django_db_modify_db_settings) -> Iterator[str]:
    """A second database on the same server."""
    name = f"{settings.DATABASES['default']['NAME']}_second"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield name
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def environment_of(database: str) -> dict[str, str]:
    return os.environ | {"ELDERCARE_DB_NAME": database, "SECRET_KEY": settings.SECRET_KEY}


def manage(*arguments: object, database: str = "", **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=REPO,
        env=environment_of(database or settings.DATABASES["default"]["NAME"]) | environment,
        capture_output=True,
        text=True,
    )


def copy_into(folder: Path, *options: object) -> tuple[Path, str]:
    """The newest copy, and what was said."""
    said = io.StringIO()
    call_command("backup", folder, *options, stdout=said)
    path = Path(said.getvalue().removeprefix("已备份到 ").partition("（")[0])
    assert path.is_file()
    assert "encryption_keys" in said.getvalue() or "ENCRYPTION_KEYS" in said.getvalue()
    return path, said.getvalue()


def connected_to(database: str) -> psycopg.Connection:
    given = connection.get_connection_params() | {"dbname": database}
    names = ("dbname", "user", "password", "host", "port")
    return psycopg.connect(**{name: given[name] for name in names if name in given})


def ask(database: str, query: str) -> list[tuple]:
    with connected_to(database) as other:
        return other.execute(query).fetchall()


def change(database: str, statement: str) -> None:
    with connected_to(database) as other:
        other.execute(statement)


def tables_of(database: str) -> list[str]:
    return [
        name
        for (name,) in ask(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    ]


def contents_of(database: str) -> dict[str, tuple]:
    """Of each table the number of rows and a checksum over them; what other tests left of uploads is in no copy."""
    query = "SELECT count(*), md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{}\" t"
    names = [name for name in tables_of(database) if not name.startswith(STAGES)]
    return {name: ask(database, query.format(name))[0] for name in names}


def catalogue_of(database: str) -> set[tuple]:
    return {row for row in ask(database, CATALOGUE) if not row[1].startswith(STAGES)}


def test_everything_comes_back_and_the_portal_goes_on(world, empty_database, tmp_path):
    own = settings.DATABASES["default"]["NAME"]
    path, _ = copy_into(tmp_path)
    assert path.stat().st_mode & 0o777 == 0o600
    logged = AuditEvent.objects.filter(subject="备份整个数据库").values_list("org_unit", flat=True)
    assert set(logged) == set(OrgUnit.objects.filter(parent=None).values_list("pk", flat=True))
    before, catalogue = contents_of(own), catalogue_of(own)
    assert {"trigger", "constraint", "index", "sequence", "function"} == {kind for kind, *_ in catalogue}
    assert (
        min(before[name][0] for name in ("subsidies_elder", "facilities_bedevent", "eldercare_importfile"))
        > 0
    )

    done = manage("restore", path, database=empty_database)
    assert done.returncode == 0, done.stderr
    assert "都能用现有的密钥读出" in done.stdout
    after = contents_of(empty_database)
    assert before.keys() == after.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"django_session", "eldercare_auditevent"}
    log = "SELECT subject FROM eldercare_auditevent ORDER BY id"
    earlier = [row for row in ask(own, log) if row != ("备份整个数据库",)]
    assert set(ask(empty_database, log)[len(earlier) :]) == {("从备份恢复数据库",)}
    assert ask(empty_database, log)[: len(earlier)] == earlier
    assert after["django_session"][0] == 0
    assert catalogue_of(empty_database) == catalogue

    go_on = f"""
from facilities.models import Bed, Facility
from subsidies.models import Elder
assert Elder.objects.get(pk={world.pk}).id_number.reveal() == {world.id_number.reveal()!r}
bed = Bed.objects.create(facility=Facility.objects.get(name={HOME!r}), room="102", number="1", in_use_from="2025-01-01")
print(bed.events.count(), Bed.objects.count())
"""
    done = manage("shell", "--no-imports", "--command", go_on, database=empty_database)
    assert done.stdout.split() == ["1", "3"], done.stderr
    assert manage("migrate", "--check", database=empty_database).returncode == 0

    # Not over data that are there, of whichever database.
    there = contents_of(empty_database)
    done = manage("restore", path, database=empty_database)
    assert done.returncode == 1
    assert "只能恢复到空的数据库里" in done.stderr
    assert contents_of(empty_database) == there


def test_a_copy_holds_no_number_in_plain_and_no_session(world, tmp_path):
    path, _ = copy_into(tmp_path)
    command = [client_program("pg_restore"), "--file=-", path]
    script = subprocess.run(command, capture_output=True, check=True).stdout
    assert world.name.encode() in script
    assert world.id_number.reveal().encode() not in script
    assert b"s" * 32 not in script


def test_all_or_nothing_comes_back_and_missing_keys_are_told(world, empty_database, tmp_path):
    path, _ = copy_into(tmp_path)
    whole = path.read_bytes()
    for length in (len(whole) // 3, len(whole) - 2_000):
        path.write_bytes(whole[:length])
        done = manage("restore", path, database=empty_database)
        assert done.returncode == 1
        assert "备份文件读不出来" in done.stderr or "没有恢复成，数据库还是空的" in done.stderr
        assert tables_of(empty_database) == []
    path.write_bytes(b"no copy at all")
    assert "不是本系统的备份文件" in manage("restore", path, database=empty_database).stderr
    assert "读不了" in manage("restore", tmp_path / "none.dump", database=empty_database).stderr
    path.write_bytes(whole)
    assert "连不上数据库" in manage("restore", path, database="no_such_database").stderr
    path.write_bytes(whole)

    # Something that the server takes for a conflict, late in the script or early.
    ((name,),) = ask(
        settings.DATABASES["default"]["NAME"],
        "SELECT tgfoid::regproc::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY oid DESC LIMIT 1",
    )
    body = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
    change(empty_database, f"CREATE FUNCTION {name}() {body}")
    done = manage("restore", path, database=empty_database)
    assert done.returncode == 1
    assert "没有恢复成，数据库还是空的" in done.stderr
    assert "already exists" in done.stderr
    assert tables_of(empty_database) == []
    change(empty_database, f"DROP FUNCTION {name}()")

    done = manage("restore", path, database=empty_database, ENCRYPTION_KEYS=new_entry("another"))
    assert done.returncode == 1
    assert "数据已恢复，但 ENCRYPTION_KEYS 里的密钥读不出" in done.stderr
    assert "subsidies.Elder.id_number" in done.stderr
    assert "上传的文件" in done.stderr
    assert world.id_number.reveal() not in done.stdout + done.stderr
    assert ask(empty_database, "SELECT count(*) FROM subsidies_elder") == [(1,)]


KILLED = """
import sys
import django
django.setup()
from eldercare import backup, embedded
embedded.ensure_started()
real = backup.client_program
backup.client_program = lambda name: sys.argv[1] if name == "pg_restore" else real(name)
backup.restore(backup.Path(sys.argv[2]))
"""


def test_a_restore_that_is_killed_leaves_the_database_empty(world, empty_database, tmp_path):
    path, _ = copy_into(tmp_path)
    program = client_program("pg_restore")
    script = subprocess.run([program, "--file=-", "--no-owner", path], capture_output=True, check=True).stdout
    # Between two statements, with all tables and rows there and no foreign key: an end that looks like one.
    length = script.index(b"Type: FK CONSTRAINT")
    killer = tmp_path / "pg_restore"
    killer.write_text(
        f"""#!/bin/sh
case "$*" in *--data-only*) exec "{program}" "$@" ;; esac
"{program}" "$@" | head -c {length}
kill -9 $PPID
"""
    )
    killer.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, killer, path],
        cwd=REPO,
        env=environment_of(empty_database) | {"DJANGO_SETTINGS_MODULE": "eldercare.settings"},
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    own = settings.DATABASES["default"]["NAME"]
    assert eventually(lambda: (empty_database,) not in ask(own, "SELECT datname FROM pg_stat_activity"))
    assert tables_of(empty_database) == []


def test_a_copy_of_a_newer_portal_is_refused_before_anything_is_written(empty_database, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('eldercare', '0999_of_next_year', now())"
        )
    try:
        path, _ = copy_into(tmp_path)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM django_migrations WHERE name = '0999_of_next_year'")
    done = manage("restore", path, database=empty_database)
    assert done.returncode == 1
    assert "出自更新的版本（eldercare.0999_of_next_year）" in done.stderr
    assert tables_of(empty_database) == []


def test_a_copy_of_an_older_portal_is_brought_up_to_date(world, empty_database, tmp_path):
    older = f"{empty_database}_older"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{older}" TEMPLATE "{prepared_template()}"')
    try:
        assert manage("migrate", "eldercare", "0006", database=older).returncode == 0
        assert "eldercare_weeklydigest" not in tables_of(older)
        done = manage("backup", tmp_path, database=older)
        assert done.returncode == 0, done.stderr
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE "{older}" WITH (FORCE)')
    (path,) = tmp_path.iterdir()
    done = manage("restore", path, database=empty_database)
    assert done.returncode == 0, done.stderr
    assert "升级到现在的版本" in done.stdout
    assert "eldercare_weeklydigest" in tables_of(empty_database)
    assert manage("migrate", "--check", database=empty_database).returncode == 0


def test_what_fails_leaves_everything_as_it_was(empty_database, tmp_path):
    old = tmp_path / "eldercare-20250101-030000.dump"
    old.write_bytes(b"good")
    for database, why in (("no_such_database", "连不上数据库"), (empty_database, "数据库是空的")):
        done = manage("backup", tmp_path, "--keep", 1, database=database)
        assert done.returncode == 1
        assert why in done.stderr
        assert list(tmp_path.iterdir()) == [old]
    with pytest.raises(CommandError, match="请先建好"):
        copy_into(tmp_path / "none")
    with pytest.raises(CommandError, match="不能是负数"):
        copy_into(tmp_path, "--keep", -1)


def test_only_the_newest_are_kept(tmp_path, monkeypatch):
    # The clock may have been put back: then the newest copy is not the last by name.
    folder = tmp_path / "-d 备份"
    folder.mkdir()
    old = [folder / f"eldercare-2025010{day}-030000.dump" for day in range(1, 3)]
    old.append(folder / "eldercare-20991231-030000.dump")
    other, left_behind, at_work = (
        folder / "notes.txt",
        folder / "eldercare-1.part",
        folder / "eldercare-2.part",
    )
    for path in (*old, other, left_behind, at_work):
        path.write_bytes(b"")
    os.utime(left_behind, (0, 0))  # of a run that was killed
    monkeypatch.chdir(tmp_path)
    newest, said = copy_into(Path(folder.name), "--keep", 2)
    assert "已删除较早的 2 份" in said
    assert set(folder.iterdir()) == {old[2], newest, other, at_work}


def test_what_uploads_are_compared_in_is_left_out(world, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("CREATE UNLOGGED TABLE import_stage_99 (row integer)")
    try:
        path, _ = copy_into(tmp_path)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE import_stage_99")
    listed = subprocess.run([client_program("pg_restore"), "--list", path], capture_output=True, check=True)
    assert b"eldercare_importbatch" in listed.stdout
    assert b"import_stage" not in listed.stdout
