# SPDX-License-Identifier: Apache-2.0
"""Who is compared with whom, by the release log of the final environment."""

import pytest

from shipway.delivery.releases import ReleaseLog
from shipway.records.delivery import ReleaseEvent
from shipway.records.training import Champion
from shipway.spec.reader import read_text
from shipway.stages.champions import Champions, final_environment

from .conftest import HEAD, SPEC


def digest(letter):
    return f"sha256:{letter * 64}"


def go_live(road, version, environment="production"):
    log = ReleaseLog(road.store, "toy", environment)
    log.state()
    log.append(
        ReleaseEvent(
            "live",
            f"r{version.number}-x",
            "",
            "ada",
            model=version.model,
            version=version.number,
            model_digest=version.digest,
            package=version.digest,
        )
    )


def champions(road):
    return Champions(road.spec, road.store, road.registry)


@pytest.mark.parametrize(
    ("deploy", "final"),
    [
        ("", ""),
        ("deploy: {production: {target: local}}", "production"),
        ("deploy: {production: {target: local, after: test}, test: {target: local}}", "production"),
        ("deploy: {a: {target: local}, b: {target: local, after: a}, "
         "c: {target: local, after: b}}", "c"),
    ],
)  # fmt: skip
def test_the_final_environment(tmp_path, deploy, final):
    assert final_environment(read_text(HEAD + deploy, tmp_path / "shipway.yaml").spec) == final


def test_nobody_is_champion_before_the_first_release(road):
    road.version("a")
    found = champions(road)
    assert (found.live, found.ever_live, found.opponent(digest("b"))) == (None, False, None)
    assert found.reference_digest(digest("b")) == ""


def test_nothing_that_is_deployed_nowhere_has_a_champion(make):
    road = make(SPEC.partition("deploy:")[0])
    found = champions(road)
    assert (found.live, found.ever_live, found.reference_digest("x")) == (None, False, "")


def test_a_challenger_meets_the_live_model(road):
    first = road.version("a")
    go_live(road, first)
    found = champions(road)
    assert found.ever_live
    assert found.opponent(digest("b")).digest == first.digest
    assert found.reference_digest(digest("b")) == first.digest


def test_the_champion_meets_whom_it_was_judged_against(road):
    road.version("a")
    second = road.version("b", champion=Champion(1, digest("a")))
    go_live(road, second)
    found = champions(road)
    assert found.live.number == 2
    assert found.opponent(digest("b")).digest == digest("a")
    assert found.reference_digest(digest("b")) == digest("a")


def test_the_first_champion_meets_itself_but_depends_on_nobody(road):
    first = road.version("a")
    go_live(road, first)
    found = champions(road)
    assert found.opponent(digest("a")).digest == digest("a")
    assert found.reference_digest(digest("a")) == ""


def test_releases_elsewhere_do_not_make_a_champion(make):
    text = "deploy:\n  test: {target: local}\n  production: {target: local, after: test}\n"
    road = make(SPEC.partition("deploy:")[0] + text)
    go_live(road, road.version("a"), "test")
    assert champions(road).live is None


def test_the_answer_does_not_change_within_a_run(road):
    first = road.version("a")
    found = champions(road)
    assert found.live is None
    go_live(road, first)
    assert found.live is None
    assert champions(road).live.number == 1
