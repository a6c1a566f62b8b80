# SPDX-License-Identifier: Apache-2.0
"""Asks py-rattler, in a process of its own: `python -m …conda_worker REQUEST RESULT`.

Of its own, because its threads do not end with an interpreter that goes, because a cancelled run
ends a process but not a download, and because passwords of channels then live in one place only.
A request and a result are files of JSON; a failure is a result, too.
"""

import asyncio
import datetime
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from shipway.adapters.environments.conda_lock import CondaPackage
from shipway.base.digests import of_file
from shipway.spec.variables import VARIABLE, resolve, variables

if TYPE_CHECKING:
    from rattler import RepoDataRecord

MISSING = re.compile(
    r"[Nn]o candidates were found for ([^\s,.]+)|└─ (\S+) .*, for which no candidates were found"
)
ELSEWHERE = ("win-64", "osx-arm64", "osx-64", "linux-64")
PATIENCE = datetime.timedelta(minutes=10)


class Request(msgspec.Struct, frozen=True):
    """What is asked: `solve` needs channels and specs, `install` packages, needs and prefix."""

    verb: str
    platform: str
    cache: str
    channels: tuple[str, ...] = ()
    specs: tuple[str, ...] = ()
    packages: tuple[CondaPackage, ...] = ()
    needs: tuple[str, ...] = ()
    prefix: str = ""


class Result(msgspec.Struct, frozen=True):
    """The packages; or `failed` (spec, solve, channel, install, needs) with what rattler `said`.

    `offers` are the versions that the channels have of packages that were not found as asked for,
    `number` is that of the spec that can't be read.
    """

    packages: tuple[CondaPackage, ...] = ()
    failed: str = ""
    said: str = ""
    number: int = -1
    offers: dict[str, tuple[str, ...]] = {}


class Channels:
    """The channels by their addresses, with and without the values of variables."""

    def __init__(self, templates: Sequence[str]) -> None:
        self.known = [(template, resolve(template, os.environ)) for template in templates]
        self.secrets = [os.environ[name] for one in templates for name in variables(one)]

    @property
    def addresses(self) -> list[str]:
        """What rattler is given."""
        return [address for _, address in self.known]

    def without_secrets(self, text: str) -> str:
        """A text of rattler's with no value of a variable in it."""
        for template, address in self.known:
            if VARIABLE.search(template):
                text = text.replace(address.rstrip("/"), template.rstrip("/"))
        for secret in sorted(filter(None, self.secrets), key=len, reverse=True):
            text = text.replace(secret, "***")
        return text


async def solve(request: Request) -> Result:
    """The packages that meet the specs."""
    import rattler
    from rattler.exceptions import GatewayError, InvalidMatchSpecError, SolverError

    specs = []
    for number, text in enumerate(request.specs):
        try:
            specs.append(rattler.MatchSpec(text))
        except InvalidMatchSpecError as error:
            return Result(failed="spec", said=str(error).splitlines()[0], number=number)
    channels = Channels(request.channels)
    sources: list[Any] = channels.addresses
    # `pytorch::pytorch` asks a channel that the file need not list.
    named = [spec.channel for spec in specs if spec.channel is not None]
    present = {rattler.Channel(address).base_url for address in sources}
    sources += {one.base_url: one for one in named if one.base_url not in present}.values()
    gateway = rattler.Gateway(cache_dir=Path(request.cache) / "index")
    try:
        records = await rattler.solve(
            sources,
            specs,
            gateway=gateway,
            platforms=[request.platform, "noarch"],  # type: ignore[list-item]
            virtual_packages=rattler.VirtualPackage.detect(),
            timeout=PATIENCE,
            channel_relations="disabled",
        )
    except SolverError as error:
        said = channels.without_secrets(str(error))
        offers = await _offers(gateway, sources, request.platform, said)
        return Result(failed="solve", said=said, offers=offers)
    except GatewayError as error:
        return Result(failed="channel", said=channels.without_secrets(str(error)))
    return _found(records, channels)


def _found(records: "Sequence[RepoDataRecord]", channels: Channels) -> Result:
    unnamed = [record.name.normalized for record in records if record.sha256 is None]
    if unnamed:
        said = f"the channel gives no sha256 for {', '.join(unnamed)}"
        return Result(failed="channel", said=said)
    return Result(packages=tuple(_package(record, channels) for record in records))


