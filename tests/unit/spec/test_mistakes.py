# SPDX-License-Identifier: Apache-2.0
"""What a wrong spec is told: place, what was found, what was expected, the cure."""

from pathlib import Path

import pytest

from shipway.base.errors import InputError
from shipway.spec.mistakes import SpecError
from shipway.spec.reader import read_text

MODEL = "model: {name: m, task: binary, target: t, positive: 1}\n"
DATA = "data: {train: a, test: b}\n"
TRAIN = "train: {function: a:b}\n"


def mistakes_of(text, head="shipway: 1\nproject: p\n"):
    with pytest.raises(SpecError) as caught:
        read_text(head + text, Path("shipway.yaml"))
    return caught.value.mistakes


WRONG = [
    ("▸modle: {}", "unknown key 'modle'", "Did you mean 'model'?"),
    ("▸trust: {}", "'trust' is reserved, not available yet", ""),
    ("▸extends: a", "'extends' is reserved, not available yet", ""),
    ("package: {▸bass: x}", "package: unknown key 'bass'", "Did you mean 'base'?"),
    ("model: ▸{name: m, target: t}", "model: the key 'task' is missing", ""),
    ("data: ▸a.csv", "data: found 'a.csv', expected a mapping with the keys all", ""),
    ("data: ▸[]", "data: found an empty list", ""),
    ("tests:▸", "tests.command: found nothing, expected a command line", ""),
    ("store: ▸[a]", "store: found a list, expected a text", ""),
    ("report: {rows: ▸value}", "expected one of: keys, none, values", "'values'"),
    ("deploy: {e: {target: ▸}}", "deploy.e.target: found nothing", ""),
    ("deploy: {▸Prod: {target: local}}", "expected a name of small letters", "Write prod."),
    ("steps: {a: {command: ▸[]}}", "steps.a.command: found an empty list", ""),
    ("data: {train: a, ignore: ▸x}", "expected a list", "Write [x]."),
    ("data: {train: a, overlap: {between: ▸[train]}}", "expected a list of 2", ""),
    ("data: {train: a, rows: {min: ▸'5'}}", "the text '5' in quotes", "without them"),
    ("data: {train: a, rows: {min: ▸5.0}}", "found '5.0', expected a whole number", ""),
    ("data: {train: a, rows: {min: ▸-1}}", "expected a whole number, 0 or more", ""),
    ("data: {train: a, rows: {min: ▸1_000}}", "a whole number", "Write 1000."),
    ("data: {train: a, snapshot: ▸yes}", "expected true or false", "Write true."),
    ("data: {train: a, drift: {at_most: ▸20%}}", "expected a number", "Write 0.2."),
    ("data: {train: a, drift: {at_most: ▸.inf}}", "expected a number", ""),
    (
        MODEL + "train: {function: a:b, params: {a: ▸.nan}}",
        "expected a finite number",
        "quotes",
    ),
    ("data: {train: a, columns: {c: {max_missing: ▸0.1}}}", "a share such as 1%", "Write 10%."),
    ("data: {train: a, columns: {c: {max_missing: ▸101%}}}", "from 0% to 100%", ""),
    ("data: {train: a, columns: {c: {max_missing: ▸-1}}}", "a share such as 1%", ""),
    (
        "data: {train: a, columns: {c: {newest_within: ▸30}}}",
        "a duration with a unit",
        "Write 30s for seconds.",
    ),
    ("data: {train: a, columns: {c: {newest_within: ▸30 days}}}", "a duration with a unit", ""),
    ("data: {train: a, columns: {c: {newest_within: ▸0s}}}", "longer than nothing", ""),
    ("monitor: {}\ndeploy: {e: {target: l, strategy: {canary: {steps: [▸5]}}}}", "", "5%."),
    (
        "train: {function: ▸fraud.train.train}\n" + MODEL,
        "module:name",
        "fraud.train:train",
    ),
    ('tests: ▸"pytest \'x"', "tests.command:", "No closing quotation."),
    (
        'data: {train: a, columns: {c: {pattern: "a▸(b"}}}\n',
        "expected a regular expression",
        "missing )",
    ),
    ("data:\n  train: a\n  rules:\n    - amount ▸= 3", "'=' is not used here", "Write ==."),
    ("data:\n  train: a\n  rules:\n    - 'amount >▸'", "ends too early", "a column"),
    ("data:\n  train: a\n  rules:\n    - ▸amount + 3", "expected a comparison", ""),
    (
        MODEL + DATA + "evaluate: {slices: [country, a >▸]}",
        "ends too early",
        "",
    ),
    (
        MODEL + "train:\n  command: ▸{data.train}\n  model: m",
        "braces without quotes are a mapping to YAML",
        'command: "{data.train}"',
    ),
    (
        "steps: {a: {command: x, env: {A: ▸{data.train}, B: y}}}",
        "steps.a.env.A: braces",
        'steps: {a: {command: x, env: {A: "{data.train}", B: y}}}',
    ),
    (
        "data: {train: a, columns: {c: {min: ▸5, max: 1}}}",
        "data.columns.c.min: 5 is above max 1",
        "",
    ),
    ("data: {train: a, columns: {c: {type: date, min: ▸2020}}}", "expected a date such as", ""),
    ("data: {train: a, columns: {c: {type: float, min: ▸x}}}", "expected a number", ""),
    (
        "data: {train: a, columns: {c: {type: string, max: ▸3}}}",
        "means nothing for type string",
        "",
    ),
    (
        "data: {train: a, columns: {c: {min: 3, max: ▸2020-01-01}}}",
        "one bound is a number, the other a date",
        "",
    ),
    (
        "data: {train: a, columns: {c: {type: date, min: ▸2021-01-01, max: 2020-01-01}}}",
        "is above max",
        "",
    ),
    (
        "data: {train: a, columns: {c: {type: float, newest_within: ▸1d}}}",
        "means nothing for type float",
        "",
    ),
    ("data: {train: a, rows: {min: ▸5, max: 2}}", "5 is above max 2", ""),
    ("data: {all: a, train: ▸b}", "stands beside all", ""),
    ("data: {train: a, split: ▸{test: 20%, random: true}}", "nothing to split", ""),
    ("data: ▸{id: x}", "no table is named", ""),
    ("data: {all: a, split: ▸{test: 20%}}", "which rows go where", "by: COLUMN"),
    ("data: {all: a, split: {test: ▸60%, validation: 40%, by: x}}", "nothing is left", ""),
    ("data: {all: a, split: {test: 60%, by: x, random: ▸true}}", "stands beside by", ""),
    ("data: {train: a, overlap: {between: [train, ▸tset]}}", "no table 'tset'", "train"),
    ("model: ▸{name: m, task: binary, target: t}", "'positive' is missing", "positive: 1"),
    ("model: {name: m, task: regression, target: t, positive: ▸1}", "means nothing", ""),
    ("train: ▸{function: a:b}\n", "train: the key 'model' is missing", "Add model"),
    (
        MODEL + "train: ▸{timeout: 3m}",
        "train: says not how",
        "",
    ),
    (
        MODEL + "train: {function: a:b, command: ▸x, model: m}",
        "stands beside function",
        "",
    ),
    (
        MODEL + "train: ▸{command: x}",
        "the key 'model' is missing",
        "",
    ),
    (
        MODEL + "train: {command: x, model: m, metrics: ▸{map: {}}}",
        "expected one of",
        "",
    ),
    (
        MODEL + DATA + "evaluate: {dataset: ▸tset}",
        "no table 'tset'",
        "'test'",
    ),
    (
        MODEL + TRAIN + "evaluate: ▸{metrics: [f1]}",
        "no data to evaluate on",
        "",
    ),
    (
        MODEL + DATA + "evaluate: {gates: [▸'']}",
        "a text that is not empty",
        "",
    ),
    (MODEL + "train: {function: a:b, require: [▸loss]}", "a metric compared with", ""),
    (MODEL + "train: {function: a:b, require: [▸loss == 1]}", "a metric compared with", ""),
    (MODEL + "train: {function: a:b, require: [▸loss + 1 < 2]}", "a metric compared with", ""),
    ("environment: {requirements: a, conda: ▸b}", "stands beside requirements", ""),
    (
        MODEL + "train: {function: a:b, model: ▸m}",
        "stands beside function, which returns its model",
        "python -c",
    ),
    (
        MODEL + "train: {command: x, model: m, metrics: {stdout: 'A {a}', map: ▸{b: a}}}",
        "means nothing here",
        "Patterns of stdout",
    ),
    (
        "environment: {conda: e.yml}\npackage: {builder: ▸dockerfile}",
        "the environment is made of conda packages",
        "Write native",
    ),
    ("deploy: {a: {target: l, after: ▸b}}", "no environment 'b'", ""),
    (
        "deploy: {a: {target: l, after: ▸b}, b: {target: l, after: a}}",
        "comes after itself: a → b → a",
        "",
    ),
    ("deploy: {a: {target: l, strategy: ▸canary}}", "", "{canary: {steps: [5%, 50%]}}"),
    (
        "deploy: {a: {target: l, strategy: {canary: {steps: ▸[50%, 5%]}}}}",
        "must be larger than the last",
        "",
    ),
    ("monitor: {prod: ▸{}}\ndeploy: {live: {target: l}}", "no environment 'prod'", ""),
    ("steps: {a: {command: x, after: [▸trian]}}", "no step or stage 'trian'", "'train'"),
    ("steps: {train: ▸{command: x}}", "the name of a built-in stage", ""),
    ("steps: {a: ▸{command: x, after: [deploy], before: [train]}}", "after itself", ""),
    ("steps: {a: ▸{command: x, after: [b]}, b: {command: x, after: [a]}}", "a → b", ""),
]


