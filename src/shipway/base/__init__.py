# SPDX-License-Identifier: Apache-2.0
"""The ground that every other room stands on: errors, digests, files, processes, events, clock."""
