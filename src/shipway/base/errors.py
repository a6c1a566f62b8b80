# SPDX-License-Identifier: Apache-2.0
"""What went wrong, where, and what to do about it.

Every error that a user may see is a `ShipwayError`: it says what happened, where (file, line and
column when they are known) and how to go on, and it carries the exit code of the command. One
place catches them (`shipway.cli.main`); nothing below it prints or exits.

    raise InputError("unknown key 'modle'", where="shipway.yaml:3:1", cure="Did you mean 'model'?")
"""

DONE = 0
STOPPED = 1
INPUT = 2
OUTSIDE = 3
WAITING = 4
BUG = 70
INTERRUPTED = 130


class ShipwayError(Exception):
    """Base of all expected errors: `what` happened, `where`, and the `cure`."""

    exit_code = BUG

    def __init__(self, what: str, *, where: str = "", cure: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.cure = cure

    def __str__(self) -> str:
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text}\n{self.cure}" if self.cure else text


class StoppedError(ShipwayError):
    """A check, test, training, gate or verification did not pass: exit code 1."""

    exit_code = STOPPED


class InputError(ShipwayError):
    """The user's input is wrong (spec, usage, requirements, a declared file): exit code 2."""

    exit_code = INPUT


class OutsideError(ShipwayError):
    """Something outside Shipway failed (network, store, target, disk): exit code 3."""

    exit_code = OUTSIDE


class WaitingError(ShipwayError):
    """Somebody must act before the run can go on (an approval): exit code 4."""

    exit_code = WAITING


class NotAvailableYetError(InputError):
    """The spec asks for something that this version only parses."""
