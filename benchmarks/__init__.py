# SPDX-License-Identifier: Apache-2.0
"""Benchmarks: whole processes beside their peers, in one run on one machine. Nothing is asserted.

python -m benchmarks                     all of them
python -m benchmarks.startup.run         one
"""
