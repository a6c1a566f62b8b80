# SPDX-License-Identifier: Apache-2.0
"""A run in a few lines for a pull request, and a model's card.

What comes from records is escaped, so that a branch called `[x](y)` or `<img>` stays text.
"""

import re
from collections.abc import Mapping, Sequence

from shipway.records.base import Record, Verdict
from shipway.records.data import ValidatedData
from shipway.records.delivery import ModelVersion
from shipway.records.run import RunRecord, StageRun
from shipway.records.training import Evaluation, GateResult, Metric, TestReport
from shipway.reports.evidence import ends, evidence
from shipway.reports.lineage import first
from shipway.reports.outcome import outcome
from shipway.reports.text import NONE, difference, elapsed, fixed, percent, plural, seconds, value
from shipway.reports.text import short as shorten
from shipway.reports.view import source_of
from shipway.spec.types import ModelSpec

FAILURES_SHOWN = 5
_MARKS = {"passed": "✅", "failed": "❌", "inconclusive": "❔", "running": "…", "waiting": "⏳"}
# Only what would mean something where it stands: a card is also read as plain text.
_SPECIAL = re.compile(r"([\\`*\[\]<|$]|~(?=~)|&(?=[#\w])|(?<![^\W_])_|_(?![^\W_]))")
_FIRST = re.compile(r"^(?=[-+#>=])|(?<=^\d)(?=[.)])|(?<=^\d\d)(?=[.)])")
_MENTION = re.compile(r"(?<!\w)@(?=\w)")


def plain(text: str) -> str:
    """Text that Markdown shows as it is, on one line; it notifies nobody."""
    flat = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _MENTION.sub("@\u200b", _FIRST.sub(r"\\", flat))


def code(text: str) -> str:
    """Text as code, whatever back-quotes and bars it holds."""
    flat = " ".join(text.split()).replace("|", "¦") or " "
    longest = max((len(run) for run in re.findall("`+", flat)), default=0)
    fence = "`" * (longest + 1)
    space = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{space}{flat}{space}{fence}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A table; cells are Markdown already, none when there are no rows."""
    if not rows:
        return []
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return ["", *lines, *("| " + " | ".join(row) + " |" for row in rows)]


def run_summary(run: RunRecord, results: Mapping[str, Record] | None = None) -> str:
    """A short summary of a run for a pull request or a job's summary page."""
    found = results or {}
    end = outcome(run, found)
    mark = {"good": "✅", "bad": "❌", "unsure": "❔"}.get(end.tone, "…")
    lines = [f"### {mark} {plain(run.project)}: {plain(end.headline)}"]
    if end.why:
        lines += ["", plain(end.why)]
    source = source_of(run.source)
    took = elapsed(run.started, run.finished)
    facts = [f"run {code(run.run)}", took if took != NONE else ""]
    if source:
        state = " with uncommitted changes" if source.dirty else ""
        branch = code(source.branch) if source.branch else "no branch"
        facts.insert(0, f"{code(shorten(source.commit))} of {branch}{state}")
    lines += ["", ", ".join(fact for fact in facts if fact)]
    lines += table(("Stage", "", "Time", "Found"), [_stage(stage) for stage in run.stages])
    lines += _failures(found) + _measured(found)
    return "\n".join(lines) + "\n"


def model_card(
    version: ModelVersion,
    model: ModelSpec | None = None,
    evaluation: Evaluation | None = None,
    data: ValidatedData | None = None,
) -> str:
    """The card of a model version: purpose, intended use, owner, data, metrics, gates, lineage.

    A version that is not registered yet has the number 0, which the title leaves out.
    """
    number = f", version {version.number}" if version.number else ""
    lines = [f"# {plain(version.model)}{number}"]
    lines += ["", plain(model.description) if model and model.description else "_No description._"]
    owner = plain(model.owner) if model and model.owner else "_not named_"
    use = plain(model.intended_use) if model and model.intended_use else "_Not stated._"
    lines += ["", "## Intended use", "", use, "", f"Owner: {owner}"]
    if model:
        positive = f", positive class {code(model.positive)}" if model.positive is not None else ""
        lines += ["", f"Task: {model.task}, predicts {code(model.target)}{positive}"]
    lines += ["", "## Data", *_data(version, data)]
    lines += ["", "## Metrics", *_metrics(version, evaluation)]
    if evaluation:
        lines += _gates(evaluation)
    params = [[plain(name), code(value(v))] for name, v in sorted(version.params.items())]
    if params:
        lines += ["", "## Parameters", *table(("Name", "Value"), params)]
    lines += ["", "## Lineage", *_lineage(version, evaluation)]
    return "\n".join(lines) + "\n"


def gate_report(
    gates: Sequence[GateResult], verdict: Verdict, rows: int, notes: Sequence[str] = ()
) -> str:
    """The verdict on a file of predictions, with the evidence of each gate and what is odd."""
    lines = [f"### {_MARKS[verdict]} Gates {verdict}, on {plural(rows, 'row')}"]
    lines += ["", *(f"- {plain(note)}" for note in notes)] if notes else []
    listed = [
        [
            code(gate.gate) + (f"<br>{plain(gate.slice)}" if gate.slice else ""),
            f"{_MARKS[gate.verdict]} {gate.verdict}" + (" (warns)" * (gate.on_fail == "warn")),
            fixed(gate.observed),
            plain(gate.demanded),
            plain("; ".join([gate.reason, *evidence(gate)])),
        ]
        for gate in gates
    ]
    lines += table(("Gate", "Verdict", "Observed", "Demanded", "Evidence"), listed)
    return "\n".join(lines) + "\n"


