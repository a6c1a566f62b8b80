# SPDX-License-Identifier: Apache-2.0
"""What a stranger's repository is: looked at as text, never imported and never run.

`repository.look(folder)` gives `RepositoryFindings`: each fact with the file and line that tells it
and the reason in plain words. What to make of the facts is decided by those who ask.
"""
