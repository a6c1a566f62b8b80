# SPDX-License-Identifier: Apache-2.0
"""JUnit XML in, a TestReport out: the one format that every test runner can write.

The file comes from the user's code, so it is read with care: in one pass, without any document
type (hence without entities, internal or external), and only up to a size.
"""

from typing import Literal

from shipway.base.errors import InputError
from shipway.records.training import TestCase, TestReport

SIZE_LIMIT = 64 << 20
MESSAGE_LIMIT = 2000
FAILURES_LIMIT = 200
# What pytest says of a file that it can't import; why not stands in the text.
NOT_IMPORTED = "collection failure"
_CURE = "The test command must write JUnit XML; with pytest, Shipway asks for it by itself."


def read_junit(data: bytes) -> TestReport:
    """The report in `data`, whose root is `testsuites` or `testsuite`.

    A test with a failure or an error counts as failed, however often it is listed in it; a suite
    that claims more failures than it lists is believed. At most 200 failures are kept, each with
    at most 2,000 characters of its message. Raises InputError for anything but JUnit XML.
    """
    if len(data) > SIZE_LIMIT:
        what = f"the test report has {len(data) >> 20} MiB, more than {SIZE_LIMIT >> 20}"
        raise InputError(what, cure="Let the tests print less into their report.")
    from xml.parsers import expat

    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        what = f"the test report is no XML: {error}"
        raise InputError(what, cure=_CURE) from error
    return reader.report()


def _refuse_doctype(*_: object) -> None:
    raise InputError("the test report has a document type, which is not allowed", cure=_CURE)


class _Reader:
    """Follows the elements of the file and counts."""

    def __init__(self) -> None:
        self._depth = 0
        self._case: dict[str, str] | None = None
        self._outcome: Literal["passed", "failed", "error", "skipped"] = "passed"
        self._message = ""
        self._text: list[str] | None = None
        self._counts = {"passed": 0, "failed": 0, "error": 0, "skipped": 0}
        self._claimed = 0
        self._failures: list[TestCase] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rpartition(":")[2]
        if self._depth == 0 and name not in ("testsuites", "testsuite"):
            raise InputError(f"the test report begins with <{name}>, not <testsuites>", cure=_CURE)
        self._depth += 1
        if name in ("testsuites", "testsuite"):
            claimed = _count(attributes, "failures") + _count(attributes, "errors")
            self._claimed = max(self._claimed, claimed)
        elif name == "testcase":
            self._case, self._outcome, self._message = attributes, "passed", ""
            if attributes.get("status") in ("notrun", "disabled"):
                self._outcome = "skipped"
        elif self._case is not None and name in ("failure", "error", "skipped"):
            self._mark(name, attributes.get("message", ""))

    def end(self, name: str) -> None:
        name = name.rpartition(":")[2]
        self._depth -= 1
        if name in ("failure", "error") and self._text is not None:
            text = "".join(self._text)
            if self._message == NOT_IMPORTED:
                self._message = _why_not_imported(text)
            self._message = self._message or text
            self._text = None
        elif name == "testcase" and self._case is not None:
            self._close(self._case)

    def text(self, data: str) -> None:
        if self._text is not None and len(self._text) < MESSAGE_LIMIT:
            self._text.append(data[: MESSAGE_LIMIT + 1])

    def report(self) -> TestReport:
        failed = self._counts["failed"] + self._counts["error"]
        return TestReport(
            passed=self._counts["passed"],
            failed=max(failed, self._claimed),
            skipped=self._counts["skipped"],
            failures=tuple(self._failures),
        )

    def _mark(self, name: str, message: str) -> None:
        if name == "skipped":
            if self._outcome == "passed":
                self._outcome = "skipped"
            return
        if self._outcome not in ("failed", "error"):
            self._outcome = "failed" if name == "failure" else "error"
            self._message, self._text = message, []

    def _close(self, case: dict[str, str]) -> None:
        self._counts[self._outcome] += 1
        if self._outcome in ("failed", "error") and len(self._failures) < FAILURES_LIMIT:
            place, name = (
                case.get("classname", ""),
                case.get("name", "") or "(a test without a name)",
            )
            full = f"{place}::{name}" if place else name
            outcome: Literal["failed", "error"] = "failed" if self._outcome == "failed" else "error"
            self._failures.append(TestCase(_trim(full, 300), outcome, _trim(self._message)))
        self._case, self._text = None, None


def _count(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "0").strip()
    return min(int(text), 10**9) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _why_not_imported(text: str) -> str:
    """The lines of pytest's own that say why a file of tests can't be imported."""
    marked = [line[1:].strip() for line in text.splitlines() if line.startswith("E ")]
    return "\n".join([f"{NOT_IMPORTED}: {marked[0]}", *marked[1:]]) if marked else text


def _trim(text: str, limit: int = MESSAGE_LIMIT) -> str:
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return lines if len(lines) <= limit else lines[: limit - 1] + "…"