def _package(record: "RepoDataRecord", channels: Channels) -> CondaPackage:
    noarch = "python" if record.noarch.python else "generic" if record.noarch.generic else None
    return CondaPackage(
        name=record.name.normalized,
        version=str(record.version),
        build=str(record.build),
        build_number=record.build_number,
        subdir=record.subdir,
        url=channels.without_secrets(record.url),
        sha256=(record.sha256 or b"").hex(),
        size=record.size,
        noarch=noarch,
        depends=tuple(record.depends),
        constrains=tuple(record.constrains),
        python_site_packages_path=record.python_site_packages_path,
    )


async def _offers(
    gateway: Any, sources: Sequence[Any], platform: str, said: str
) -> dict[str, tuple[str, ...]]:
    """The versions, oldest first, of what had no candidates; those of other platforms by name."""
    found: dict[str, tuple[str, ...]] = {}
    names = [first or second for first, second in MISSING.findall(said)]
    for name in dict.fromkeys(name for name in names if not name.startswith("__")):
        found[name] = await _versions(gateway, sources, [platform, "noarch"], name)
        for other in ELSEWHERE if not found[name] else ():
            if await _versions(gateway, sources, [other], name):
                found[name] = (f"only for {other}",)
                break
    return found


async def _versions(
    gateway: Any, sources: Sequence[Any], platforms: list[str], name: str
) -> tuple[str, ...]:
    from rattler.exceptions import GatewayError

    try:
        answers = await gateway.query(sources, platforms, [name], recursive=False)
    except GatewayError:
        return ()
    versions = {record.version for answer in answers for record in answer}
    return tuple(dict.fromkeys(str(version) for version in sorted(versions)))


async def install(request: Request) -> Result:
    """Put the packages into the prefix."""
    import rattler
    from rattler.exceptions import InstallerError

    unmet = _unmet(request.needs)
    if unmet:
        return Result(failed="needs", said=", ".join(unmet))
    channels = Channels([package.url for package in request.packages])
    records = []
    for package, address in zip(request.packages, channels.addresses, strict=True):
        # rattler compares what it downloads, but not what it finds in a folder.
        path = Path(address.removeprefix("file://"))
        changed = path.is_file() and of_file(path) != f"sha256:{package.sha256}"
        if address.startswith("file://") and changed:
            return Result(failed="changed", said=package.url)
        records.append(_record(package, address))
    try:
        await rattler.install(
            records, request.prefix, cache_dir=Path(request.cache) / "packages", show_progress=False
        )
    except InstallerError as error:
        return Result(failed="install", said=channels.without_secrets(str(error)))
    for path in Path(request.prefix, "conda-meta").glob("*.json"):
        text = path.read_text()
        if (without := channels.without_secrets(text)) != text:
            path.write_text(without)
    return Result()


def _record(package: CondaPackage, address: str) -> "RepoDataRecord":
    import rattler

    known = rattler.PackageRecord(
        name=package.name,
        version=package.version,
        build=rattler.BuildString(package.build),
        build_number=package.build_number,
        subdir=package.subdir,
        noarch=rattler.NoArchType(package.noarch),  # type: ignore[arg-type]
        depends=list(package.depends),
        constrains=list(package.constrains),
        sha256=bytes.fromhex(package.sha256),
        size=package.size,
        python_site_packages_path=package.python_site_packages_path,
    )
    channel, _, _ = address.rpartition(f"/{package.subdir}/")
    return rattler.RepoDataRecord(known, address.rpartition("/")[2], address, channel)


def _unmet(needs: Sequence[str]) -> list[str]:
    """Demands of the packages that this machine does not meet."""
    import rattler

    here = {}
    for detected in rattler.VirtualPackage.detect():
        one = detected.into_generic()
        record = rattler.PackageRecord(
            one.name.normalized, str(one.version), one.build_string, 0, "noarch"
        )
        here[one.name.normalized] = record
    unmet = []
    for need in needs:
        found = here.get(need.split()[0])
        if found is None or not found.matches(rattler.MatchSpec(need)):
            unmet.append(need)
    return unmet


def main(request: str, result: str) -> None:
    """Carry out the request and end: threads of rattler's do not keep this process."""
    asked = msgspec.json.decode(Path(request).read_bytes(), type=Request)
    answer = asyncio.run(solve(asked) if asked.verb == "solve" else install(asked))
    Path(result).write_bytes(msgspec.json.encode(answer))
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
