# SPDX-License-Identifier: Apache-2.0
"""`shipway gate` as it is installed, in a folder that is no repository: every bad input is told."""

import json
import os
import re
import subprocess
import sys

import pytest

ROWS = [
    # id, y, p, label, country, w
    *((n, n % 2, (30 + 7 * (n % 7) + 25 * (n % 2)) / 100, n % 2, ["DE", "FR"][n % 3 > 0], 1)
      for n in range(60)),
]  # fmt: skip
HEAD = ("id", "y", "p", "label", "country", "w")
GATE = "gates: [recall >= 0.5]\n"


def csv(rows=ROWS, head=HEAD, mark=","):
    return "\n".join(mark.join(map(str, row)) for row in [head, *rows]) + "\n"


def changed(column, *values, rows=ROWS):
    """The rows with other values in the first rows of a column (one value: in all rows)."""
    at = HEAD.index(column)
    given = list(values) * len(rows) if len(values) == 1 else list(values)
    return csv([(*row[:at], new, *row[at + 1 :]) for row, new in zip(rows, given, strict=False)]
               + list(rows[len(given):]))  # fmt: skip


@pytest.fixture
def alone(project, monkeypatch):
    """A function that decides gates on tables, in a folder with nothing else in it."""
    for name, text in {"p.csv": csv(), "g.yaml": GATE}.items():
        project.write(name, text)

    def gate(*words, files=None, table="p.csv", gates="g.yaml", target="y", **columns):
        for name, text in (files or {}).items():
            project.write(name, text)
        given = {"score": "p", "prediction": "label", **columns}
        options = [f"--{name}={value}" for name, value in given.items() if value is not None]
        command = ["gate", table, "--gates", gates, f"--target={target}", *options, *words]
        ended = project.shipway(*command)
        ended.said()
        return ended

    gate.project = project
    return gate


