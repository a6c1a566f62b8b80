# SPDX-License-Identifier: Apache-2.0
"""What was asked for: `shipway.yaml`, read into frozen values, and the expression grammar."""
