# SPDX-License-Identifier: Apache-2.0
import re
from pathlib import Path

import pytest

from shipway.spec.availability import unavailable
from shipway.spec.reader import read_text

DOCS = Path(__file__).resolve().parents[3] / "docs"
PAGES = sorted(page for page in (DOCS / "coexistence").glob("*.md") if page.name != "README.md")


def test_every_page_is_in_the_index():
    index = (DOCS / "coexistence" / "README.md").read_text()
    assert len(PAGES) == 5
    assert all(f"({page.name})" in index for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_file_that_was_tried_is_one_that_runs(page):
    (text,) = re.findall(r"```yaml\n(.*?)```", page.read_text(), re.DOTALL)
    document = read_text(text, Path("shipway.yaml"))
    assert not unavailable(document)
    assert document.spec.train is not None and document.spec.deploy


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_each_page_says_what_was_tried_and_with_which_version(page):
    tried = page.read_text().rpartition("\n\n")[2]
    assert tried.startswith("Tried with") and re.search(r"\d+\.\d", tried)
