# SPDX-License-Identifier: Apache-2.0
"""`make docs`: write the generated pages anew."""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
WIDTH = "100"

REFERENCE = """\
# `shipway.yaml`

Every key, written by `make docs` from the types that read the file. The same types give
[shipway.schema.json](shipway.schema.json), with which an editor completes and checks it.

- A value takes the type of its field, from the text as it stands: `python: 3.10` is the version
  3.10, `NO` among `values` is Norway. Only `true`, `false` and `null` are words with a meaning.
- Durations have a unit: `30s`, `10m`, `2h`, `7d`, `1w`. Where rows are counted, `1%` is a share and
  `120` a number of rows.
- `${NAME}` stands for a variable of the environment; its value reaches no record and no log.
- Paths are relative to the file. An expression that begins with a quote, `*`, `!`, `@`, `%`, `{` or
  `[`, or stands in braces, is put in quotes.
- Duplicate keys, anchors and merge keys are mistakes. All mistakes are reported at once.

Some keys are only read by this version. Asking for one of these is an error before the run starts,
which says "is not available yet": buckets in `store` and `data`, another `model_registry` than
`built-in`, `data.snapshot`, `package.push`, `package.gates`, the builder `docker`,
`deploy.NAME.approvals`, `deploy.NAME.require`, any `strategy` but `direct`, and `monitor`.

"""

METRICS = """\
# Metrics

What `evaluate.metrics`, `model.threshold` and the gates may name, written by `make docs` from the
table that reads the names. [Gates](gates.md) says how sure a metric is, and by which method.

- Options follow `@`: `recall@precision=0.9`, `ndcg@k=10,by=query_id`, `recall@class='Iris setosa'`.
- A row's weight (`evaluate.weights`) counts in every metric as if the row were there so many times.
  Behind a weighted share stand as many trials as equal weights would need for the same certainty:
  (sum of weights)² / sum of squared weights. `k` counts rows, whatever they weigh.
- Rows with equal scores are never told apart by chance: they stand on one step of a curve, and
  share the last of `k` places.
- A metric that rows don't have (no positive row for `recall`, a true value of 0 for `mape`) has no
  value and says why: it fails its gate and is never counted as 0. Only `recall@precision=…` is 0
  where no threshold has the precision, since then nothing can be predicted positive.
- A prediction that is no class is wrong for its row: of two classes it counts as the class that the
  row does not have. With costs it costs as much as the dearest mistake of the row's class.
- `calibration_error` has bins of equal width, (0, 0.1], (0.1, 0.2]… with 0 in the first; with
  `strategy=quantile` bins of equally many rows. It is above 0 even for a perfect model, the more
  the fewer rows a bin has. `calibration_slope` is 1 and `calibration_intercept` 0 for scores that
  can be taken as probabilities; a slope below 1 says that they are too extreme.
- Metrics with `by=COLUMN` rank the rows of each value of the column and are the mean over those
  that have something to find. Their interval is one of groups, not of rows.
- Precision and recall of a class that is never predicted are 0 in a mean over the classes; a class
  that occurs neither in truth nor in prediction takes no part in it.

Metrics of your own are functions of your code: `evaluate.functions` in [`shipway.yaml`](spec.md).

"""

COMMANDS_HEAD = """\
# Commands

What each command prints for `--help`, written by `make docs`. `--json` prints exactly one JSON
document on standard output; with `run` also when it ends with 1, 3 or 4.

| exit code | meaning |
|---|---|
| 0 | done; also when a run rightly ends before it deploys |
| 1 | stopped by a check, a test, the training, a gate or a verification, `inconclusive` included |
| 2 | the input is wrong: the spec, the usage, the requirements, a declared file |
| 3 | something outside failed: the network, the store, the target, the disk |
| 4 | waiting for an approval |
| 70 | a bug in Shipway, with a report file |
| 130, 143 | interrupted |
"""


def pages() -> dict[Path, str]:
    """Each generated page, by its path."""
    from shipway.evaluation.metric_reference import metrics_markdown
    from shipway.spec.reference import reference_markdown
    from shipway.spec.schema import json_schema

    return {
        DOCS / "shipway.schema.json": json.dumps(json_schema(), indent=2) + "\n",
        DOCS / "spec.md": REFERENCE + reference_markdown(),
        DOCS / "cli.md": commands(),
        DOCS / "metrics.md": METRICS + metrics_markdown(),
    }


def commands() -> str:
    """What every command prints for `--help`, in a terminal of one width."""
    os.environ["COLUMNS"] = WIDTH
    from shipway.cli.commands import COMMANDS
    from shipway.cli.parser import overview, parser_of

    parts = [COMMANDS_HEAD, f"```\n{overview()}```\n"]
    for name in COMMANDS:
        help_text = parser_of(name, import_module(f"shipway.cli.commands.{name}")).format_help()
        parts.append(f"## shipway {name}\n\n```\n{help_text}```\n")
    return "\n".join(parts)


def main() -> None:
    """Write the pages."""
    for path, text in pages().items():
        path.write_text(text)
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
