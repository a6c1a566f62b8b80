# SPDX-License-Identifier: Apache-2.0
"""The same model gives the same skops file, and the file still gives the same model."""

import io
import random
import zipfile

import numpy as np
import pytest
import skops.io
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from shipway_runtime.flavours.canonical import canonical
from shipway_runtime.flavours.trusted import own_types

X = np.random.default_rng(0).normal(size=(80, 3))
Y = (X[:, 0] > 0).astype(int)


def load(data):
    return skops.io.loads(data, trusted=skops.io.get_untrusted_types(data=data))


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        RandomForestClassifier(5, random_state=1, n_jobs=2),
        HistGradientBoostingClassifier(max_iter=5, random_state=1),
        DecisionTreeClassifier(random_state=1),
        KNeighborsClassifier(),
    ],
    ids=lambda model: type(model).__name__,
)
def test_two_trainings_are_one_file(model):
    first = canonical(skops.io.dumps(model.fit(X, Y)))
    expected = model.predict_proba(X)
    litter = [np.full(97, random.random()) for _ in range(500)]
    second = canonical(skops.io.dumps(model.fit(X, Y)))
    assert len(litter) == 500
    assert first == second
    assert np.array_equal(load(first).predict_proba(X), expected)


def test_it_is_canonical_already():
    once = canonical(skops.io.dumps(LogisticRegression().fit(X, Y)))
    assert canonical(once) == once


def test_values_of_every_kind_survive():
    shared = [1, 2]
    value = {
        "shared": [shared, shared],
        "set": {"b", "a", "c"},
        "numbers": {3, 1, 2},
        "bytes": [b"x", bytearray(b"y")],
        "sparse": sparse.csr_matrix(np.eye(3)),
        "array": np.arange(3.0),
        "objects": np.array(["a", None], dtype=object),
        "keys": {1: "a", "file": "b", "__loader__": "c", "__id__": 5},
    }
    found = load(canonical(skops.io.dumps(value)))
    assert found["shared"][0] is found["shared"][1]
    assert found["set"] == value["set"]
    assert found["bytes"] == value["bytes"]
    assert found["keys"] == value["keys"]
    assert (found["sparse"] != value["sparse"]).nnz == 0
    assert found["objects"].tolist() == ["a", None]


def test_sets_do_not_depend_on_their_order():
    one, other = {0, 8}, {8, 0}  # they collide: the first one in comes first
    assert list(one) != list(other)
    for kind in (set, frozenset):
        values = [kind(one), kind(other)]
        assert canonical(skops.io.dumps([values[0]])) == canonical(skops.io.dumps([values[1]]))
        assert load(canonical(skops.io.dumps([values[1]]))) == [one]


def test_padding_is_not_written():
    kind = np.dtype({"names": ["a", "b"], "formats": ["u1", "f8"], "offsets": [0, 8]})
    files = []
    for litter in (0, 255):
        array = np.frombuffer(bytearray([litter]) * 32, dtype=kind).copy()
        raw = np.frombuffer(bytearray([litter]) * 32, dtype=np.uint8).copy()
        array = raw.view(kind)
        array["a"], array["b"] = 1, 2.5
        files.append(canonical(skops.io.dumps([array])))
    assert files[0] == files[1]
    assert load(files[0])[0]["b"].tolist() == [2.5, 2.5]


def test_members_have_no_time_and_no_address():
    data = canonical(skops.io.dumps(RandomForestClassifier(2, random_state=0).fit(X, Y)))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
    assert {member.date_time for member in members} == {(1980, 1, 1, 0, 0, 0)}
    assert {member.external_attr >> 16 for member in members} == {0o644}
    names = [member.filename for member in members]
    assert names == sorted(names)
    assert names[0] == "000001.npy"


def test_only_classes_and_computing_functions_of_sklearn_are_its_own():
    mine = [
        "sklearn.tree._tree.Tree",
        "sklearn.utils._bunch.Bunch",
        "sklearn.feature_selection._univariate_selection.f_classif",
        "scipy.sparse._csr.csr_matrix",
    ]
    others = [
        "sklearn.datasets._base.load_files",
        "sklearn.externals._packaging.version.Version",
        "sklearn.utils.os",
        "sklearn.nowhere.Thing",
        "sklearn.tree._tree.Tree.__reduce__",
        "os.system",
        "sklearnevil.Model",
        "builtins.eval",
        "joblib.load",
    ]
    assert own_types([*mine, *others]) == mine
