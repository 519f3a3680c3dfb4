"""Each hostile file is refused in one sentence, by a parent that lives on."""

import json
import multiprocessing
import re
import subprocess
import sys
import time
import zipfile

import pytest

from eldercare.errors import Refused
from eldercare.excel.limits import LIMITS, Limits
from eldercare.excel.reading import open_upload
from tests.eldercare.excel import hostile
from tests.eldercare.excel.samples import FILES, read
from tests.machine import REPO


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The file of a case. Some take seconds to write."""
    paths = {}

    def path_of(case):
        name, filename, write, _ = case
        if name not in paths:
            paths[name] = tmp_path_factory.mktemp("hostile") / filename
            write(paths[name])
        return paths[name]

    return path_of


@pytest.mark.parametrize("case", hostile.CASES, ids=lambda case: case[0])
def test_a_hostile_file_is_refused_in_a_sentence(case, written):
    _, filename, _, words = case
    path = written(case)
    with pytest.raises(Refused, match=words) as refusal, open_upload(path, filename) as upload:
        upload.find_table(())
    sentence = str(refusal.value)
    assert sentence.endswith(("。", "）")), sentence
    assert len(sentence) < 150
    assert not any(word in sentence for word in ("Error", "Traceback", "Exception", str(path.parent)))


def test_bomb_is_as_small_and_as_large_as_it_claims(tmp_path):
    path = tmp_path / "bomb.xlsx"
    hostile.overlapping_bomb(path)
    assert path.stat().st_size < 55 * 1024
    assert sum(part.file_size for part in zipfile.ZipFile(path).infolist()) == 1000 * 1024 * 1024


def test_a_reader_that_takes_too_long_is_ended(tmp_path):
    path = tmp_path / "a.xlsx"
    hostile.tall_sheet(path)
    started = time.monotonic()
    with pytest.raises(Refused, match="时间太长"), open_upload(path, limits=Limits(wait_seconds=0)):
        pass
    assert time.monotonic() - started < 20  # ended, not waited for


def test_a_reader_that_burns_the_processor_is_ended(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b,c,d,e,f\n" * 199_000)
    with pytest.raises(Refused, match="时间太长"), open_upload(path, limits=Limits(cpu_seconds=0)):
        pass


def test_a_reader_that_needs_too_much_memory_is_ended():
    with (
        pytest.raises(Refused, match="内存"),
        open_upload(FILES / "ledger.ods", limits=Limits(memory_bytes=8 << 20)),
    ):
        pass


HUNGRY = [case for case in hostile.CASES if case[0] in hostile.HUNGRY]


@pytest.mark.where("linux")
@pytest.mark.parametrize("case", HUNGRY, ids=lambda case: case[0])
def test_what_wants_memory_gets_no_more_than_500_mb(case, written):
    """Reader and worker are measured by the operating system; the worker itself hardly notices."""
    taken = memory_of(written(case))
    assert re.search(case[3], taken["said"]), taken
    assert taken["child"] <= 500
    assert taken["own"] <= 200


def memory_of(path) -> dict:
    command = [sys.executable, "-m", "tests.eldercare.excel.memory", str(path)]
    result = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=True)
    return json.loads(result.stdout)


def test_all_the_hungry_are_measured():
    assert len(HUNGRY) == len(hostile.HUNGRY)


def test_a_file_above_the_limit_is_refused_before_it_is_opened(tmp_path):
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file:
        file.truncate(LIMITS.file_bytes + 1)
    with pytest.raises(Refused, match="30 MB 的上限"), open_upload(path):
        pass


def _in_a_daemonic_process(answers) -> None:
    answers.put(read(FILES / "ledger.xlsx").rows)


def test_reading_works_in_a_daemonic_process_such_as_a_celery_worker():
    context = multiprocessing.get_context("spawn")
    answers = context.SimpleQueue()
    process = context.Process(target=_in_a_daemonic_process, args=(answers,), daemon=True)
    process.start()
    process.join(60)
    assert process.exitcode == 0
    assert answers.get() == [4, 5, 6]


def test_no_child_is_left_behind(tmp_path):
    with open_upload(FILES / "ledger.xlsx") as upload:
        process = upload._child.process
        assert process.poll() is None
    assert process.returncode is not None
