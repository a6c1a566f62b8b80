# SPDX-License-Identifier: Apache-2.0
"""Names of columns that trip people up: blanks at their ends, none at all, two that only differ in
how they are written, and a table in which they are written in several ways.
"""

from collections.abc import Iterator, Sequence

from shipway.data.suspicions.look import Look
from shipway.data.wording import listed
from shipway.records.inference import Suspicion
from shipway.spec.scalar_text import quoted

FEW = 3


def odd_names(look: Look) -> Iterator[Suspicion]:
    """What is odd about single names, and about all of them together."""
    names = [column.name for column in look.profile.columns]
    for name in names:
        if not name.strip():
            text = "a column has no name: an index that was saved along?"
            yield Suspicion("no_name", name, text)
        elif name != name.strip():
            text = f"the name {name!r} has blanks around it"
            yield Suspicion("name", name, text, _rule(name))
    yield from _alike(names)
    yield from _styles([name.strip() for name in names if name.strip()])


def _alike(names: Sequence[str]) -> Iterator[Suspicion]:
    known: dict[str, str] = {}
    for name in names:
        plain = "".join(each for each in name.casefold() if each.isalnum())
        first = known.setdefault(plain, name) if plain else name
        if first != name:
            text = f"is written {name!r}, another column {first!r}: the same thing?"
            yield Suspicion("name", name, text, _rule(name) if name.strip() else "")


def _styles(names: Sequence[str]) -> Iterator[Suspicion]:
    """Blanks in names, where not all names are written alike."""
    blank = [name for name in names if " " in name]
    other = [name for name in names if "_" in name]
    words = [word for name in names for word in name.replace("_", " ").split()]
    spelt: dict[str, set[str]] = {}
    for word in words:
        spelt.setdefault(word.casefold(), set()).add(word)
    cases = [sorted(found) for found in spelt.values() if len(found) > 1]
    small = [name for name in names if name[0].islower()]
    large = [name for name in names if name[0].isupper()]
    mixed = bool(cases) or (bool(small) and bool(large))
    if not blank or not (other or mixed):
        return
    said = [f"{len(blank)} with blanks ({listed(blank[:FEW])})"]
    said += [f"{len(other)} with underscores ({listed(other[:FEW])})"] if other else []
    said += [f"{' and '.join(found)}" for found in cases[:FEW]]
    if small and large:
        said.append(f"{len(small)} in small letters ({listed(small[:FEW])}), {len(large)} not")
    text = f"names are written in several ways: {'; '.join(said)}"
    yield Suspicion("names", "", text, _rule(blank[0]))


def _rule(name: str) -> str:
    """How such a name stands in a rule: between back-quotes."""
    if "`" in name:
        return ""
    return f"rules: [{quoted(f'`{name}` == `{name}`')}]"
