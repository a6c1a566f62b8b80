# SPDX-License-Identifier: Apache-2.0
"""What outlives a process: content-addressed objects and append-only logs."""
