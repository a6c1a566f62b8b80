# SPDX-License-Identifier: Apache-2.0
"""Model files that a web application of the project's own reads."""

import json
import pickle

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from shipway_runtime import formats, worker
from shipway_runtime.errors import UserError
from shipway_runtime.flavours import Trust, flavour
from shipway_runtime.formats import FinishRequest, TableFiles


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = {"a": [0.0, 1.0, 2.0, 3.0], "y": [0, 0, 1, 1]}
    pl.DataFrame(rows).write_parquet(tmp_path / "train.parquet")
    (tmp_path / "models").mkdir()
    return tmp_path


def finish(place, *names, **more):
    table = TableFiles((str(place / "train.parquet"),), "parquet")
    request = FinishRequest(
        model_files=names,
        data={"train": table},
        output=str(place / "model"),
        result=str(place / "result.json"),
        task="binary",
        target="y",
        application=True,
        **more,
    )
    return worker.finish(request), formats.read_model(place / "model")


def test_files_of_which_nothing_is_known_are_the_model_as_they_are(place, capsys):
    (place / "models" / "a.json").write_text("{}")
    (place / "models" / "b.bin").write_bytes(b"\0" * 10)
    result, info = finish(place, "models")
    assert (result.flavour, result.features, result.golden_rows) == ("files", (), 0)
    assert sorted(info.files) == ["files/models/a.json", "files/models/b.bin"]
    assert "can't predict with the model" in capsys.readouterr().out


def test_an_estimator_is_kept_as_it_was_written_and_can_be_asked_too(place):
    model = LogisticRegression().fit(np.array([[0.0], [1], [2], [3]]), [0, 0, 1, 1])
    path = place / "models" / "clf.pkl"
    path.write_bytes(pickle.dumps(model))
    result, info = finish(place, "models/clf.pkl", allow_pickle=True)
    assert result.flavour == "sklearn"
    assert (place / "model/files/models/clf.pkl").read_bytes() == path.read_bytes()
    assert info.artifact in info.files


def test_a_model_that_wants_other_features_is_the_applications_alone(place):
    model = LogisticRegression().fit(np.zeros((4, 3)), [0, 0, 1, 1])
    (place / "models" / "clf.pkl").write_bytes(pickle.dumps(model))
    result, info = finish(place, "models/clf.pkl", allow_pickle=True)
    assert result.flavour == "files"
    assert list(info.files) == ["files/models/clf.pkl"]


def test_pickles_are_refused_where_they_are_not_allowed(place):
    (place / "models" / "clf.pkl").write_bytes(pickle.dumps({}))
    with pytest.raises(UserError, match="pickle"):
        finish(place, "models/clf.pkl")


def test_no_reader_of_tables_is_needed(place, monkeypatch):
    def nothing(*_):
        raise UserError("tables", "neither polars nor pandas is there")

    monkeypatch.setattr("shipway_runtime.assemble.describe", nothing)
    (place / "models" / "a.json").write_text("{}")
    assert finish(place, "models/a.json")[0].flavour == "files"
    with pytest.raises(UserError, match="neither polars"):
        finish(place, "models/a.json", predict="x:y")


def test_such_a_model_can_not_be_asked(place):
    (place / "models" / "a.json").write_text(json.dumps({}))
    _, info = finish(place, "models/a.json")
    with pytest.raises(UserError, match="only the project's own web application"):
        flavour("files").load(place / "model", info, Trust())
