# SPDX-License-Identifier: Apache-2.0
"""What every target promises. A new kind joins with one line in `KINDS`."""

import json
import sys
import sysconfig
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shipway.adapters.targets.fake import FakeTarget
from shipway.adapters.targets.interface import Release, Target
from shipway.adapters.targets.local import LocalOptions, LocalTarget
from shipway.base.errors import OutsideError

SOURCE = Path(__file__).resolve().parents[3] / "src"

# How a kind makes the target of an empty environment; what it keeps lies in the folder.
KINDS: dict[str, Callable[[Path], Target]] = {
    "fake": lambda folder: FakeTarget(),
    "local": lambda folder: LocalTarget(folder / "state", LocalOptions(start_timeout=20)),
}


@pytest.fixture(params=sorted(KINDS))
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Target]:
    made = KINDS[request.param](tmp_path)
    yield made
    made.stop()


@pytest.fixture
def releases(tmp_path: Path) -> list[Release]:
    """Two releases that any kind can place: a bundle that answers, and what it needs to run."""
    overlay = tmp_path / "overlay"
    (overlay / "runtime").mkdir(parents=True)
    (overlay / "runtime" / "shipway_runtime").symlink_to(SOURCE / "shipway_runtime")
    (overlay / "site").symlink_to(sysconfig.get_path("purelib"))
    return [make_release(tmp_path / f"bundle{number}", overlay, number) for number in (1, 2)]


def make_release(bundle: Path, overlay: Path, number: int) -> Release:
    for folder in ("model", "code"):
        (bundle / folder).mkdir(parents=True)
    (bundle / "code" / "api.py").write_text(f"def predict(rows): return [{number} for _ in rows]\n")
    model = {
        "flavour": "python",
        "task": "regression",
        "target": "y",
        "features": [{"name": "amount", "type": "float"}],
        "frame": "rows",
        "predict": "api:predict",
    }
    (bundle / "model" / "model.json").write_text(json.dumps(model))
    service = {"model": "toy", "version": number, "sys_path": ["code"]}
    (bundle / "service.json").write_text(json.dumps(service))
    return Release(
        id=f"r{number}-aaaaaaaaaaaa",
        package=f"sha256:{str(number) * 64}",
        bundle=bundle,
        interpreter=sys.executable,
        overlay=str(overlay),
        model="toy",
        version=number,
    )


def placed(target: Target) -> list[str]:
    return sorted(each.release for each in target.observe().placed)


def test_nothing_runs_at_first(target: Target) -> None:
    seen = target.observe()
    assert (seen.running, seen.placed, dict(seen.weights)) == (False, (), {})
    target.stop()
    target.retire("r9-never-placed")


def test_a_placed_release_is_healthy_and_takes_no_traffic(
    target: Target, releases: list[Release]
) -> None:
    first = target.place(releases[0])
    assert first.healthy
    assert first.release == releases[0].id
    assert target.place(releases[0]).address == first.address
    seen = target.observe()
    assert [(each.release, each.healthy) for each in seen.placed] == [(releases[0].id, True)]
    assert not seen.weights.get(releases[0].id)


def test_traffic_moves_and_the_endpoint_stays(target: Target, releases: list[Release]) -> None:
    old, new = (release.id for release in releases)
    target.place(releases[0])
    endpoint = target.route({old: 1.0})
    target.place(releases[1])
    assert target.observe().weights.get(old) == 1.0
    assert not target.observe().weights.get(new)
    for _ in range(2):
        assert target.route({new: 1.0}) == endpoint
    seen = target.observe()
    assert (seen.running, seen.endpoint) == (True, endpoint)
    assert {name: weight for name, weight in seen.weights.items() if weight} == {new: 1.0}
    assert placed(target) == [old, new]
    assert target.route({old: 1.0}) == endpoint
    with pytest.raises(OutsideError):
        target.retire(old)
    for _ in range(2):
        target.retire(new)
    assert placed(target) == [old]


def test_traffic_goes_only_to_what_is_placed(target: Target, releases: list[Release]) -> None:
    target.place(releases[0])
    target.route({releases[0].id: 1.0})
    with pytest.raises(OutsideError):
        target.route({releases[1].id: 1.0})
    with pytest.raises(ValueError, match="1"):
        target.route({releases[0].id: 0.5})
    assert target.observe().weights.get(releases[0].id) == 1.0


def test_a_stopped_endpoint_comes_back_where_it_was(
    target: Target, releases: list[Release]
) -> None:
    target.place(releases[0])
    endpoint = target.route({releases[0].id: 1.0})
    for _ in range(2):
        target.stop()
        assert (target.observe().running, placed(target)) == (False, [])
    target.place(releases[0])
    assert target.route({releases[0].id: 1.0}) == endpoint
