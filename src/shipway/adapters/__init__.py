# SPDX-License-Identifier: Apache-2.0
"""Every outside system, in families: a catalogue, an interface, one file a kind, a fake.

Concrete kinds are named by their family's catalogue alone, as `"module:Class"`; other rooms know
only the family's `interface`.
"""
