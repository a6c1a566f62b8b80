# SPDX-License-Identifier: Apache-2.0
import pytest

from shipway.discovery.target_changes import target_change


@pytest.mark.parametrize(
    ("line", "kind", "positive"),
    [
        ("y = (df.Status == 2).values", "classes", "true"),
        ("y_train = (df['Status'] == 'bad').astype(int)", "classes", "1"),
        ("y = (df.Status != 2)", "classes", "false"),
        ("df['Status'] = df['Status'].map({'a': 0})", "classes", None),
        ("y = LabelEncoder().fit_transform(df.status)", "classes", None),
        ("y = np.log1p(df.Status.values)", "scale", None),
    ],
)
def test_changes_of_the_target_are_seen(tmp_path, line, kind, positive):
    (tmp_path / "a.py").write_text(f"import x\n{line}\n")
    found = target_change(tmp_path, ["b.txt", "missing.py", "a.py"], "Status")
    assert (found.kind, found.positive, str(found.at)) == (kind, positive, "a.py:2")


@pytest.mark.parametrize(
    "line",
    [
        "y = df['Status']",
        "y = df.pop('Status').values.astype(int)",
        "df = df[df.Status != 0]",
        "bad = df.Status == 2",
        "X = np.log1p(df.price)",
        "y = train_test_split(df, df.Status)",
        "y = (",
    ],
)
def test_other_lines_are_no_change(tmp_path, line):
    (tmp_path / "a.py").write_text(line)
    assert target_change(tmp_path, ["a.py"], "Status") is None
