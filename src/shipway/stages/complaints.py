# SPDX-License-Identifier: Apache-2.0
"""What the last lines of a script say about how it expects to be run, and what to do about it.

A stranger's script was written for its author's machine: with arguments typed by hand, a path in
the author's home, a question on the terminal, the network at hand. Each of these fails in a run
with a message that means little to whoever did not write it.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

from shipway.stages.missing import files_in

USAGE = re.compile(r"^usage: .*(?:\n[ \t]+.*)*", re.MULTILINE)
MAIN = re.compile(
    r"(?:Can't get attribute|module '__main__' has no attribute) '(\w+)'"
    r"(?: on <module '__main__'|$)",
    re.MULTILINE,
)
WINDOWS = re.compile(r"[A-Za-z]:[\\/]")
QUESTION = "EOFError: EOF when reading a line"
NETWORK = re.compile(
    r"getaddrinfo failed|Name or service not known|Temporary failure in name resolution"
    r"|nodename nor servname|No address associated with hostname|Max retries exceeded"
    r"|URLError|ConnectionError|NewConnectionError|Network is unreachable|ConnectTimeout"
    r"|ConnectionRefusedError|RemoteDisconnected|curl: \(6\)|curl: \(7\)|wget: unable to resolve"
)
ADDRESS = re.compile(r"(?:https?|s3|gs|ftp)://[^\s'\"<>)]+|host='([\w.-]+)'")
WINDOW = re.compile(
    r"no display name and no \$DISPLAY|couldn't connect to display|cannot open disp"
)


def explain_complaint(tail: str, workspace: Path, data: Iterable[str]) -> str:
    """The cure for what a failed training script complains about; empty when it is none of these.

    `data` are the names of the datasets that the spec declares.
    """
    names = ", ".join(f"{{data.{name}}}" for name in data)
    for complaint in COMPLAINTS:
        found = complaint(tail, workspace, names)
        if found:
            return found
    return ""


def _usage(tail: str, workspace: Path, names: str) -> str:
    found = USAGE.findall(tail)
    if not found:
        return ""
    have = f"the data is {names}" if names else "this project declares no data"
    return (
        "The script asks for arguments that it was not given, or does not know one that it was:\n"
        f"    {found[-1]}\n"
        f'Write them into `train.command` (in quotes; {have}): "python train.py --data '
        f'{names.partition(",")[0] or "FILE"}".'
    )


def _question(tail: str, workspace: Path, names: str) -> str:
    if QUESTION not in tail:
        return ""
    return (
        "The script asks a question on its standard input, where nobody answers in a run.\n"
        "Let it take the answer as an argument in `train.command`, or from a variable in "
        "`train.env`."
    )


def _elsewhere(tail: str, workspace: Path, names: str) -> str:
    for path in files_in(tail):
        inside = any(Path(path).is_relative_to(each) for each in (workspace, workspace.resolve()))
        if inside or not (path.startswith(("/", "~")) or WINDOWS.match(path)):
            continue
        way = f"hand it over as {names}" if names else "declare it under `data` or `train.inputs`"
        return (
            f"{path} is a path of another machine.\n"
            "Put the file into the project, declare it under `data` (tables) or `train.inputs` "
            f"(anything else), and let the script open it by its relative path, or {way}."
        )
    return ""


def _network(tail: str, workspace: Path, names: str) -> str:
    if not NETWORK.search(tail):
        return ""
    address = ADDRESS.search(tail)
    where = f" ({address.group(1) or address.group()})" if address else ""
    return (
        f"The script asked the network for something and got no answer{where}.\n"
        "Download it once, and declare the file under `data` or `train.inputs`: what comes from "
        "the network in the middle of a run is in no fingerprint, and may be different tomorrow."
    )


def _window(tail: str, workspace: Path, names: str) -> str:
    if not WINDOW.search(tail):
        return ""
    return "The script opens a window, but a run has no screen. Let it write pictures to files."


def _main(tail: str, workspace: Path, names: str) -> str:
    found = MAIN.search(tail)
    if not found:
        return ""
    name = found[1]
    return (
        f"The model was pickled by a script that defines {name} itself: where it is read, there is "
        f"no such script.\nMove {name} to a module of its own and import it in the script."
    )


COMPLAINTS: tuple[Callable[[str, Path, str], str], ...] = (
    _usage,
    _question,
    _elsewhere,
    _main,
    _network,
    _window,
)
