# SPDX-License-Identifier: Apache-2.0
"""Shipway: CI/CD for machine-learning models."""

__version__ = "0.1.0"
