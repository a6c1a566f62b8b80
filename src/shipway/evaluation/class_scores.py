# SPDX-License-Identifier: Apache-2.0
"""The columns in which the scores of several classes stand, one for each class.

class_columns("score", ["id", "score_cat", "score_dog"])    {"cat": "score_cat", "dog": …}
class_columns("p({class})", ["p(cat)", "p(dog)"])           {"cat": "p(cat)", "dog": "p(dog)"}
"""

from collections.abc import Iterable

from shipway.base.errors import InputError

SLOT = "{class}"


def class_columns(written: str, columns: Iterable[str]) -> dict[str, str]:
    """For each class the column of its scores, in the order of `columns`.

    `written` holds `{class}` where the name of the class stands; without it the class follows an
    underscore. InputError when no column is called so.
    """
    before, slot, after = written.partition(SLOT)
    if not slot:
        before = f"{written}_"
    least = len(before) + len(after)
    found = {
        name[len(before) : len(name) - len(after)]: name
        for name in columns
        if len(name) > least and name.startswith(before) and name.endswith(after)
    }
    if not found:
        raise InputError(
            f"has no column {before}CLASS{after} for any class",
            cure="Write a column with the score of each class, as `shipway predict` does.",
        )
    return found
