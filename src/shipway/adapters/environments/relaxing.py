# SPDX-License-Identifier: Apache-2.0
"""Finds the fewest pins to loosen so that requirements resolve, and how little each must give.

Each failure of uv names pins of which at least one has to go: a conflict. The smallest set that
meets every conflict known so far is tried; it resolves, or uv names another conflict. So the first
set that resolves is a smallest one. Then each of its pins is tightened as far as it goes:

    numpy==1.21.0 → numpy~=1.21.0 → numpy>=1.21.0,<2 → numpy>=1.21.0 → numpy
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from shipway.adapters.environments import uvtool
from shipway.adapters.environments.compiling import compile_lock
from shipway.adapters.environments.explaining import problems_error
from shipway.adapters.environments.hitting import smallest_sets
from shipway.adapters.environments.locks import locked_packages
from shipway.adapters.environments.offers import Offers
from shipway.adapters.environments.requirements import Inputs
from shipway.adapters.environments.singles import fail_alone
from shipway.adapters.environments.statements import Statement, clauses
from shipway.adapters.environments.uvwords import spoken_of, understand
from shipway.adapters.environments.versions import minimum_constraints

ATTEMPTS = 120
ALTERNATIVES = 4
# One search asks a hundred times about the same packages; asking the index each time whether they
# changed takes a hundred times as long as the resolving.
CACHED = ("--offline",)
UNCACHED = ("network was disabled", "not found in the cache", "offline")
Tell = Callable[[str], None]
Texts = Mapping[int, str]


class Change(msgspec.Struct, frozen=True):
    """One line, what it becomes (empty: removed), and the version that is then taken."""

    statement: Statement
    becomes: str
    takes: str = ""


class Unrelaxable(Exception):  # noqa: N818 - it is an answer, which the caller explains
    """No loosening of pins helps; what uv says with all of them loose."""

    def __init__(self, error: uvtool.UvError) -> None:
        super().__init__(error.said)
        self.error = error


class Relaxing:
    """One search over the statements of `inputs` for the Python at `interpreter`."""

    def __init__(self, inputs: Inputs, interpreter: str, tell: Tell) -> None:
        self.inputs = inputs
        self.interpreter = interpreter
        self.tell = tell
        self.flags: tuple[str, ...] = ()
        self.attempts = 0
        self.exact = True

    def find(self) -> list[Change]:
        """The changes; none when the requirements resolve as they are.

        InputError for a requirement that nobody can mend but the user; Unrelaxable.
        """
        mended = self._mended()
        if not mended and self._fails(mended) is None:
            return []
        self.tell("looking at each pin alone")
        loose = self._loosenable(mended)
        alone, source_only = fail_alone(self.inputs, loose, self.interpreter, self.tell)
        names = {one.name for one in self.inputs.statements if one.name} - source_only
        self.flags = tuple(word for name in sorted(names) for word in ("--only-binary", name))
        chosen = self._search(mended, loose, [frozenset([index]) for index in alone])
        best = self._best(mended, loose, chosen)
        texts = self._widened(mended, loose, best)
        return self._changes({**mended, **texts})

    def _mended(self) -> dict[int, str]:
        """Lines that are wrong by themselves, and what each becomes."""
        hopeless = [problem for problem in self.inputs.problems if problem.becomes is None]
        if hopeless:
            raise problems_error(hopeless)
        found = {}
        for problem in self.inputs.problems:
            found[self.inputs.statements.index(problem.statement)] = problem.becomes or ""
        return found

    def _loosenable(self, mended: Texts) -> dict[int, Statement]:
        """By its place: each statement that has a range to loosen, as it is after mending."""
        found = {}
        for index, one in enumerate(self.inputs.statements):
            now = msgspec.structs.replace(one, text=mended.get(index, one.text))
            if one.kind in ("requirement", "constraint") and now.parts.specifier:
                found[index] = now
        return found

    def _search(
        self, mended: Texts, loose: Mapping[int, Statement], conflicts: list[frozenset[int]]
    ) -> list[frozenset[int]]:
        """The smallest sets of pins without which the rest resolves; a few, if there are more."""
        while True:
            good: list[frozenset[int]] = []
            for chosen in smallest_sets(conflicts, ALTERNATIVES):
                self.tell(f"trying to loosen {_named(loose, chosen) or 'nothing'}")
                error = self._fails({**mended, **_free(loose, chosen)})
                if error is None:
                    good.append(chosen)
                    continue
                conflicts.append(self._conflict(error, loose, chosen))
                break
            else:
                return good
            if good:
                return good
            if self.attempts > ATTEMPTS:
                self.exact = False
                return [self._all_of(mended, loose, conflicts)]

    def _all_of(
        self, mended: Texts, loose: Mapping[int, Statement], conflicts: Iterable[frozenset[int]]
    ) -> frozenset[int]:
        """Every pin that ever was in a conflict, or else every pin: no longer the fewest."""
        for chosen in (frozenset().union(*conflicts), frozenset(loose)):
            error = self._fails({**mended, **_free(loose, chosen)})
            if error is None:
                return chosen
        raise Unrelaxable(error or uvtool.UvError(""))

    def _conflict(
        self, error: uvtool.UvError, loose: Mapping[int, Statement], chosen: frozenset[int]
    ) -> frozenset[int]:
        """The pins that uv blames, without those that are loose already."""
        words = understand(error.said)
        if words.unknown:
            raise Unrelaxable(error)
        spoken = {*spoken_of(error.said, {o.name for o in loose.values()}), words.build_name}
        blamed = frozenset(i for i, one in loose.items() if one.name in spoken) - chosen
        rest = blamed or frozenset(loose) - chosen
        if not rest:
            raise Unrelaxable(error)
        return rest

    def _best(
        self, mended: Texts, loose: Mapping[int, Statement], found: Sequence[frozenset[int]]
    ) -> frozenset[int]:
        """The set whose own pins have to give least; what all sets share makes no difference."""
        if len(found) == 1:
            return found[0]
        shared = frozenset.intersection(*found)
        costs = [self._tightened(mended, loose, each, each - shared)[1] for each in found]
        return found[costs.index(min(costs))]

    def _widened(
        self, mended: Texts, loose: Mapping[int, Statement], chosen: frozenset[int]
    ) -> dict[int, str]:
        """Each pin as tight as it can be: all begin so, and who is blamed gives way."""
        ranges = {index: [text for _, text in self._ranges(loose[index])] for index in chosen}
        at = dict.fromkeys(sorted(chosen), 0)
        while True:
            texts = {index: ranges[index][step] for index, step in at.items()}
            error = self._fails({**mended, **texts})
            if error is None:
                return self._tightened_again(mended, ranges, at)
            left = [index for index in at if at[index] < len(ranges[index]) - 1]
            if not left:
                return texts
            spoken = spoken_of(error.said, {loose[index].name for index in left})
            blamed = [index for index in left if loose[index].name in spoken] or left
            at[min(blamed, key=lambda index: at[index])] += 1

    def _tightened_again(
        self, mended: Texts, ranges: Mapping[int, Sequence[str]], at: dict[int, int]
    ) -> dict[int, str]:
        """The same, without the steps of those that gave way for nothing."""
        for index in [index for index, step in at.items() if step]:
            for step in range(at[index]):
                texts = {i: ranges[i][step if i == index else at[i]] for i in at}
                if self._fails({**mended, **texts}) is None:
                    at[index] = step
                    break
        return {index: ranges[index][step] for index, step in at.items()}

    def _tightened(
        self,
        mended: Texts,
        loose: Mapping[int, Statement],
        chosen: frozenset[int],
        which: frozenset[int],
    ) -> tuple[dict[int, str], int]:
        """The tightest text for each pin of `which`, and how far they went in all."""
        texts = _free(loose, chosen)
        steps = 0
        for index in sorted(which):
            ranges = self._ranges(loose[index])
            for step, text in ranges:
                texts[index] = text
                if step == ranges[-1][0] or self._fails({**mended, **texts}) is None:
                    steps += step + 10 * (step == ranges[-1][0])
                    break
        return texts, steps

    def _ranges(self, one: Statement) -> list[tuple[int, str]]:
        """The wider and wider texts for a pin, with their number, that have a version at all."""
        parts = one.parts
        texts = [parts.with_specifier(specifier) for specifier in ladder(parts.specifier)]
        numbered = list(enumerate(texts))
        offers = Offers(self.inputs, self.interpreter)
        return [each for each in numbered[:-1] if offers.fits(each[1])] + numbered[-1:]

    def _fails(self, texts: Texts) -> uvtool.UvError | None:
        """What uv says against the statements with `texts` in place of their own."""
        self.attempts += 1
        try:
            self._lock(texts, (*self.flags, *CACHED))
            return None
        except uvtool.UvError as error:
            if not any(sign in error.said for sign in UNCACHED):
                return error
        try:
            self._lock(texts, self.flags)
        except uvtool.UvError as error:
            # Raises when it is the network's fault: no pin is to blame for that.
            uvtool.check_reached(error)
            return error
        return None

    def _lock(self, texts: Texts, flags: Sequence[str]) -> str:
        statements = [
            msgspec.structs.replace(one, text=texts.get(index, one.text))
            for index, one in enumerate(self.inputs.statements)
            if texts.get(index, one.text)
        ]
        # Versions that resolve but can't run beside the runtime are no way out.
        wanted = [*statements, *minimum_constraints()]
        return compile_lock(self.inputs, wanted, self.interpreter, flags)

    def _changes(self, texts: Texts) -> list[Change]:
        lock = self._lock(texts, self.flags)
        versions = {package.name: package.version for package in locked_packages(lock)}
        changes = []
        for index in sorted(texts):
            one = self.inputs.statements[index]
            name = msgspec.structs.replace(one, text=texts[index]).name
            changes.append(Change(one, texts[index], versions.get(name, "")))
        return changes


def ladder(specifier: str) -> list[str]:
    """Wider and wider ranges instead of `specifier`; the last one is any version at all."""
    found: list[str] = []
    pairs = clauses(specifier)
    floor = next((v for o, v in pairs if o in ("==", "===", "~=", ">=", ">")), "")
    floor = floor.removesuffix(".*").partition("+")[0]
    exact = len(pairs) == 1 and pairs[0][0] in ("==", "===")
    if floor and (exact or pairs[0][0] == "~="):
        if exact and floor.count(".") >= 2:
            found.append(f"~={floor}")
        major = floor.partition(".")[0].partition("!")[0]
        if major.isdigit():
            found.append(f">={floor},<{int(major) + 1}")
    if floor:
        found.append(f">={floor}")
    return [*(each for each in found if each != specifier), ""]


def _free(loose: Mapping[int, Statement], chosen: Iterable[int]) -> dict[int, str]:
    return {index: loose[index].parts.with_specifier("") for index in chosen}


def _named(loose: Mapping[int, Statement], chosen: Iterable[int]) -> str:
    names = [loose[index].parts.name for index in sorted(chosen)]
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return ", ".join(names[:6]) + more
