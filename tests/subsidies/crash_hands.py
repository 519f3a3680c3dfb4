"""A program of its own that takes steps of ``manage.py payments``, or works on a job, each in a process that may be killed.

Orders come as lines of JSON on standard input: {"arguments": […], "dies_at": number, "dies_after": seconds}; the
answer says how the process ended. It counts the points it passes – before each statement, before and after each
commit – and kills itself at that of ``dies_at``; after the seconds of ``dies_after`` it is killed wherever it is.
To fork takes a fraction of the time of starting Python for each step.
"""

import json
import os
import select
import signal
import sys
import time
from io import StringIO

os.environ["DJANGO_SETTINGS_MODULE"] = "eldercare.settings"
sys.path.insert(0, os.getcwd())

import django

django.setup()

from django.core.management import CommandError, call_command  # noqa: E402
from django.db import connection  # noqa: E402

import subsidies.management.commands.payments  # noqa: E402, F401
from subsidies.actions import bank_jobs  # noqa: E402


class Points:
    def __init__(self, dies_at: int | None) -> None:
        self.passed, self.dies_at = 0, dies_at

    def one(self) -> None:
        self.passed += 1
        if self.passed == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def before_statement(self, execute, *details):
        self.one()
        return execute(*details)

    def around_commits(self) -> None:
        commit = connection._commit

        def counted():
            self.one()
            commit()
            self.one()

        connection._commit = counted


def work(order: dict) -> dict:
    points, out, begun = Points(order["dies_at"]), StringIO(), time.monotonic()
    points.around_commits()
    code, words = 0, ""
    with connection.execute_wrapper(points.before_statement):
        try:
            if order["arguments"][0] == "job":
                bank_jobs.work_on(int(order["arguments"][1]))
            else:
                call_command("payments", *order["arguments"], stdout=out)
        except CommandError as refusal:
            code, words = refusal.returncode, str(refusal)
    answer = json.loads(out.getvalue()) if out.getvalue() else {}
    seconds = time.monotonic() - begun
    return {"code": code, "words": words, "answer": answer, "points": points.passed, "seconds": seconds}


def say(what: object) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    say("ready")
    for line in sys.stdin:
        order = json.loads(line)
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            with os.fdopen(writer, "w") as stream:
                json.dump(work(order), stream)
            os._exit(0)
        os.close(writer)
        if order["dies_after"] is not None and not select.select([reader], [], [], order["dies_after"])[0]:
            os.kill(pid, signal.SIGKILL)  # not waited for yet, so the number is still its own
        with os.fdopen(reader) as stream:
            said = stream.read()
        status = os.waitpid(pid, 0)[1]
        say(json.loads(said) if status == 0 else {"code": -os.WTERMSIG(status)})


main()
