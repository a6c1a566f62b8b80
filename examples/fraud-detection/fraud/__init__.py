# SPDX-License-Identifier: Apache-2.0
"""Scores card transactions by their probability of being fraudulent."""
