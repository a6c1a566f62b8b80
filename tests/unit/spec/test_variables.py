# SPDX-License-Identifier: Apache-2.0
import pytest

from shipway.base.errors import InputError
from shipway.spec.variables import resolve, variables


def test_variables_are_replaced_once():
    environ = {"A": "one", "B": "${A}"}
    assert resolve("x-${A}-${B}-${A}", environ) == "x-one-${A}-one"


@pytest.mark.parametrize("text", ["", "$A", "{A}", "${}", "${1A}", "${A", "$${"])
def test_other_texts_stay(text):
    assert resolve(text, {"A": "one"}) == text


def test_an_unset_variable_is_named_with_its_place_but_no_value_is():
    with pytest.raises(InputError) as caught:
        resolve("${SLACK_UL}", {"SLACK_URL": "secret"}, "shipway.yaml:9:3")
    said = str(caught.value)
    assert said.startswith("shipway.yaml:9:3: the environment variable SLACK_UL is not set")
    assert "SLACK_URL" in said
    assert "secret" not in said


def test_variables_are_named_in_order():
    assert variables("${B}/${A}/${B}") == ("B", "A")
