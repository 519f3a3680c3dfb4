"""A migrated database that test databases are copied from.

Running all migrations takes most of a minute; copying an empty database a second. The template's name holds a digest
of every migration, so it is made anew when one changes. Those of other digests are dropped when nobody uses them.
"""

import hashlib
from importlib import import_module
from pathlib import Path

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection

PREFIX = "eldercare_template_"
LOCK = 0x7E57DB


def prepared_template() -> str:
    """The name of a template that holds all migrations of today; made if it is not there."""
    name = PREFIX + _digest()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        try:
            if not _is_ready(cursor, name):
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
                cursor.execute(f'CREATE DATABASE "{name}"')
                _migrate(name)
                cursor.execute(f"COMMENT ON DATABASE \"{name}\" IS 'ready'")
                _drop_others(cursor, name)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    return name


def _digest() -> str:
    digest = hashlib.sha256(django.__version__.encode())
    for config in apps.get_app_configs():
        try:
            folder = Path(import_module(f"{config.name}.migrations").__file__).parent
        except ModuleNotFoundError:
            continue
        for path in sorted(folder.glob("*.py")):
            digest.update(f"{config.label}/{path.name}".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _is_ready(cursor, name: str) -> bool:
    cursor.execute(
        "SELECT 1 FROM pg_database WHERE datname = %s AND shobj_description(oid, 'pg_database') = 'ready'",
        [name],
    )
    return cursor.fetchone() is not None


def _migrate(name: str) -> None:
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        call_command("migrate", verbosity=0, interactive=False)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def _drop_others(cursor, name: str) -> None:
    cursor.execute(
        """SELECT datname FROM pg_database d
            WHERE starts_with(datname, %s) AND datname <> %s
              AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)""",
        [PREFIX, name],
    )
    for (old,) in cursor.fetchall():
        cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
