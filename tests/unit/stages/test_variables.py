# SPDX-License-Identifier: Apache-2.0
"""What a fingerprint knows of the variables that an `env:` takes."""

from shipway.stages.variables import variable_digests

ENV = {"LEVEL": "${LEVEL}", "DATA": "${FOLDER}/a.csv", "KEY": "${API_KEY}", "PLAIN": "1"}


def test_another_value_is_another_digest_and_is_not_written_down(monkeypatch):
    monkeypatch.setenv("LEVEL", "first-value")
    monkeypatch.setenv("FOLDER", "/somewhere")
    before = variable_digests(ENV)
    assert sorted(before) == ["FOLDER", "LEVEL"]
    assert "first-value" not in repr(before)
    assert variable_digests(ENV) == before
    monkeypatch.setenv("LEVEL", "second-value")
    assert variable_digests(ENV) != before


def test_of_a_secret_not_even_the_digest(monkeypatch):
    monkeypatch.setenv("API_KEY", "a-long-key")
    monkeypatch.setenv("LEVEL", "postgres://me:password@host/base")
    monkeypatch.delenv("FOLDER", raising=False)
    assert variable_digests(ENV) == {}
