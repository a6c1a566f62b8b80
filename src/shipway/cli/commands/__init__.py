# SPDX-License-Identifier: Apache-2.0
"""One thin file a command."""
