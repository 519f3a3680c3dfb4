"""docker-compose.yml: valid for Compose itself, safe as designed, and every command in it really works."""

import base64
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from eldercare import embedded, encryption_keys
from tests.plugins import Process, free_port, start_process

REPO = embedded.REPO_DIR
GIVEN = {
    "SECRET_KEY": "".join(chr(48 + (i * 7) % 70) for i in range(64)).replace("$", "d"),
    "ENCRYPTION_KEYS": "k1:" + base64.b64encode(bytes(range(100, 164))).decode(),
    "ALLOWED_HOSTS": "portal.example",
    "POSTGRES_PASSWORD": "postgres-password",
    "REDIS_PASSWORD": "redis-password",
    "TLS_CERTIFICATE": "/etc/tls/chain.pem",
    "TLS_KEY": "/etc/tls/key.pem",
}
OURS = ("web", "worker", "beat", "migrate")


def compose_config(given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What Compose's own parser makes of the file: schema check, then variables and anchors put in."""
    program = Path(sys.executable).with_name("docker-compose")
    return subprocess.run(
        [program, "--project-directory", REPO, "--file", REPO / "docker-compose.yml", "config"],
        env={"PATH": os.defpath} | given,
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    result = compose_config(GIVEN)
    assert result.returncode == 0, result.stderr
    return yaml.safe_load(result.stdout)["services"]


def test_compose_accepts_the_file_without_a_warning():
    result = compose_config(GIVEN)
    assert result.returncode == 0
    assert result.stderr == ""


@pytest.mark.parametrize("name", GIVEN)
def test_compose_stops_when_a_value_is_missing(name):
    result = compose_config({k: v for k, v in GIVEN.items() if k != name})
    assert result.returncode != 0
    assert f"set {name}" in result.stderr


def test_the_file_holds_no_secret():
    text = (REPO / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "ENCRYPTION_KEYS", "POSTGRES_PASSWORD", "REDIS_PASSWORD"):
        for value in re.findall(rf"^\s+{name}: (.+)$", text, flags=re.MULTILINE):
            assert value.startswith(f"${{{name}:?"), value


def test_the_key_of_personal_data_is_given_to_the_portal_alone(services):
    """PostgreSQL, whose volume is backed up, and the proxy have no use for it."""
    given = {name: (service.get("environment") or {}) for name, service in services.items()}
    assert {name for name, each in given.items() if "ENCRYPTION_KEYS" in each} == set(OURS)
    assert given["web"]["ENCRYPTION_KEYS"] == GIVEN["ENCRYPTION_KEYS"]


def test_the_command_in_the_file_makes_a_fit_key():
    command = re.search(r"`(echo .*openssl.*)`", (REPO / "docker-compose.yml").read_text())[1]
    made = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
    assert encryption_keys.problems({"ENCRYPTION_KEYS": made.strip()}) == []


def test_all_parts_of_the_portal_are_there(services):
    assert set(services) == {"proxy", *OURS, "postgres", "redis"}


def test_only_the_proxy_is_published(services):
    assert [name for name, service in services.items() if service.get("ports")] == ["proxy"]
    assert [n for n, service in services.items() if "outside" in service["networks"]] == ["proxy"]


def test_containers_have_no_more_rights_than_they_need(services):
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["read_only"] is True, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("user") not in ("root", "0"), name
    assert services["postgres"]["user"] == "postgres"
    assert services["redis"]["user"] == "redis"


def test_the_image_runs_as_nobody_in_particular():
    lines = (REPO / "Dockerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER ")][-1] == "USER 10001"
    assert not [line for line in lines if re.match(r"(ENV|ARG).*(SECRET|PASSWORD)", line)]


def test_long_running_services_are_restarted_and_watched(services):
    for name, service in services.items():
        if name != "migrate":
            assert service["restart"] == "unless-stopped", name
            assert service["healthcheck"]["test"], name
    assert services["migrate"]["restart"] == "no"


def test_web_and_workers_start_after_the_migration(services):
    for name in ("web", "worker", "beat"):
        waits = services[name]["depends_on"]
        assert waits["migrate"]["condition"] == "service_completed_successfully"
        assert waits["postgres"]["condition"] == "service_healthy"
        assert waits["redis"]["condition"] == "service_healthy"


def test_data_outlive_their_containers(services):
    for name in ("postgres", "redis", "beat"):
        assert [v["source"] for v in services[name]["volumes"] if v["type"] == "volume"] == [name]


def test_redis_keeps_every_message(services):
    command = " ".join(services["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command


def test_web_scales_and_beat_does_not(services):
    assert services["web"]["deploy"]["replicas"] > 1
    assert "deploy" not in services["beat"]


# --- The commands, run outside a container ------------------------------------------------------------------


def on_this_machine(command: list[str], *, port: int, folder: Path) -> list[str]:
    """The command from the file with what differs here: interpreter, address, port and data folder."""
    assert command[:2] == ["python", "-m"]
    arguments = [part.replace("/var/lib/eldercare", str(folder)) for part in command[2:]]
    if "--host" in arguments:
        arguments[arguments.index("--host") + 1] = "127.0.0.1"
        arguments[arguments.index("--port") + 1] = str(port)
    return arguments


@pytest.fixture
def started(tmp_path):
    """Start a service's own command on the suite's database and broker; everything ends with the test."""
    processes: list[Process] = []

    def start(command: list[str], name: str, *, port: int = 0) -> Process:
        arguments = on_this_machine(command, port=port, folder=tmp_path)
        processes.append(start_process(arguments, tmp_path / f"{name}.log"))
        return processes[-1]

    yield start
    for process in processes:
        process.stop()


def test_web_command_serves_and_its_health_check_sees_it(services, started, db):
    port = free_port()

    def healthy() -> bool:
        command = services["web"]["healthcheck"]["test"]
        assert command[:2] == ["CMD", "python"]
        environment = os.environ | {"PORT": str(port), "ALLOWED_HOSTS": "127.0.0.1"}
        result = subprocess.run(
            [sys.executable, *command[2:]], env=environment, cwd=REPO, capture_output=True
        )
        return result.returncode == 0

    assert not healthy()
    web = started(services["web"]["command"], "web", port=port)
    web.wait_for(healthy, "The web service")


def test_worker_command_starts(services, started, db, own_broker):
    worker = started(services["worker"]["command"], "worker")
    worker.wait_for(lambda: b" ready." in worker.log.read_bytes(), "The worker service")


@pytest.mark.where("redis")  # workers answer a ping only through Redis
def test_worker_health_check_sees_the_worker(services, started, db, own_broker):
    test = services["worker"]["healthcheck"]["test"]
    assert test[0] == "CMD-SHELL"
    command = test[1].replace("$$", "$").replace("python ", f"{sys.executable} ", 1)

    def healthy() -> bool:
        return subprocess.run(["sh", "-c", command], cwd=REPO, capture_output=True).returncode == 0

    assert not healthy()
    worker = started(services["worker"]["command"], "worker")
    worker.wait_for(healthy, "The worker service")


def test_beat_command_keeps_a_schedule_that_its_health_check_sees(services, started, own_broker, tmp_path):
    test = services["beat"]["healthcheck"]["test"]
    command = test[1].replace("$$", "$").replace("/var/lib/eldercare", str(tmp_path))

    def healthy() -> bool:
        return subprocess.run(["sh", "-c", command], capture_output=True).returncode == 0

    assert not healthy()
    beat = started(services["beat"]["command"], "beat")
    beat.wait_for(healthy, "The beat service")
    assert beat.popen.poll() is None


def test_migrate_command_works_on_an_empty_database_and_again(
    services, tmp_path, django_db_modify_db_settings
):
    shell = services["migrate"]["command"]
    assert shell[:2] == ["sh", "-c"]
    command = shell[2].replace("python manage.py", f"'{sys.executable}' manage.py")
    environment = os.environ | {"ELDERCARE_DB_NAME": f"test_migrate_{os.getpid()}"}
    in_shell = [sys.executable, "manage.py", "shell", "--no-imports", "--command"]
    create = f"import tests.test_compose as t; t.database('CREATE', {environment['ELDERCARE_DB_NAME']!r})"
    subprocess.run([*in_shell, create], cwd=REPO, check=True, capture_output=True)
    try:
        for _ in range(2):
            result = subprocess.run(
                ["sh", "-c", command], cwd=REPO, env=environment, capture_output=True, text=True
            )
            assert result.returncode == 0, result.stderr
    finally:
        subprocess.run(
            [*in_shell, create.replace("CREATE", "DROP")], cwd=REPO, check=True, capture_output=True
        )


def database(verb: str, name: str) -> None:
    """CREATE or DROP a database; run in a process of its own, outside the test's transaction."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f'{verb} DATABASE "{name}"')


@pytest.mark.where("redis")
def test_redis_command_and_its_health_check(services, tmp_path):
    port = str(free_port())
    environment = os.environ | {"REDIS_PASSWORD": GIVEN["REDIS_PASSWORD"]}
    shell = services["redis"]["command"]
    assert shell[:2] == ["sh", "-c"]
    command = shell[2].replace("$$", "$").replace("/data", str(tmp_path)) + f" --bind 127.0.0.1 --port {port}"
    check = (
        services["redis"]["healthcheck"]["test"][1]
        .replace("$$", "$")
        .replace("redis-cli", f"redis-cli -p {port}")
    )
    log = tmp_path / "redis.log"
    with open(log, "wb") as stream:
        popen = subprocess.Popen(["sh", "-c", command], env=environment, stdout=stream, stderr=stream)

    def healthy(env: dict[str, str] = environment) -> bool:
        return subprocess.run(["sh", "-c", check], env=env, capture_output=True).returncode == 0

    try:
        Process(popen, log).wait_for(healthy, "Redis")
        assert not healthy(environment | {"REDIS_PASSWORD": "wrong"})
        assert (tmp_path / "appendonlydir").is_dir()
    finally:
        popen.send_signal(signal.SIGTERM)
        popen.wait()
