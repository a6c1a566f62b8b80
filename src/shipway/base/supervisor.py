# SPDX-License-Identifier: Apache-2.0
"""Stands between a run and one of its processes, so that nothing outlives the run.

A script of its own, run by path; the runner imports nothing of it but the words LEFT_RUNNING:

    python -I -S supervisor.py LIFELINE GRACE -- /path/of/program argument …

LIFELINE is the reading end of a pipe whose other end only the runner holds. When the runner dies,
by SIGKILL too, the kernel closes that end; the supervisor sees it and ends every descendant:
SIGTERM, GRACE seconds, SIGKILL, until none is left. The same happens at SIGTERM, and to daemons
that are left when the program has ended, after a line that names them. Being their subreaper, it
is handed even those that forked twice into a session of their own (Linux; elsewhere only what is
still below it is found).

Its exit code is the program's, or 128 + n when signal n ended it. Starting quickly matters more
here than anything: this module imports the least that it can.
"""

# The C half of `signal`: the other half imports enum, a third of this script's start.
import _signal as signal  # type: ignore[import-not-found]
import os
import select
import sys
import time

SET_PARENT_DEATH_SIGNAL = 1
SET_CHILD_SUBREAPER = 36
STUBBORN = 10.0
CANT_START = 126
LEFT_RUNNING = "shipway: the program ended and left running: "
MOMENT = 0.25


def control(option: int, value: int) -> None:
    """Linux's prctl(2); nothing elsewhere."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def start(argv: list[str]) -> int:
    """Start the program in a session of its own and return its process id."""
    child = os.fork()
    if child:
        return child
    try:
        control(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        os.setsid()
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        os.execv(argv[0], argv)  # noqa: S606
    except OSError as error:
        os.write(2, f"{argv[0]} can't be started: {error.strerror}\n".encode())
    finally:
        os._exit(CANT_START)


def reap(child: int, code: int | None) -> tuple[int | None, bool]:
    """Collect all who have ended: the exit code of `child` once known, and whether any is left."""
    while True:
        try:
            process, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code, False
        if process == 0:
            return code, True
        if process == child:
            ended = os.waitstatus_to_exitcode(status)
            code = 128 - ended if ended < 0 else ended


def parents() -> dict[int, int]:
    """Each process's parent, as far as they can be seen."""
    if sys.platform != "linux":
        with os.popen("ps -A -o pid= -o ppid=") as table:  # noqa: S605
            return {int(pid): int(parent) for pid, parent in map(str.split, table)}
    found = {}
    for name in os.listdir("/proc"):  # noqa: PTH208
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as stream:  # noqa: PTH123
                    text = stream.read()
            except OSError:
                continue
            # The program's name stands in brackets and may hold anything, brackets too.
            found[int(name)] = int(text[text.rindex(b")") + 2 :].split()[1])
    return found


def descendants() -> list[int]:
    """All processes below this one."""
    below = {os.getpid()}
    table = parents()
    grown = True
    while grown:
        new = {pid for pid, parent in table.items() if parent in below} - below
        below |= new
        grown = bool(new)
    return sorted(below - {os.getpid()})


def tell_all(*signals: int) -> None:
    """Send `signals` to every descendant."""
    for pid in descendants():
        for number in signals:
            try:
                os.kill(pid, number)
            except OSError:
                break


def end_all(child: int, code: int | None, grace: float) -> int | None:
    """End every descendant; gives up only on those that may not be killed (another user's)."""
    tell_all(signal.SIGTERM, signal.SIGCONT)
    begun = time.monotonic()
    pause = 0.002
    while time.monotonic() - begun < grace + STUBBORN:
        code, left = reap(child, code)
        if not left:
            break
        if time.monotonic() - begun > grace:
            tell_all(signal.SIGKILL)
        time.sleep(pause)
        pause = min(pause * 2, 0.05)
    return code


def name_of(pid: int) -> str:
    """The beginning of a process's command line."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as stream:  # noqa: PTH123
            words = stream.read(200).replace(b"\0", b" ").decode("utf-8", "replace").strip()
    except OSError:
        words = ""
    return words[:80] or f"process {pid}"


def say_what_is_left(child: int, code: int) -> bool:
    """Name those who outlive the program; False when they end by themselves in a moment."""
    begun = time.monotonic()
    while time.monotonic() - begun < MOMENT:
        if not reap(child, code)[1]:
            return False
        time.sleep(0.01)
    names = [name_of(pid) for pid in descendants()]
    if names:
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        text = " | ".join(names[:3]).replace("\n", " ")
        os.write(2, f"\n{LEFT_RUNNING}{text}{more}\n".encode())
    return True


def listen(lifeline: int) -> "tuple[list[int], int]":
    """Keep only the standard streams and the lifeline open; signals arrive on a pipe.

    Gives a list that holds something once SIGTERM, SIGINT or SIGHUP came, and the pipe's end.
    """
    os.closerange(3, lifeline)
    os.closerange(lifeline + 1, 65536)
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    asked: list[int] = []
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, frame: asked.append(number))
    return asked, reading


def supervise(lifeline: int, grace: float, argv: list[str]) -> int:
    """Run `argv` until it, the runner or the patience of whoever sends SIGTERM ends."""
    if os.getsid(0) != os.getpid():
        os.setsid()
    os.set_inheritable(lifeline, False)
    control(SET_CHILD_SUBREAPER, 1)
    child = start(argv)
    asked, waking = listen(lifeline)
    while True:
        code, left = reap(child, None)
        if code is not None or not left or asked:
            break
        ready, _, _ = select.select([lifeline, waking], [], [])
        if lifeline in ready:
            break
        os.read(waking, 4096)
    if left and code is not None and not asked:
        left = say_what_is_left(child, code)
    if left:
        code = end_all(child, code, grace)
    return 128 + signal.SIGKILL if code is None else code


if __name__ == "__main__":
    os._exit(supervise(int(sys.argv[1]), float(sys.argv[2]), sys.argv[4:]))
