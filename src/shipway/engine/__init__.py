# SPDX-License-Identifier: Apache-2.0
"""Plan, fingerprint, cache, journal, runner."""
