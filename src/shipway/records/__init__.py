# SPDX-License-Identifier: Apache-2.0
"""What happened: the frozen values that stages hand to each other and that the store keeps."""