def _data(version: ModelVersion, data: ValidatedData | None) -> list[str]:
    rows = {name: f"{item.rows:,}" for name, item in data.datasets.items()} if data else {}
    listed = [
        [plain(name), rows.get(name, NONE), code(digest)]
        for name, digest in sorted(version.data.items())
    ]
    lines = table(("Dataset", "Rows", "Digest"), listed) or ["", "_No declared data._"]
    if data:
        good = sum(check.verdict == "passed" for check in data.checks)
        lines += ["", f"{good} of {plural(len(data.checks), 'check')} passed."]
    return lines


def _metrics(version: ModelVersion, evaluation: Evaluation | None) -> list[str]:
    if evaluation is None:
        listed = [[plain(name), fixed(v)] for name, v in sorted(version.metrics.items())]
        return table(("Metric", "Value"), listed) or ["", "_Not measured._"]
    whole = [metric for metric in evaluation.metrics if not metric.slice]
    slices = [metric for metric in evaluation.metrics if metric.slice]
    note = f"On {plain(evaluation.dataset)}, {plural(evaluation.rows, 'row')}."
    if evaluation.details:
        note = f"On {plain(evaluation.details)}: of {plain(evaluation.dataset)} only the verdict "
        note += "is told while its budget lasts."
    if not evaluation.test_set:
        note = "As the training reported them; nothing was measured."
    lines = ["", note, *table(("Metric", "Value", "Interval"), [_metric(m) for m in whole])]
    by_slice = [[plain(m.slice), f"{m.rows:,}", *_metric(m)] for m in slices]
    return lines + table(("Slice", "Rows", "Metric", "Value", "Interval"), by_slice)


def _metric(metric: Metric) -> list[str]:
    it = metric.interval
    shown = NONE
    if it:
        level = f"{percent(it.confidence)}, {plain(it.method)}"
        shown = f"{fixed(it.low)} to {fixed(it.high)} ({level})"
    name = plain(metric.name) + (" (reported)" if metric.source == "reported" else "")
    return [name, fixed(metric.value), shown]


def _gates(evaluation: Evaluation) -> list[str]:
    listed = [
        [code(gate.gate), gate.verdict, fixed(gate.observed), plain(gate.demanded)]
        for gate in evaluation.gates
    ]
    if not listed:
        return []
    return ["", "## Gates", *table(("Gate", "Verdict", "Observed", "Demanded"), listed)]


def _lineage(version: ModelVersion, evaluation: Evaluation | None) -> list[str]:
    facts = [
        ("Model", code(version.digest)),
        ("Kind", plain(version.flavour)),
        ("Commit", f"{code(version.commit)} of {plain(version.branch) or 'no branch'}"),
        ("Author", plain(version.author)),
        ("Environment", code(version.environment)),
        ("Gate decisions", code(version.gates)),
        ("Provenance", code(version.provenance)),
        ("Run", code(version.run)),
        ("Registered", plain(version.created)),
    ]
    if evaluation and evaluation.champion:
        it = evaluation.champion
        facts.append(("Compared with", f"version {it.version}, {code(it.digest)}"))
    return ["", *(f"- {name}: {text}" for name, text in facts if text.strip("` "))]


def _stage(stage: StageRun) -> list[str]:
    ran = stage.status in ("passed", "failed")
    time = "cached" if stage.cached else seconds(stage.seconds) if ran else NONE
    mark = _MARKS.get(stage.status, "") or stage.status.replace("-", " ")
    return [plain(stage.stage), mark, time, plain(stage.reason or stage.found)]


def _failures(results: Mapping[str, Record]) -> list[str]:
    """What did not pass, in detail: checks, tests and gates, a few of each."""
    data, tests = first(results, ValidatedData), first(results, TestReport)
    evaluation = first(results, Evaluation)
    wrong = [check for check in data.checks if check.verdict != "passed"] if data else []
    wrong.sort(key=lambda check: check.on_fail == "warn")
    marks = {"stop": "", "warn": "warning: "}
    found = [marks[check.on_fail] + plain(check.reason()) for check in wrong]
    for case in (tests.failures if tests else ())[:FAILURES_SHOWN]:
        first_line = (case.message.splitlines() or [""])[0]
        found.append(f"{code(case.name)} {plain(first_line)}")
    for gate in evaluation.gates if evaluation else ():
        if gate.verdict != "passed":
            observed = f"observed {fixed(gate.observed)}, demanded {plain(gate.demanded)}"
            found.append(f"{code(gate.gate)} {gate.verdict}: {observed}. {plain(gate.reason)}")
    more = [f"and {len(found) - FAILURES_SHOWN} more"] if len(found) > FAILURES_SHOWN else []
    return ["", *(f"- {text}" for text in found[:FAILURES_SHOWN] + more)] if found else []


def _measured(results: Mapping[str, Record]) -> list[str]:
    evaluation = first(results, Evaluation)
    if evaluation is None:
        return []
    rows = []
    for metric in evaluation.metrics:
        if not metric.slice:
            change = difference(metric.value, metric.champion)
            if metric.difference:
                change += f" ({ends(metric.difference)})"
            rows.append([*_metric(metric), fixed(metric.champion), change])
    head = ("Metric", "Value", "Interval", "Champion", "Difference")
    return table(head, rows)