BAD = {
    # What is in the files or on the command line: files, words, columns, then what is said.
    "predictions without the target": (
        {"p.csv": csv([row[2:] for row in ROWS], HEAD[2:])}, (), {},
        ["p.csv: there is no column 'y', the target (--target)", "Known here: country"]),
    "a misspelt score": ({}, (), {"score": "pp"}, ["p.csv: there is no column 'pp'", "'p'"]),
    "a misspelt prediction": ({}, (), {"prediction": "labl"}, ["p.csv:", "Did you mean 'label'?"]),
    "a target that is missing in rows": (
        {"p.csv": changed("y", 0, "", "")}, (), {},
        ["p.csv: 2 of 60 rows have no y, the target; the first is row 1", "Leave such rows out"]),
    "nothing predicted": (
        {}, (), {"score": None, "prediction": None},
        ["which column holds the predictions?", "Give --score, --prediction or both."]),
    "the truth as the prediction": (
        {}, (), {"prediction": "y"}, ["--prediction and --target name the same column, 'y'"]),
    "a champion of other length": (
        {"c.csv": csv(ROWS[:59])}, ("--champion=c.csv",), {},
        ["c.csv: has 59 rows, and p.csv has 60", "--key COLUMN"]),
    "a champion in another order": (
        {"c.csv": csv(ROWS[1:] + ROWS[:1])}, ("--champion=c.csv",), {},
        ["c.csv: 60 of 60 rows have another y than in p.csv; the first is row 0", "--key COLUMN"]),
    "a champion of other rows": (
        {"c.csv": csv([(row[0] + 1, *row[1:]) for row in ROWS])}, ("--champion=c.csv", "--key=id"),
        {}, ["c.csv: 1 of 60 rows of p.csv are not in it, and 1 of its rows are not in p.csv; "
             "the first: id 0", "all of them"]),
    "a champion of more rows": (
        {"p.csv": csv(ROWS[:50]), "c.csv": csv()}, ("--champion=c.csv", "--key=id"), {},
        ["c.csv: 10 of 60 rows are not in p.csv; the first: id 50, 51, 52", "same rows"]),
    "a champion of another truth": (
        {"c.csv": changed("y", 1)}, ("--champion=c.csv", "--key=id"), {},
        ["c.csv: 30 of 60 rows have another y than in p.csv; the first is row 0"]),
    "a champion without the score": (
        {"c.csv": csv([row[:2] for row in ROWS], HEAD[:2])}, ("--champion=c.csv", "--key=id"), {},
        ["c.csv: there is no column 'label', the prediction (--prediction)"]),
    "a champion without the target": (
        {"c.csv": csv([row[2:] for row in ROWS], HEAD[2:])}, ("--champion=c.csv",), {},
        ["c.csv: there is no column 'y', the target (--target)"]),
    "a champion that is missing": ({}, ("--champion=c.csv",), {}, ["c.csv does not exist"]),
    "keys that stand twice": (
        {"p.csv": changed("id", 7, 7, 7)}, ("--champion=p.csv", "--key=id"), {},
        ["1 values of id stand in several rows of p.csv; the first: 7", "tells all rows apart"]),
    "keys that are missing": (
        {"c.csv": changed("id", "", "")}, ("--champion=c.csv", "--key=id"), {},
        ["2 rows of c.csv have no id; the first is row 0"]),
    "a key that is not there": (
        {}, ("--champion=p.csv", "--key=idd"), {}, ["there is no column 'idd', the key (--key)"]),
    "labels of which most are no class": (
        {"p.csv": changed("label", *["yes", "no"] * 30)}, (), {},
        ["p.csv: 60 of 60 values of 'label' are no class (such as 'yes', 'no'); the classes are "
         "0, 1", "--prediction COLUMN"]),
    "labels that are missing": (
        {"p.csv": changed("label", "", "")}, (), {}, ["p.csv: 2 of 60 rows have no label"]),
    "scores above 1": (
        {"p.csv": changed("p", 0.5, 7)}, (), {},
        ["p.csv: column 'p' holds scores outside [0, 1]: 1 of 60, such as 7 in row 1",
         "Give probabilities"]),
    "scores below 0": ({"p.csv": changed("p", -0.5)}, (), {}, ["60 of 60, such as -0.5 in row 0"]),
    "infinite scores": ({"p.csv": changed("p", 0.5, "inf")}, (), {}, ["such as inf in row 1"]),
    "scores that are no numbers": (
        {"p.csv": changed("p", 0.5, "high")}, (), {},
        ["p.csv: column 'p', the score, holds something else than numbers: 'high' in row 1"]),
    "more than two classes": (
        {"p.csv": changed("y", 2, 3)},
        (),
        {},
        ["p.csv: the target of a binary model has 4 classes: 0, 1, 2, 3", "multiclass"],
    ),
    "no class that is positive": (
        {"p.csv": changed("y", *["yes", "no"] * 30)}, (), {},
        ["p.csv: which class is the positive one? The target holds no, yes", "--positive"]),
    "a positive class that is none": (
        {}, (), {"positive": "yes"}, ["p.csv: the positive class 'yes' is not in the target"]),
    "a slice of a missing column": (
        {"g.yaml": 'gates: ["recall[contry=*] >= 0.5"]'}, (), {},
        ["g.yaml:1:9: there is no column 'contry'. Did you mean 'country'?"]),
    "a condition on a missing column": (
        {"g.yaml": 'gates: ["recall[amount >= 10] >= 0.5"]'}, (), {},
        ["g.yaml:1:9: there is no column 'amount'. Did you mean 'country'?"]),
    "a condition on another type": (
        {"g.yaml": 'gates: ["recall[country >= 10] >= 0.5"]'}, (), {},
        ["g.yaml:1:9: `country >= 10`: country is a column of type string, 10 is a number"]),
    "groups of a missing column": (
        {"g.yaml": "gates: ['difference(recall, gender) <= 0.5']"}, (), {},
        ["g.yaml:1:9: there is no column 'gender'"]),
    "ranking within a missing column": (
        {"g.yaml": "gates: ['ndcg@k=3,by=query >= 0.5']"}, (), {},
        ["g.yaml:1:9: there is no column 'query'"]),
    "a slice of too many values": (
        {"p.csv": csv([(f"r{n}", n % 2, 0.5, 1, "DE", 1) for n in range(150)]),
         "g.yaml": 'gates: ["recall[id=*] >= 0.5"]'}, (), {},
        ["g.yaml:1:9: column 'id' has 150 different values, too many for slices"]),
    "negative weights": (
        {"p.csv": changed("w", 1, -1, -2)}, ("--weights=w",), {},
        ["p.csv: w: 2 of 60 weights are negative", "has the weight 0"]),
    "weights of 0 alone": (
        {"p.csv": changed("w", 0)}, ("--weights=w",), {}, ["p.csv: w: all weights are 0"]),
    "weights that are missing": (
        {"p.csv": changed("w", 1, "")}, ("--weights=w",), {}, ["w: 1 of 60 weights are missing"]),
    "weights that are no numbers": (
        {}, ("--weights=country",), {}, ["p.csv: the weights in 'country' are no numbers"]),
    "a column of weights that is not there": (
        {}, ("--weights=wght",), {}, ["p.csv: there is no column 'wght', the weights (--weights)"]),
    "a confidence of 0 %": (
        {"g.yaml": "gates:\n  - recall >= 0.5 at 0%\n"}, (), {},
        ["g.yaml:2:5: a confidence of 0% demands nothing", "such as 95%"]),
    "a confidence of 100 %": (
        {"g.yaml": "gates:\n  - recall >= 0.5 at 100%\n"}, (), {},
        ["g.yaml:2:5: no number of rows gives a confidence of 100%", "such as 95%"]),
    "gates that exclude each other": (
        {"g.yaml": "gates:\n  - recall >= 0.5\n  - recall < 0.3\n"}, (), {},
        ["g.yaml:3:5: no value can pass both this gate and gate 1 (`recall >= 0.5`)"]),
    "a gate twice": (
        {"g.yaml": "gates:\n  - recall >= 0.5\n  - recall >= 50%\n"}, (), {},
        ["g.yaml:3:5: this gate stands here twice: it is gate 1"]),
    "a gate that nothing passes": (
        {"g.yaml": "gates: [recall >= 60]"}, (), {}, ["g.yaml:1:9:", "Did you mean 60%?"]),
    "a gate that is none": (
        {"g.yaml": "gates: [recall = 0.5]"}, (), {}, ["g.yaml:1:", "can't stand here"]),
    "a metric that is none": (
        {"g.yaml": "gates: [recal >= 0.5]"}, (), {},
        ["g.yaml:1:9: there is no metric 'recal'", "Did you mean 'recall'?"]),
    "a metric of another task": (
        {"g.yaml": "gates: [f1_macro >= 0.5]"}, (), {}, ["no metric 'f1_macro' for binary models"]),
    "a gate on a champion that was not given": (
        {"g.yaml": "gates: [recall >= champion]"}, (), {},
        ["g.yaml:1:9: 'recall >= champion' asks for a champion", "--champion FILE"]),
    "a gate on changes without a champion": (
        {"g.yaml": "gates: [churn <= 5%]"}, (), {}, ["asks for a champion, and none was given"]),
    "a gate on latency": (
        {"g.yaml": "gates: [predict_ms.p99 <= 5]"}, (), {},
        ["g.yaml:1:9: predict_ms.p99 is measured of the model itself", "only predictions",
         "under 'evaluate' in shipway.yaml"]),
    "a gate on size": (
        {"g.yaml": "gates: [model_mb <= 5]"}, (), {}, ["model_mb", "there are only predictions"]),
    "a gate on behaviour": (
        {"g.yaml": "gates: [invariance(country) <= 0.1]"}, (), {},
        ["invariance(country) asks the model itself, and there are only predictions"]),
    "a gate on labels without labels": (
        {}, (), {"prediction": None},
        ["g.yaml:1:9: recall needs predicted labels", "--prediction COLUMN", "--threshold 0.5"]),
    "a gate on scores without scores": (
        {"g.yaml": "gates: [roc_auc >= 0.5]"}, (), {"score": None},
        ["g.yaml:1:9: roc_auc needs scores", "--score COLUMN"]),
    "own functions": (
        {"g.yaml": "gates: [recall >= 0.5]\nfunctions: {profit: 'shop:profit'}\n"}, (), {},
        ["g.yaml:2:1: unknown key 'functions'", "environment of a project"]),
    "a cost that is none": (
        {"g.yaml": "gates: [cost <= 3]\ncost: {fpp: 1}\n"}, (), {},
        ["g.yaml:2:7: 'fpp' is no cell of a binary model's table"]),
    "a cost that is not said": (
        {"g.yaml": "gates: [cost <= 3]\n"}, (), {}, ["g.yaml:1:9: cost needs to know", "fp: 1"]),
    "a cost of a class that is none": (
        {
            "g.yaml": "gates: [cost <= 3]\ncost: {DE: {FR: 1}, XX: {DE: 2}}\n",
            "p.csv": csv([(*row, row[4]) for row in ROWS], (*HEAD, "said")),
        },
        (),
        {"target": "country", "prediction": "said", "score": None},
        ["g.yaml:2:7: there is no class 'XX'", "DE"],
    ),
    "a threshold beside labels": ({}, ("--threshold=0.5",), {}, ["a threshold makes labels"]),
    "a threshold that is none": (
        {}, ("--threshold=5",), {"prediction": None}, ["--threshold 5: scores lie between"]),
    "gates with unknown keys": (
        {"g.yaml": GATE + "foo: 1\ngatess: []\n"}, (), {},
        ["2 mistakes in g.yaml", "g.yaml:2:1: unknown key 'foo'", "g.yaml:3:1: unknown key"]),
    "a whole spec as gates": (
        {"g.yaml": "evaluate:\n  gates: [recall >= 0.5]\n"}, (), {}, ["g.yaml:1:1:", "'evaluate'"]),
    "gates that are not YAML": (
        {"g.yaml": "gates: [recall >= 0.5\n"}, (), {}, ["g.yaml:1:"]),
    "gates that are a text": ({"g.yaml": "recall >= 0.5\n"}, (), {}, ["g.yaml: there is no key"]),
    "gates that are bytes": ({"g.yaml": b"gates: \xff\xfe\x00"}, (), {}, ["g.yaml:1:8: the byte"]),
    "gates that are empty": ({"g.yaml": "\n"}, (), {}, ["g.yaml: the file is empty", "gates:"]),
    "no gate": ({"g.yaml": "gates: []\n"}, (), {}, ["g.yaml: there is no gate", "- roc_auc"]),
    "gates that are not there": ({}, (), {"gates": "no.yaml"}, ["no.yaml: there is no such file"]),
    "gates that are a folder": ({}, (), {"gates": "."}, [".: is a folder", "--gates gates.yaml"]),
    "predictions that are not there": ({}, (), {"table": "q.csv"}, ["q.csv does not exist"]),
    "predictions that are a folder": ({}, (), {"table": "."}, [". is a folder", "*.parquet"]),
    "predictions of an unknown kind": ({}, (), {"table": "g.yaml"}, ["g.yaml: this kind of file"]),
    "an empty file": ({"p.csv": ""}, (), {}, ["p.csv", "empty"]),
    "no rows": ({"p.csv": ",".join(HEAD) + "\n"}, (), {}, ["p.csv: there are no rows"]),
    "a broken Parquet file": ({"p.parquet": b"PAR1 no"}, (), {"table": "p.parquet"}, ["p.parquet"]),
    "fields that another mark separates": (
        {"p.csv": csv(mark="#")}, (), {},
        ["p.csv: there is no column 'y'", "The only column is 'id#y#p", "--delimiter CHAR"]),
    "a delimiter that is none": ({}, ("--delimiter=ab",), {}, ["--delimiter takes one character"]),
    "a table with ragged rows": ({"p.csv": csv() + "1,2,3,4,5,6,7,8\n"}, (), {}, ["p.csv"]),
    "lists as labels": (
        {"p.jsonl": '{"y": 1, "p": 0.5, "label": [1]}\n{"y": 0, "p": 0.5, "label": [0]}\n'}, (),
        {"table": "p.jsonl"}, ["p.jsonl: column 'label', the prediction, holds lists"]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_with_its_place_and_what_to_do(alone, name):
    files, words, columns, said = BAD[name]
    ended = alone(*words, files=files, **columns)
    assert ended.code == 2, ended.text
    ended.said("error: ", *said)
    assert ended.out == ""


def test_all_mistakes_are_told_at_once(alone):
    gates = "gates:\n  - recall >= champion\n  - model_mb <= 4\n  - 'recall[x=1] > 0'\n"
    ended = alone(files={"g.yaml": gates})
    assert ended.code == 2
    ended.said("3 mistakes in g.yaml:", "g.yaml:2:5:", "g.yaml:3:5:", "g.yaml:4:5:")


def verdicts(ended, code):
    assert ended.code == code, ended.text
    return [(gate["slice"], gate["verdict"]) for gate in ended.document()["gates"]]


STRICT = {
    # Nothing is wrong with the files, and no gate passes: what is said, and the verdict.
    "one class alone": (
        {"p.csv": changed("y", 0), "g.yaml": "gates: [roc_auc >= 0.5]"}, (), {},
        "failed", "no row is positive"),
    "an empty slice": (
        {"g.yaml": 'gates: ["recall[country=XX] >= 0.5"]'}, (), {},
        "failed", "there are no rows of country=XX"),
    "a small slice": (
        {"g.yaml": 'gates: ["recall[country=DE] >= 0.5"]'}, (), {},
        "inconclusive", "country=DE has 20 rows, and fewer than 30 are not judged"),
    "scores that are missing": (
        {"p.csv": changed("p", 0.5, "", ""), "g.yaml": "gates: [roc_auc >= 0.5]"}, (), {},
        "failed", "2 of 60 scores are missing"),
    "one row": (
        {"p.csv": csv(ROWS[1:2]), "g.yaml": "gates: [recall >= 0.5 at 95%]"}, (), {},
        "inconclusive", "more rows would settle it"),
    "a slice in which nothing weighs": (
        {"p.csv": csv([(*row[:5], int(row[4] == "DE")) for row in ROWS]),
         "g.yaml": 'gates: ["recall[country=FR] >= 0.5"]'}, ("--weights=w",), {},
        "failed", "the rows weigh nothing"),
}  # fmt: skip


@pytest.mark.parametrize("name", STRICT)
def test_what_can_not_be_shown_does_not_pass(alone, name):
    files, words, columns, verdict, said = STRICT[name]
    ended = alone("--json", *words, files=files, **columns)
    (found,) = ended.document()["gates"]
    assert (ended.code, found["verdict"]) == (1, verdict), ended.text
    assert said in found["reason"]
    assert verdict in alone(*words, files=files, **columns).out.splitlines()[-1]


LENIENT = {
    # Written another way, and the same: files, words, columns.
    "a target of floats": ({"p.csv": changed("y", *[0.0, 1.0] * 30)}, (), {}),
    "a target of truth values": ({"p.csv": changed("y", *["false", "true"] * 30)}, (), {}),
    "a target of texts": (
        {"p.csv": csv([(*r[:1], *("no", "yes")[r[1]:][:1], r[2], *("no", "yes")[r[1]:][:1], *r[4:])
                       for r in ROWS])}, ("--positive=yes",), {}),
    "semicolons": ({"p.csv": csv(mark=";")}, (), {}),
    "bars": ({"p.csv": csv(mark="|")}, (), {}),
    "a mark that nobody guesses": ({"p.csv": csv(mark="#")}, ("--delimiter=#",), {}),
    "decimal commas": (
        {"p.csv": csv([(r[0], r[1], str(r[2]).replace(".", ","), *r[3:]) for r in ROWS], mark=";")},
        ("--delimiter=;", "--decimal=,"), {}),
    "another encoding": (
        {"p.csv": csv([(*r[:4], "Köln", r[5]) for r in ROWS]).encode("latin-1")},
        ("--encoding=latin-1",), {}),
    "keys beyond 64 bits": (
        {"p.csv": csv([(10**25 + r[0], *r[1:]) for r in ROWS])}, ("--champion=p.csv", "--key=id"),
        {}),
    "keys that only differ beyond 2**53": (
        {"p.csv": csv([(2**60 + r[0], *r[1:]) for r in ROWS])}, ("--champion=p.csv", "--key=id"),
        {}),
    "keys of texts there and numbers here": (
        {"c.jsonl": "".join(
            json.dumps(dict(zip(HEAD, (str(r[0]), *r[1:]), strict=True))) + "\n"
            for r in reversed(ROWS))}, ("--champion=c.jsonl", "--key=id"), {}),
    "a champion without the target, paired by key": (
        {"c.csv": csv([(r[0], *r[2:]) for r in ROWS], (HEAD[0], *HEAD[2:]))},
        ("--champion=c.csv", "--key=id"), {}),
    "a threshold instead of labels": ({}, ("--threshold=0.5",), {"prediction": None}),
    "weights": ({}, ("--weights=w",), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", LENIENT)
def test_what_is_written_another_way_is_understood(alone, name):
    files, words, columns = LENIENT[name]
    ended = alone(*words, files=files, **columns)
    assert ended.code == 0, ended.text
    assert ended.out.splitlines()[-1] == "passed: 1 of 1 gates passed"


def test_a_few_labels_that_are_no_class_are_told(alone):
    files = {"p.csv": changed("label", "no", "other")}
    ended = alone("--markdown=g.md", files=files)
    said = (
        "p.csv: 2 of 60 values of 'label' are no class (such as 'no', 'other'); the classes are "
        "0, 1: they count as predicted wrongly"
    )
    ended.said(f"note: {said}")
    assert said in alone.project.read("g.md").replace("\\", "")
    document = alone("--json", files=files).document()
    assert document["notes"] == [said]
    assert document["gates"][0]["observed"] == pytest.approx(29 / 30)


EVIDENCE = {
    "observed", "interval", "method", "rows", "p_value", "effect", "rows_needed", "confidence",
    "level", "champion", "bound", "reason", "line",
}  # fmt: skip


def test_the_document_has_the_evidence_of_each_gate(alone):
    gates = "gates:\n  - recall >= 0.95 at 95%\n  - roc_auc >= champion at 80%\n"
    ended = alone("--json", "--champion=p.csv", files={"g.yaml": gates})
    document = ended.document()
    assert (ended.code, document["verdict"], document["rows"]) == (1, "inconclusive", 60)
    first, second = document["gates"]
    assert first.keys() >= EVIDENCE
    assert (first["verdict"], first["rows"]) == ("inconclusive", 60)
    assert first["method"] and first["interval"]["method"].startswith(first["method"])
    assert first["interval"]["low"] < 0.95 < first["observed"] == 1.0
    assert (first["confidence"], first["level"]) == (0.95, 0.95)
    assert first["effect"] == pytest.approx(0.05)
    assert first["p_value"] > 0.01
    assert first["rows_needed"] > 0
    assert second["champion"] == second["observed"]


def test_the_last_line_says_what_happened_and_what_to_do(alone):
    gates = "gates:\n  - recall >= 0.5\n  - accuracy <= 0.1\n  - {gate: f1 <= 0.1, on_fail: warn}\n"
    ended = alone(files={"g.yaml": gates})
    assert ended.code == 1
    assert ended.out.splitlines()[-1] == (
        "failed: 1 of 2 gates passed, 1 warning; do not release this model. Look first at g.yaml:3"
    )
    ended.said(
        "✓ recall >= 0.5: passed (g.yaml:2)",
        "✗ accuracy <= 0.1: failed (g.yaml:3)",
        "! f1 <= 0.1: failed (a warning) (g.yaml:4)",
        "observed 1, demanded <= 0.1",
    )
    ended = alone(files={"g.yaml": "gates: [recall >= 0.95 at 95%]"})
    assert re.search(r"^inconclusive: 0 of 1 gates passed; about \d+ more rows would settle it$",
                     ended.out.splitlines()[-1])  # fmt: skip


def test_nothing_is_written_but_what_is_asked(alone):
    folder = alone.project.folder
    before = sorted(path.name for path in folder.iterdir())
    assert alone().code == 0
    assert sorted(path.name for path in folder.iterdir()) == before
    assert alone("--markdown=out/g.md").code == 0
    assert {path.name for path in folder.iterdir()} - set(before) == {"out"}


def test_output_without_an_encoding_for_every_sign(alone):
    alone.project.environ["PYTHONIOENCODING"] = "ascii"
    try:
        assert alone().code == 0
    finally:
        del alone.project.environ["PYTHONIOENCODING"]


POSIX = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "readline", "syslog")


def test_no_module_of_posix_alone_is_needed(alone):
    probe = (
        "import sys\n"
        f"for name in {POSIX!r}: sys.modules[name] = None\n"
        "from shipway.cli.main import run\n"
        "code = run(sys.argv[1:])\n"
        "heavy = {'scipy', 'sklearn', 'rich', 'jinja2', 'plotly'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
        "sys.exit(code)"
    )
    assert alone("--champion=p.csv", "--key=id").code == 0
    words = ["gate", "p.csv", "--gates=g.yaml", "--target=y", "--score=p", "--prediction=label"]
    for more in ([], ["--champion=p.csv", "--key=id", "--markdown=g.md"], ["--json"]):
        done = subprocess.run(
            [sys.executable, "-c", probe, *words, *more],
            cwd=alone.project.folder,
            env={**os.environ, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
