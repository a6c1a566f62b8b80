# SPDX-License-Identifier: Apache-2.0
"""Parts of `shipway predict`: the table in pieces, the model that stays up, the finished pieces."""
