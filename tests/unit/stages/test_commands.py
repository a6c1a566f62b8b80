# SPDX-License-Identifier: Apache-2.0
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipway.base.errors import InputError
from shipway.stages.commands import fill, split

DATA = {"data.train": "/d/train set.csv", "data.test": "/d/test.csv"}


@given(st.lists(st.text(), min_size=1).filter(any))
def test_quoted_words_come_back_as_they_were(words):
    assert split(shlex.join(words)) == words


@given(st.text())
def test_any_text_is_split_or_refused_with_its_place(text):
    try:
        assert split(text, where="shipway.yaml:3:1")
    except InputError as error:
        assert error.where == "shipway.yaml:3:1"


@pytest.mark.parametrize("text", ["", "   ", "echo 'open", 'a "b'])
def test_open_quotes_and_nothing_are_refused(text):
    with pytest.raises(InputError):
        split(text)


def test_nothing_is_left_to_a_shell():
    assert split("a && b; c $HOME `d` *.csv > e") == [
        "a", "&&", "b;", "c", "$HOME", "`d`", "*.csv", ">", "e",
    ]  # fmt: skip


def test_names_of_data_become_paths():
    assert fill("--in={data.train},{data.test}", DATA) == "--in=/d/train set.csv,/d/test.csv"


def test_other_braces_stay():
    text = '{"a": 1} {} {0} { data.train } {a-b}'
    assert fill(text, DATA) == text


def test_a_name_that_means_nothing_has_a_neighbour():
    with pytest.raises(InputError, match=r"\{data.trian\} stands for nothing") as caught:
        fill("{data.trian}", DATA, where="shipway.yaml:7:3")
    assert caught.value.cure == "Did you mean 'data.train'?"
    assert caught.value.where == "shipway.yaml:7:3"
    with pytest.raises(InputError) as caught:
        fill("{data.train}", {})
    assert caught.value.cure == "This project declares no data and no params."


@given(st.text(alphabet=st.characters(exclude_characters="{}")))
def test_text_without_braces_stays(text):
    assert fill(text, DATA) == text