@pytest.mark.parametrize(("marked", "what", "cure"), WRONG, ids=range(len(WRONG)))
def test_a_mistake_says_where_what_and_how(marked, what, cure):
    """The mark ▸ stands where the mistake must be reported."""
    before, _, after = marked.partition("▸")
    found = mistakes_of(f"{before}{after}\n")
    line, column = 3 + before.count("\n"), len(before) - before.rfind("\n")
    assert [mistake.where for mistake in found] == [f"shipway.yaml:{line}:{column}"]
    said = str(found[0])
    assert what in said
    assert cure in said


@pytest.mark.parametrize(
    ("head", "place", "what"),
    [
        ("project: p\n", "1:1", "the key 'shipway' is missing"),
        ("shipway: 1\n", "1:1", "the key 'project' is missing"),
        ("shipway: 2\nproject: p\n", "1:10", "the only format there is"),
        ("shipway: '1'\nproject: p\n", "1:10", "in quotes"),
        ("shipway: 1\nproject: Fraud Detection\n", "2:10", "Write fraud-detection."),
        ("shipway: 1\nproject: 2025\nmodel: 3\n", "3:8", "a mapping with the keys name"),
    ],
)
def test_the_top_level(head, place, what):
    found = mistakes_of("", head)
    assert [mistake.where for mistake in found] == [f"shipway.yaml:{place}"]
    assert what in str(found[0])


def test_all_mistakes_come_at_once_in_the_order_of_their_places():
    text = """
shipway: 2
project: Fraud
model: {name: m, task: binari, target: t}
data:
  train: a
  columns: {c: {min: 5, max: 1}}
evaluate: {dataset: tset}
deploy: {a: {target: l, after: b}}
"""
    with pytest.raises(SpecError) as caught:
        read_text(text, Path("shipway.yaml"))
    lines = str(caught.value).splitlines()
    assert lines[0] == "6 mistakes in shipway.yaml:"
    places = [int(line.split(":")[1]) for line in lines[1:]]
    assert places == [2, 3, 4, 7, 8, 9]
    assert isinstance(caught.value, InputError)
    assert caught.value.exit_code == 2


def test_what_could_not_be_read_is_not_reported_as_missing():
    found = mistakes_of(
        "model: 3\ntrain: {function: a:b}\ndeploy: {a: 1, b: {target: l, after: a}}\n"
    )
    assert [mistake.at.line for mistake in found] == [3, 5]


def test_an_error_in_an_expression_shows_it_with_a_caret():
    said = str(mistakes_of("data:\n  train: a\n  rules:\n    - amount = 3\n")[0])
    assert "  amount = 3\n         ^\nWrite ==." in said
