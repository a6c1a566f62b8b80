# SPDX-License-Identifier: Apache-2.0
"""Says why requirements can't be met: which lines contradict, and what there is instead.

the requirements contradict each other on Python 3.11
  requirements.txt:1: numpy==1.21.0
  requirements.txt:2: pandas==2.2.0, which needs numpy>=1.23.2,<2
numpy: for Python 3.11 there is 1.23.2 next, and 2.3.5 newest
"""

from collections.abc import Sequence

from shipway.adapters.environments import uvtool
from shipway.adapters.environments.offers import Offers
from shipway.adapters.environments.problems import Problem
from shipway.adapters.environments.requirements import Inputs
from shipway.adapters.environments.statements import Statement, named
from shipway.adapters.environments.uvwords import Words, spoken_of, understand
from shipway.adapters.environments.versions import RELAX
from shipway.base.errors import InputError, ShipwayError

LOCKED = (
    "The pins come from {file}. Lock again for this Python ({command}), or ask for the Python that "
    "it was made for: environment.python."
)
ADDRESS_CURE = "Correct the address, or the branch, tag or commit after its @."
LOOKED_AT = 4


def problems_error(problems: Sequence[Problem]) -> InputError:
    """All requirements that can never be met here, in one error."""
    where = problems[0].statement.where
    relax = f"\n{RELAX}" if any(problem.becomes is not None for problem in problems) else ""
    if len(problems) == 1:
        only = problems[0]
        return InputError(f"{only.statement.text} {only.what}", where=where, cure=only.cure + relax)
    lines = [f"  {p.statement.shown}\n    {p.what}. {p.cure}" for p in problems]
    return InputError(
        "\n".join([f"{len(problems)} requirements can't be met here", *lines]),
        where=where,
        cure=f"Change these lines.{relax}",
    )


def explain_unmet(
    error: uvtool.UvError, inputs: Inputs, python: str, offers: Offers
) -> ShipwayError:
    """The error for requirements that have no solution; OutsideError when nothing was reached."""
    where = ", ".join(inputs.files[:3])
    plain = uvtool.explain(
        error, f"the requirements can't be met on Python {python}", where, cure=""
    )
    if not isinstance(plain, InputError):
        return plain
    words = understand(error.said)
    guilty = _guilty(error.said, inputs, words)
    lines = [_headline(error.said, words, guilty, python)]
    lines += [f"  {one.shown}{_reason(one, words)}" for one in guilty]
    lines += _facts(words, guilty, python, offers)
    if words.build:
        lines.append(f"The build said: {words.died_of}")
    else:
        lines.append(f"uv says: {_short(error.said)}")
    first = guilty[0].where if guilty else where
    cure = ADDRESS_CURE if _is_addressed(error.said) else _cure(words, guilty)
    return InputError("\n".join(lines), where=first, cure=cure)


def _guilty(said: str, inputs: Inputs, words: Words) -> list[Statement]:
    addressed = [one for one in inputs.statements if _is_meant(one, said)]
    if addressed:
        return addressed
    names = dict.fromkeys(one.name for one in inputs.statements if one.name)
    found = [words.build_name] if words.build else spoken_of(said, names)
    return named(inputs.statements, found)


def _is_meant(one: Statement, said: str) -> bool:
    """Whether the message is about the address that a requirement is taken from."""
    address = one.parts.url or ("" if one.parts.name else one.text)
    bare = address.removeprefix("git+").partition("#")[0]
    path = bare.partition("://")[2].rpartition("@")[0] or bare.partition("://")[2]
    return bool(path) and path in said


def _is_addressed(said: str) -> bool:
    return "Git operation failed" in said or "(404 Not Found)" in said


def _headline(said: str, words: Words, guilty: Sequence[Statement], python: str) -> str:
    if "Git operation failed" in said:
        return "a Git repository that is required can't be used"
    if "(404 Not Found)" in said:
        return "an address that is required has nothing to offer"
    if words.build:
        return f"{words.build} has no wheel for Python {python}, and can't be built from source"
    if words.unknown:
        return f"no index that was asked has a package {' or '.join(map(repr, words.unknown))}"
    if words.no_wheels:
        return f"there is no wheel for Python {python} on this platform"
    if words.pythons and not words.needs:
        return f"a package does not run on Python {python}"
    if words.no_version and len(guilty) <= 1:
        return "that version does not exist"
    return f"the requirements contradict each other on Python {python}"


def _reason(one: Statement, words: Words) -> str:
    needs = [f"{need.needed}{need.range}" for need in words.needs if need.package == one.name]
    pythons = [f"Python {need.range}" for need in words.pythons if need.package == one.name]
    found = list(dict.fromkeys([*pythons, *needs]))
    if found:
        return f", which needs {' and '.join(found)}"
    return ", a constraint" if one.kind == "constraint" else ""


def _facts(words: Words, guilty: Sequence[Statement], python: str, offers: Offers) -> list[str]:
    lines = []
    if words.tags:
        lines.append(f"Its wheels are for Python {words.tags}.")
    if words.platforms:
        lines.append(f"Its wheels are for {words.platforms}.")
    asked = [one for one in guilty if one.parts.specifier and one.name not in words.unknown]
    for one in {each.name: each for each in asked[:LOOKED_AT]}.values():
        lines += filter(None, [offers.describe(one.name, one.parts.specifier, python)])
        if words.build or words.no_wheels:
            lines += filter(None, [offers.elsewhere(one.text, python)])
    return lines


def _cure(words: Words, guilty: Sequence[Statement]) -> str:
    locked = next((one for one in guilty if one.file.endswith(".lock")), None)
    if locked is not None:
        command = "poetry lock" if "poetry" in locked.file else "pipenv lock"
        return LOCKED.format(file=locked.file, command=command)
    if words.unknown:
        from shipway.base.names import nearest
        from shipway.codescan.distributions import DISTRIBUTIONS, WELL_KNOWN

        known = {name.lower() for name in DISTRIBUTIONS.values()} | set(WELL_KNOWN)
        guess = nearest(words.unknown[0], known)
        hint = f"Did you mean {guess}? " if guess else ""
        return (
            f"{hint}If it is on an index of your own, name that: a line --extra-index-url ADDRESS, "
            "or the variable UV_INDEX."
        )
    return f"Change a line, or `environment.python`. {RELAX}" if guilty else RELAX


def _short(said: str) -> str:
    """uv's own words without its headline, at most a dozen lines."""
    text = said.removeprefix("error: ").replace(
        "No solution found when resolving dependencies\n", ""
    )
    lines = [line.removeprefix("  cause: ").rstrip() for line in text.splitlines()]
    kept = [line for line in lines if line.strip()][:12]
    return "\n".join(kept).strip()
