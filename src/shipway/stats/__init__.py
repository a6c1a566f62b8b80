# SPDX-License-Identifier: Apache-2.0
"""Numbers only: intervals and tests."""
