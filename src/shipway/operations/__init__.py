# SPDX-License-Identifier: Apache-2.0
"""The verbs: plain arguments in, a record out."""
