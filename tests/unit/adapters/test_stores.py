# SPDX-License-Identifier: Apache-2.0
"""From the address under `store:` to an open store."""

from pathlib import Path

import pytest

from shipway.adapters.stores.opening import kind_of, open_store
from shipway.base.errors import InputError, NotAvailableYetError


@pytest.mark.parametrize(
    ("address", "kind"),
    [(".shipway/store", "folder"), ("/srv/store", "folder"), ("s3://bucket/prefix", "s3")],
)
def test_the_scheme_names_the_kind(address: str, kind: str) -> None:
    assert kind_of(address) == kind


def test_a_relative_folder_begins_at_the_spec(tmp_path: Path) -> None:
    store = open_store(".shipway/store", tmp_path)
    assert list(tmp_path.iterdir()) == []
    store.put("cache/a.json", b"{}")
    assert (tmp_path / ".shipway" / "store" / "cache" / "a.json").read_bytes() == b"{}"


def test_an_absolute_folder_and_the_home_folder_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert open_store(str(tmp_path / "s"), Path("/elsewhere")).location == str(tmp_path / "s")
    assert open_store("~/s", Path("/elsewhere")).location == str(tmp_path / "home" / "s")


def test_other_kinds_are_errors_that_say_so(tmp_path: Path) -> None:
    with pytest.raises(NotAvailableYetError, match="s3") as caught:
        open_store("s3://bucket/prefix", tmp_path, where="shipway.yaml:9:8")
    assert caught.value.where == "shipway.yaml:9:8"
    with pytest.raises(InputError, match="floder"):
        open_store("floder://x", tmp_path)
    with pytest.raises(InputError, match="no folder"):
        open_store(" ", tmp_path)
