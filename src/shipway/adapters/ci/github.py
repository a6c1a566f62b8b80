# SPDX-License-Identifier: Apache-2.0
"""GitHub Actions: one workflow with one job.

Actions are named by the commit of a release, so that nobody can change them afterwards. The store
travels in GitHub's cache: an entry there is never changed, so each job writes a new one and takes
the newest; entries of pull requests are seen by nobody else, so only pushes write one. A pull
request from a fork has a token that can't comment; its report is on the job's page.
"""

import json
import re
from collections.abc import Sequence

from shipway.adapters.ci.interface import CiWanted

CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"
PYTHON = "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405 # v6.2.0"
CACHE = "actions/{}@55cc8345863c7cc4c66a329aec7e433d2d1c52a9 # v6.1.0"
REPORT = '"$RUNNER_TEMP/shipway.md"'
LOCKS = "'**/requirements*.txt', '**/pyproject.toml', '**/environment.y*ml', '**/*.lock'"
PLAIN_PATH = re.compile(r"[A-Za-z0-9~/][\w~./-]*")
PLAIN = re.compile(r"[A-Za-z0-9~/][A-Za-z0-9 ~=._/+<>,\[\]\"$@-]*")

OWN = "github.event.pull_request.head.repo.full_name == github.repository"
VERSION = "${{ steps.python.outputs.python-version }}"
ENVIRONMENTS = f"shipway-environments-{VERSION}-${{{{ hashFiles({LOCKS}) }}}}"
STORE = "shipway-store-${{ github.run_id }}-${{ github.run_attempt }}"

WORKFLOW = """\
# Written by `shipway ci init github`; change it as you like.
name: shipway
on: {{push: {{branches: [{branch}]}}, pull_request: {{}}}}
permissions: {{contents: read, pull-requests: write}}
concurrency: {{group: "shipway-${{{{ github.ref }}}}", cancel-in-progress: false}}
jobs:
  run:
    runs-on: ubuntu-latest
    steps:
      - uses: {checkout}
        with: {{fetch-depth: 0, persist-credentials: false{more}}}
      - uses: {setup_python}
        id: python
        with: {{python-version: "{python}"}}
      - uses: {cache}
        with: {{path: ~/.cache/shipway, key: "{environments}"}}
      - uses: {restore}
        with: {{path: {stores}, key: "{store}", restore-keys: shipway-store-}}
      - run: {install}
      - id: shipway
        run: {command} --markdown {report}
      - if: always() && steps.shipway.outcome != 'skipped' && github.event_name == 'push'
        uses: {save}
        with: {{path: {stores}, key: "{store}"}}
      - if: always() && steps.shipway.outcome != 'skipped'
        run: cat {report} >> "$GITHUB_STEP_SUMMARY"
      - if: always() && steps.shipway.outcome != 'skipped' && {own}
        env: {{GH_TOKEN: "${{{{ github.token }}}}", NUMBER: "${{{{ github.event.number }}}}"}}
        run: |
          issues="repos/$GITHUB_REPOSITORY/issues"
          ours='.[] | select(.body | startswith("<!-- shipway -->")) | .id'
          id=$(gh api --paginate "$issues/$NUMBER/comments" --jq "$ours" | tail -n 1)
          if [ -n "$id" ]; then set -- --method PATCH "$issues/comments/$id"
          else set -- "$issues/$NUMBER/comments"; fi
          gh api "$@" --silent --field body=@{report}
"""


class GithubCi:
    """GitHub Actions."""

    path = ".github/workflows/shipway.yml"

    def text(self, wanted: CiWanted) -> str:
        """The workflow."""
        more = ", lfs: true" if wanted.lfs else ""
        more += ", submodules: recursive" if wanted.submodules else ""
        return WORKFLOW.format(
            branch=_quoted(wanted.branch),
            checkout=CHECKOUT,
            more=more,
            setup_python=PYTHON,
            python=wanted.python,
            cache=CACHE.format("cache"),
            restore=CACHE.format("cache/restore"),
            save=CACHE.format("cache/save"),
            environments=ENVIRONMENTS,
            stores=_paths(wanted.stores),
            store=STORE,
            install=_step(wanted.install),
            command=wanted.command,
            report=REPORT,
            own=OWN,
        )


def _quoted(branch: str) -> str:
    """A branch in a list of patterns, where `+` and `!` would mean something else."""
    escaped = re.sub(r"([+!])", r"\\\1", branch)
    if re.fullmatch(r"[A-Za-z][\w./-]*", escaped):
        return escaped
    return "'" + escaped.replace("'", "''") + "'"


def _paths(folders: Sequence[str]) -> str:
    """Folders as one value of YAML: the cache takes a list of lines."""
    text = "\n".join(folders)
    return text if PLAIN_PATH.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _step(command: str) -> str:
    """A command as a value of YAML: plain where it is, else as a block of one line."""
    return command if PLAIN.fullmatch(command) else f"|\n          {command}"
