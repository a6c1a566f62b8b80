# SPDX-License-Identifier: Apache-2.0
import io

from hypothesis import given
from hypothesis import strategies as st

from shipway.base.output import LONGEST, Output


def collect(pieces, secrets=()):
    lines, log = [], io.BytesIO()
    output = Output(lines.append, log, secrets)
    for piece in pieces:
        output.feed(piece)
    output.close()
    return lines, log.getvalue(), output.tail


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_the_log_is_what_was_written_however_it_is_cut(pieces):
    lines, log, _ = collect(pieces)
    whole = b"".join(pieces)
    assert log == whole
    expected = whole.split(b"\n")
    assert len(lines) == len(expected) - (expected[-1] == b"")


@given(st.integers(1, 30), st.integers(0, 50))
def test_a_secret_is_masked_however_it_is_cut(size, before):
    data = b"x" * before + b"TOP-SECRET" + b"y\nTOP-SECRET"
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    lines, log, tail = collect(pieces, ["TOP-SECRET"])
    assert lines == ["x" * before + "****y", "****"]
    assert log == b"x" * before + b"****y\n****"
    assert "SECRET" not in tail


def test_a_secret_across_the_cut_of_a_very_long_line_is_masked():
    for before in range(LONGEST - 12, LONGEST + 3):
        data = b"x" * before + b"TOP-SECRET" + b"y" * LONGEST
        pieces = [data[start : start + 1000] for start in range(0, len(data), 1000)]
        lines, log, _ = collect(pieces, ["TOP-SECRET"])
        assert "".join(lines) == "x" * before + "****" + "y" * LONGEST
        assert log == "".join(lines).encode()
        assert max(map(len, lines)) <= LONGEST


def test_lines_of_a_key_are_masked_one_by_one():
    lines, _, _ = collect([b"got BBBBBB and\nAAAAAA\n"], ["AAAAAA\nBBBBBB\n"])
    assert lines == ["got **** and", "****"]


def test_the_longer_secret_goes_first():
    assert collect([b"abcdefghij\n"], ["abcdef", "abcdefghij"])[0] == ["****"]


def test_undecodable_bytes_and_carriage_returns():
    lines, log, _ = collect([b"caf\xe9\r\n", b" 10%\r 50%\r100%\n"])
    assert lines == ["caf�", "100%"]
    assert log == b"caf\xe9\r\n 10%\r 50%\r100%\n"


def test_the_tail_keeps_fifty_lines():
    _, _, tail = collect([b"".join(b"%d\n" % number for number in range(200))])
    assert tail.split("\n") == [str(number) for number in range(150, 200)]


def test_a_log_is_bounded_and_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("shipway.base.output.LONGEST_LOG", 100)
    path = tmp_path / "log"
    with path.open("wb") as stream:
        output = Output(log=stream)
        for number in range(100):
            output.feed(b"line %d\n" % number)
        output.close()
    lines = path.read_text().splitlines()
    assert lines[0] == "line 0"
    kept = lines.index("") - 1
    left_out = sum(len(f"line {number}\n") for number in range(kept + 1, 100))
    assert lines[kept + 2] == f"[{left_out:,} more bytes were written; the last lines are:]"
    assert lines[-1] == "line 99"
