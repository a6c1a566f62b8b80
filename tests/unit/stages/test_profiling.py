# SPDX-License-Identifier: Apache-2.0
"""The profile of what a model is trained on goes from `validate` to the model version."""

import msgspec

from shipway.records.profile import Profile
from shipway.records.training import Evaluation, TrainedModel
from shipway.stages.register import register
from shipway.stages.store import store

MODEL = TrainedModel(f"sha256:{'a' * 64}", "sklearn", code=f"sha256:{'c' * 64}")
FOUND = Evaluation(MODEL.digest, "test", "rows", 100)


def test_a_version_names_the_profile_of_what_it_was_trained_on(road):
    data = road.data()
    assert list(data.profiles) == ["train"]
    kept = store(road.context(), road.source, road.environment, data, MODEL, FOUND)
    version = register(road.context(), road.source, kept, FOUND)
    assert version.profile == data.profiles["train"]
    profile = msgspec.json.decode(road.store.objects.read(version.profile), type=Profile)
    assert profile.rows == data.datasets["train"].rows
    assert {column.name for column in profile.columns} == set(data.datasets["train"].columns)
    assert profile.target == road.spec.model.target


def test_the_same_table_has_the_same_profile(road):
    assert road.data().profiles == road.data().profiles
    assert road.data().profiles["train"] in road.data().objects()


def test_a_profile_changes_nothing_that_is_trained(road):
    data = road.data()
    assert msgspec.structs.replace(data, profiles={}).content() == data.content()
