# SPDX-License-Identifier: Apache-2.0
"""One speaker for each protocol."""
