"""The container of .xls and of password-protected workbooks (OLE compound file), just far enough to look inside.

Every chain is bounded by the number of sectors, so a file that points at itself ends in `Damaged`.
"""

import struct

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAST_SECTOR = 0xFFFFFFFA  # larger numbers mark the end of a chain or a free sector
MINI_LIMIT = 4096


class Damaged(Exception):
    pass


class CompoundFile:
    def __init__(self, data: bytes) -> None:
        if len(data) < 512 or not data.startswith(MAGIC):
            raise Damaged
        self.data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise Damaged
        self.size = 1 << shift
        self.most = len(data) // self.size + 1
        directory, _, _, self.mini_fat_start = struct.unpack_from("<IIII", data, 48)
        self.fat = self._read_fat()
        self.entries = self._read_directory(directory)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        if start >= len(self.data):
            raise Damaged
        return self.data[start : start + self.size]

    def _numbers(self, sector: bytes) -> tuple[int, ...]:
        return struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])

    def _read_fat(self) -> list[int]:
        sectors = list(struct.unpack_from("<109I", self.data, 76))
        following, count = struct.unpack_from("<II", self.data, 68)
        for _ in range(min(count, self.most)):
            if following > LAST_SECTOR:
                break
            numbers = self._numbers(self._sector(following))
            sectors += numbers[:-1]
            following = numbers[-1]
        used = [number for number in sectors if number < LAST_SECTOR]
        if len(used) > self.most:
            raise Damaged
        return [entry for number in used for entry in self._numbers(self._sector(number))]

    def _chain(self, start: int, table: list[int]) -> list[int]:
        chain = []
        while start < LAST_SECTOR:
            if start >= len(table) or len(chain) > len(table):
                raise Damaged
            chain.append(start)
            start = table[start]
        return chain

    def _read(self, start: int) -> bytes:
        chain = self._chain(start, self.fat)
        if len(chain) > self.most:
            raise Damaged
        return b"".join(map(self._sector, chain))

    def _read_directory(self, start: int) -> dict[str, tuple[int, int, int]]:
        """Name → type (1 storage, 2 stream, 5 root), first sector, size."""
        entries: dict[str, tuple[int, int, int]] = {}
        raw = self._read(start)
        for offset in range(0, len(raw) - 127, 128):
            length, kind = struct.unpack_from("<HB", raw, offset + 64)
            if kind not in (1, 2, 5) or not 2 <= length <= 64:
                continue
            name = raw[offset : offset + length - 2].decode("utf-16-le", "replace")
            first, size = struct.unpack_from("<II", raw, offset + 116)
            entries.setdefault(name, (kind, first, size))
        return entries

    def stream(self, name: str) -> bytes:
        _, first, size = self.entries[name]
        if size > len(self.data):
            raise Damaged
        if size >= MINI_LIMIT:
            return self._read(first)[:size]
        mini_fat = [
            entry
            for number in self._chain(self.mini_fat_start, self.fat)
            for entry in self._numbers(self._sector(number))
        ]
        root = next((entry for entry in self.entries.values() if entry[0] == 5), None)
        if root is None:
            raise Damaged
        mini = self._read(root[1])
        chain = self._chain(first, mini_fat)
        return b"".join(mini[number * 64 : number * 64 + 64] for number in chain)[:size]
