# SPDX-License-Identifier: Apache-2.0
"""How many rows a Parquet file stores together, from its footer.

The footer is a `FileMetaData` of parquet.thrift in Thrift's compact protocol: of its field 4, the
list of row groups, the first one's field 3 is the number of rows. Writers give all groups but the
last the same size, and a wrong guess costs time, nothing else.
"""

from pathlib import Path

FOOTER = 8
STOP, TRUE, FALSE, BYTE, STRUCT = 0, 1, 2, 3, 12
ROW_GROUPS, NUM_ROWS = 4, 3


def rows_together(file: Path) -> int | None:
    """The number of rows of the first row group; None where the footer does not tell."""
    with file.open("rb") as stream:
        size = stream.seek(0, 2)
        stream.seek(size - FOOTER)
        length = int.from_bytes(stream.read(4), "little")
        stream.seek(max(0, size - FOOTER - length))
        footer = _Compact(stream.read(length))
    try:
        return _first_group(footer)
    except (IndexError, ValueError, RecursionError):
        return None


def _first_group(footer: "_Compact") -> int | None:
    if not footer.find(ROW_GROUPS):
        return None
    header = footer.byte()
    if header >> 4 == 0 or header & 15 != STRUCT:
        return None
    if header >> 4 == 15:
        footer.varint()
    return footer.zigzag() if footer.find(NUM_ROWS) else None


class _Compact:
    """A reader of the compact protocol that skips what is not asked for."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def byte(self) -> int:
        value = self.data[self.place]
        self.place += 1
        return value

    def varint(self) -> int:
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7

    def zigzag(self) -> int:
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def find(self, wanted: int) -> bool:
        """Go to the value of a field of the struct that begins here; False at the struct's end."""
        field = 0
        while (header := self.byte()) != STOP:
            field = field + (header >> 4) if header >> 4 else self.zigzag()
            if field == wanted:
                return True
            self.skip(header & 15)
        return False

    def skip(self, kind: int) -> None:
        """Past a value of that kind."""
        match kind:
            case 1 | 2:  # truth values, which have no other content
                pass
            case 3:  # a byte
                self.place += 1
            case 4 | 5 | 6:  # whole numbers
                self.varint()
            case 7:  # a double
                self.place += 8
            case 8:  # bytes
                size = self.varint()
                self.place += size
            case 9 | 10:  # a list, a set
                self._skip_list()
            case 11:  # a map
                self._skip_map()
            case 12:  # a struct
                self.find(-1)
            case _:
                raise ValueError(f"no kind {kind}")

    def _skip_list(self) -> None:
        header = self.byte()
        count = header >> 4 if header >> 4 < 15 else self.varint()
        self._check(count)
        for _ in range(count):
            self._skip_element(header & 15)

    def _skip_map(self) -> None:
        count = self.varint()
        kinds = self.byte() if count else 0
        self._check(count)
        for _ in range(count):
            self._skip_element(kinds >> 4)
            self._skip_element(kinds & 15)

    def _check(self, count: int) -> None:
        if count > len(self.data):
            raise ValueError(f"{count} elements in {len(self.data)} bytes")

    def _skip_element(self, kind: int) -> None:
        """In lists a truth value takes a byte, beside being the kind of a field."""
        self.skip(BYTE if kind in (TRUE, FALSE) else kind)
