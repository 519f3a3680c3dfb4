"""How much of a stranger's file is read. A township's ledger is far below each of these."""

from dataclasses import dataclass

MB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    file_bytes: int = 30 * MB
    unpacked_bytes: int = 400 * MB  # of all parts together; 100,000 rows × 20 columns are some 80 MB
    ratio: int = 150  # unpacked to packed, looked at from `ratio_from` on
    ratio_from: int = 20 * MB
    parts: int = 2_000  # entries of the ZIP
    sheets: int = 60
    rows: int = 200_000
    columns: int = 300
    cells: int = 5_000_000
    cell_characters: int = 32_767
    memory_bytes: int = 480 * MB  # the child's own memory, code of shared libraries not counted
    cpu_seconds: int = 90
    wait_seconds: int = 120  # how long the parent waits for the child in all


LIMITS = Limits()
