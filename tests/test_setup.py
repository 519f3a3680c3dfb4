"""Set-up before there is a .venv, and settings that the portal refuses to start on."""

import base64
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from eldercare import bootstrap, encryption_keys
from tests.machine import (
    PATIENCE,
    REPO,
    environment,
    manage,
    refusal,
)

# --- Settings that are refused ------------------------------------------------------------------------------

FIT = {
    "ELDERCARE_ENV": "production",
    "SECRET_KEY": "".join(chr(33 + (i * 7) % 90) for i in range(64)),
    "ENCRYPTION_KEYS": "k1:" + base64.b64encode(bytes(range(100, 164))).decode(),
    "ALLOWED_HOSTS": "portal.example",
    "DATABASE_URL": "postgresql://portal:secret@127.0.0.1/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "too-short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "x" * 64}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-" + FIT["SECRET_KEY"]}, "SECRET_KEY"),
        ({"ENCRYPTION_KEYS": ""}, "ENCRYPTION_KEYS is not set: `python -m eldercare.encryption_keys` prints"),
        ({"ENCRYPTION_KEYS": "k1:c2hvcnQ="}, "ENCRYPTION_KEYS, entry 1: the key has 5 bytes instead of 64"),
        ({"DEBUG": "true"}, "DEBUG"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "portal.example,*"}, "ALLOWED_HOSTS"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://portal@127.0.0.1/portal"}, "DATABASE_URL"),
        ({"REDIS_URL": ""}, "REDIS_URL"),
    ],
)
def test_production_refuses_unfit_settings(var, change, named):
    said = refusal(manage("check", env=environment(var, **(FIT | change))))
    assert named in said
    assert FIT["SECRET_KEY"] not in said
    assert FIT["ENCRYPTION_KEYS"] not in said


def test_production_accepts_fit_settings(var):
    result = manage("check", "--deploy", "--fail-level", "WARNING", env=environment(var, **FIT))
    assert result.returncode == 0, result.stderr
    assert not (var / "secret_key").exists()
    assert not (var / "encryption_keys").exists()


@pytest.mark.parametrize(
    "arguments", [["celery", "-A", "eldercare", "worker"], ["celery", "-A", "eldercare", "beat"]]
)
def test_production_worker_refuses_with_a_sentence_too(var, arguments):
    result = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=REPO,
        env=environment(var, **(FIT | {"SECRET_KEY": ""})),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert "SECRET_KEY" in refusal(result)


def test_a_key_can_be_made_before_production_is_set_up(var):
    """Inside the image ELDERCARE_ENV is set already; the key alone goes to standard output."""
    result = subprocess.run(
        [sys.executable, "-m", "eldercare.encryption_keys"],
        cwd=REPO,
        env=environment(var, ELDERCARE_ENV="production"),
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0
    assert encryption_keys.problems({"ENCRYPTION_KEYS": result.stdout.strip()}) == []
    assert "apart from the backups" in result.stderr
    assert not (var / "encryption_keys").exists()


# --- Set-up before there is a .venv -------------------------------------------------------------------------


def test_old_python_is_refused(monkeypatch):
    monkeypatch.setattr(bootstrap, "OLDEST_PYTHON", (3, 99))
    with pytest.raises(bootstrap.Problem, match=r"Python 3\.99 or newer is needed"):
        bootstrap.main([])


def test_folder_of_somebody_else_is_refused(monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(bootstrap.Problem, match="not writable"):
        bootstrap.main([])


def test_full_disk_is_refused(monkeypatch):
    monkeypatch.setattr(bootstrap, "NEEDED_DISK", 2**62)
    with pytest.raises(bootstrap.Problem, match="Not enough disk space"):
        bootstrap.check_disk()


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("Temporary failure in name resolution", "no connection to the package registry"),
        ("npm error code ECONNREFUSED", "no connection to the package registry"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not what the lock expects"),
        ("self-signed certificate in certificate chain", "certificate is not trusted"),
        ("ERROR: something unheard of", "something unheard of"),
    ],
)
def test_failed_program_is_put_in_words(output, sentence):
    assert sentence in bootstrap.reason(output)


def copy_of_the_set_up(folder: Path) -> Path:
    (folder / "eldercare").mkdir()
    shutil.copy(REPO / "eldercare/bootstrap.py", folder / "eldercare")
    for name in ("requirements.txt", "requirements-dev.txt", "package.json", "package-lock.json", ".npmrc"):
        shutil.copy(REPO / name, folder)
    return folder / "eldercare/bootstrap.py"


def test_set_up_without_a_network_says_so(tmp_path):
    script = copy_of_the_set_up(tmp_path)
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "1",
        "PIP_CONFIG_FILE": os.devnull,
    }
    env = environment(tmp_path / "var", **nowhere)
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL"):
        env.pop(name, None)
    result = subprocess.run(
        [sys.executable, str(script)], env=env, capture_output=True, text=True, timeout=300, cwd="/"
    )
    assert "no connection to the package registry" in refusal(result)
    assert not list((tmp_path / ".venv").glob("installed-*"))


def test_set_up_leaves_a_folder_that_is_no_venv_alone(tmp_path):
    script = copy_of_the_set_up(tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/thesis.txt").write_text("mine")
    result = subprocess.run(
        [sys.executable, str(script)],
        env=environment(tmp_path / "var"),
        capture_output=True,
        text=True,
        cwd="/",
    )
    assert "no virtual environment" in refusal(result)
    assert (tmp_path / ".venv/thesis.txt").read_text() == "mine"


def test_lock_is_installed_again_only_when_it_changes(tmp_path, monkeypatch):
    venv = tmp_path / ".venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin/python").symlink_to(sys.executable)
    lock = tmp_path / "requirements.txt"
    lock.write_text("a==1\n")
    (tmp_path / "requirements-dev.txt").write_text("a==1\nb==1\n")
    monkeypatch.setattr(bootstrap, "REPO", str(tmp_path))
    monkeypatch.setattr(bootstrap, "VENV", str(venv))
    monkeypatch.setattr(bootstrap, "VENV_PYTHON", str(venv / "bin/python"))
    assert not bootstrap.is_installed(str(lock))
    bootstrap.write(bootstrap.stamp_of(str(lock)), bootstrap.fingerprint(str(lock)))
    assert bootstrap.is_installed(str(lock))
    lock.write_text("a==2\n")
    assert not bootstrap.is_installed(str(lock))


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "package-lock.json", "package.json"]
)
def test_locks_name_no_download_address(name):
    text = (REPO / name).read_text()
    assert "--index-url" not in text
    assert '"resolved"' not in text
    assert "--find-links" not in text
