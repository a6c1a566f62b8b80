# SPDX-License-Identifier: Apache-2.0
"""The road: one room a stage. (The tuple `ROAD` is added with the stages.)"""
