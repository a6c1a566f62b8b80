# SPDX-License-Identifier: Apache-2.0
from shipway.operations.doctor import examine


def by_name(folder):
    return {finding.what: finding for finding in examine(folder)}


def test_a_folder_without_a_spec_is_told_how_to_begin(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    found = by_name(tmp_path)
    assert (found["spec"].state, found["spec"].cure) == ("warning", "Make one: shipway init")
    assert found["Python"].state == found["Git"].state == found["signing key"].state == "good"


def test_trouble_has_a_cure(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    (tmp_path / "shipway.yaml").write_text("shipway: 1\nprojct: x\n")
    assert by_name(tmp_path)["spec"].state == "trouble"
    text = "shipway: 1\nproject: x\ndeploy: {production: {target: local}}\n"
    (tmp_path / "shipway.yaml").write_text(text)
    found = by_name(tmp_path)
    assert found["spec"].state == "good"
    assert found["repository"].state == "trouble"
    assert found["endpoint production"].found == "nothing is live"


def test_a_key_that_others_can_read_is_trouble(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    key = tmp_path / "shipway" / "keys" / "signing.pem"
    key.parent.mkdir(parents=True)
    key.write_text("x")
    key.chmod(0o644)
    assert by_name(tmp_path)["signing key"].cure == f"chmod 600 {key}"
