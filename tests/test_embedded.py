"""The embedded PostgreSQL: shared by all, stopped by the last, and not confused by what a kill leaves behind."""

import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from eldercare import embedded, local_postgres
from tests.machine import (
    REPO,
    alive,
    environment,
)

# Joins the server, tells when it was started, and stays until its standard input closes.
HOLDER = """
import sys, psycopg
from eldercare import embedded
embedded.ensure_started()
connection = psycopg.connect(host=str(embedded.socket_dir()), user=embedded.ROLE, dbname=embedded.DATABASE)
print(connection.execute("SELECT pg_postmaster_start_time()").fetchone()[0], flush=True)
if sys.argv[1:]:
    said = connection.execute(sys.argv[1]).fetchone()[0]
    connection.commit()
    print(said, flush=True)
sys.stdin.read()
"""


class Holder:
    """A process that uses the database of a data folder; with an SQL statement, says its result too."""

    def __init__(self, var: Path, *sql: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, *sql],
            cwd=REPO,
            env=environment(var),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def started(self) -> str:
        return self.process.stdout.readline()

    def leave(self) -> None:
        self.process.communicate()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def postmaster(data: Path) -> psutil.Process:
    return psutil.Process(int((data / "postmaster.pid").read_text().splitlines()[0]))


def test_processes_at_once_share_one_server_and_the_last_stops_it(var):
    holders = [Holder(var) for _ in range(5)]
    assert len({holder.started() for holder in holders}) == 1
    server = postmaster(var / "postgres/data")
    for holder in holders[:-1]:
        holder.leave()
    assert alive([server])
    holders[-1].leave()
    assert not alive([server])


def test_server_opens_no_tcp_port_and_its_folders_are_closed(var):
    holder = Holder(var)
    holder.started()
    assert postmaster(var / "postgres/data").net_connections("inet") == []
    assert (var / "postgres/data").stat().st_mode & 0o077 == 0
    holder.leave()


def test_killed_holder_does_not_keep_the_server_running(var):
    killed, other = Holder(var), Holder(var)
    assert killed.started() == other.started()
    server = postmaster(var / "postgres/data")
    killed.kill()
    other.leave()
    assert not alive([server])


def test_orphaned_server_is_joined_and_then_stopped(var):
    killed = Holder(var)
    started = killed.started()
    server = postmaster(var / "postgres/data")
    killed.kill()
    assert alive([server])
    other = Holder(var)
    assert other.started() == started
    other.leave()
    assert not alive([server])


def test_data_survive_a_kill_of_everything(var):
    writer = Holder(var, "WITH made AS (SELECT lo_from_bytea(4711, 'kept')) SELECT 'written' FROM made")
    writer.started()
    assert writer.process.stdout.readline() == "written\n"
    server = postmaster(var / "postgres/data")
    for process in [server, *server.children(recursive=True)]:
        process.kill()
    writer.kill()
    reader = Holder(var, "SELECT convert_from(lo_get(4711), 'UTF8')")
    reader.started()
    assert reader.process.stdout.readline() == "kept\n"
    reader.leave()


def test_reused_process_number_is_not_taken_for_the_server(var, bystander):
    holder = Holder(var)
    holder.started()
    pid_file = var / "postgres/data/postmaster.pid"
    left_over = pid_file.read_text().splitlines()
    holder.leave()
    pid_file.write_text("\n".join([str(bystander.pid), *left_over[1:]]) + "\n")
    again = Holder(var)
    assert again.started()
    again.leave()
    assert alive([bystander])


def test_half_made_cluster_is_made_anew(var):
    draft = var / "postgres/data.draft"
    draft.mkdir(parents=True)
    (draft / "half").touch()
    holder = Holder(var)
    assert holder.started()
    holder.leave()
    assert not draft.exists()


@pytest.mark.parametrize("name", ["a long name " * 12, '门户 $HOME `id` "quoted" \'n stuff'])
def test_any_folder_name_works(var, name):
    holder = Holder(var / name)
    assert holder.started()
    holder.leave()


@pytest.mark.where("root")  # only root can have a folder that PostgreSQL's user cannot enter
def test_root_works_from_a_folder_that_others_cannot_enter(var):
    closed = var / "closed"
    closed.mkdir(mode=0o700)
    holder = Holder(closed)
    assert holder.started()
    holder.leave()
    aside = local_postgres.home_of(closed, 0)
    assert aside.is_relative_to("/var/lib")
    assert closed.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(aside)


def test_secret_key_is_made_once_and_kept_private(var):
    command = [sys.executable, "-c", "from django.conf import settings; print(settings.SECRET_KEY)"]
    env = environment(var, DJANGO_SETTINGS_MODULE="eldercare.settings")
    at_once = [
        subprocess.Popen(command, cwd=REPO, env=env, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    keys = {process.communicate()[0].strip() for process in at_once}
    assert len(keys) == 1
    assert len(keys.pop()) >= embedded.MIN_SECRET_KEY
    assert (var / "secret_key").stat().st_mode & 0o777 == 0o600
