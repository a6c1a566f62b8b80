# SPDX-License-Identifier: Apache-2.0
"""The rollout state machine and its strategies."""
