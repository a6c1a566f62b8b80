# SPDX-License-Identifier: Apache-2.0
"""From the columns of a table to what models are judged by: slices, weights, pairs of rows."""
