# SPDX-License-Identifier: Apache-2.0
"""Which model is the champion: the release log of the final environment says so."""

from functools import cached_property

import msgspec

from shipway.adapters.registries.interface import Registry
from shipway.delivery.releases import ReleaseLog
from shipway.delivery.state import EnvironmentState
from shipway.records.delivery import ModelVersion
from shipway.records.training import Evaluation
from shipway.spec.types import Spec
from shipway.storage.interface import Store


def final_environment(spec: Spec) -> str:
    """The environment that no other comes after; empty when nothing is deployed."""
    earlier = {deploy.after for deploy in spec.deploy.values()}
    final = [name for name in spec.deploy if name not in earlier]
    return final[-1] if final else ""


class Champions:
    """The live model of one project, as it is when it is first asked for."""

    def __init__(self, spec: Spec, store: Store, registry: Registry) -> None:
        self.spec = spec
        self.store = store
        self.registry = registry

    @cached_property
    def state(self) -> EnvironmentState | None:
        """What the release log of the final environment says."""
        environment = final_environment(self.spec)
        if not environment:
            return None
        return ReleaseLog(self.store, self.spec.project, environment).state()

    @property
    def ever_live(self) -> bool:
        """True once anything was live in the final environment."""
        return self.state is not None and self.state.ever_live

    @cached_property
    def live(self) -> ModelVersion | None:
        """The champion; None before the first release, or when it is another model by name."""
        champion = self.state.champion if self.state is not None else None
        if champion is None:
            return None
        return self.registry.get(champion.model, champion.version)

    def profile(self) -> str:
        """The profile that is kept with the champion, by digest; empty before there is one."""
        live = self.live
        return "" if live is None else live.profile or f"none of {live.digest}"

    def opponent(self, digest: str) -> ModelVersion | None:
        """Whom the model `digest` is compared with.

        A model that is itself the champion is compared with the one that it was compared with when
        it was judged, so that running an unchanged commit again asks no new question.
        """
        live = self.live
        if live is None or live.digest != digest:
            return live
        before = self._judged_against(live)
        return before if before is not None else live

    def reference_digest(self, digest: str) -> str:
        """What the verdict on the model `digest` depends on; empty without a champion."""
        live = self.live
        if live is None:
            return ""
        if live.digest != digest:
            return live.digest
        before = self._judged_against(live)
        return before.digest if before is not None else ""

    def _judged_against(self, version: ModelVersion) -> ModelVersion | None:
        if not version.evaluation:
            return None
        data = self.store.objects.read(version.evaluation)
        evaluation = msgspec.json.decode(data, type=Evaluation)
        before = evaluation.champion
        if before is None or before.digest == version.digest or not before.version:
            return None
        return self.registry.get(version.model, before.version)
