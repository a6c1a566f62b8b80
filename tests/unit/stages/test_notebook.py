# SPDX-License-Identifier: Apache-2.0
"""What is kept of a notebook that ran."""

import json

import pytest

from shipway.stages.notebook import masked


@pytest.mark.parametrize(
    "secret", ["plain-token", 'with"quotes\\and', "häuser-token", "BEGIN KEY\nline-of-key\nEND KEY"]
)
@pytest.mark.parametrize("plain", [True, False])
def test_a_secret_is_masked_as_json_writes_it(secret, plain):
    shown = json.dumps({"text": f"it is {secret}!"}, ensure_ascii=plain).encode()
    kept = json.loads(masked(shown, [secret]))["text"]
    assert kept.startswith("it is ****") and kept.endswith("!")
    assert not any(line in kept for line in secret.splitlines())
