"""Valid files with bytes changed, cut or doubled: read, or refused in a sentence; never anything else."""

import contextlib
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eldercare.errors import Refused
from tests.eldercare.excel.samples import FILES, read

SOURCES = ["ledger.xlsx", "ledger.xls", "ledger.ods", "gbk.csv"]
changes = st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12)


def try_to_read(path) -> None:
    with contextlib.suppress(Refused):
        read(path)


@pytest.mark.parametrize("name", SOURCES)
@settings(max_examples=25)
@given(changed=changes, keep=st.floats(0.3, 1.5))
def test_changed_bytes(tmp_path, name, changed, keep):
    data = bytearray((FILES / name).read_bytes())
    for place, byte in changed:
        data[int(place * len(data))] = byte
    path = tmp_path / name
    path.write_bytes(data[: int(len(data) * keep)])
    try_to_read(path)


@pytest.mark.parametrize("name", ["ledger.xlsx", "ledger.ods"])
@settings(max_examples=30)
@given(changed=changes, part=st.integers(0, 30))
def test_changed_bytes_inside_an_intact_archive(tmp_path, name, changed, part):
    """What a checksum of the ZIP would have caught reaches the parsers here."""
    file = io.BytesIO()
    with zipfile.ZipFile(FILES / name) as source, zipfile.ZipFile(file, "w") as target:
        names = sorted(source.namelist())
        for each in names:
            data = bytearray(source.read(each))
            if each == names[part % len(names)] and data:
                for place, byte in changed:
                    data[int(place * len(data))] = byte
            target.writestr(each, bytes(data))
    path = tmp_path / name
    path.write_bytes(file.getvalue())
    try_to_read(path)
