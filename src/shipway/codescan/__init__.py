# SPDX-License-Identifier: Apache-2.0
"""What Python code needs, read from its syntax tree: nothing is imported or run.

`imports.missing_imports` names what an environment lacks before a training finds out;
`distributions.distribution_of` tells what to install for an import.
"""
