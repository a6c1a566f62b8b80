# SPDX-License-Identifier: Apache-2.0
"""The terminal: parse, call an operation, show."""
