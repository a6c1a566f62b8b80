# SPDX-License-Identifier: Apache-2.0
"""The key that signs models: may only its owner read it?"""

from collections.abc import Iterator

from shipway.operations.examinations.finding import Finding, Subject


def examine(subject: Subject) -> Iterator[Finding]:
    """Where the key is and who can read it."""
    from shipway.storage.signing import key_path

    path = key_path()
    if not path.exists():
        yield Finding("signing key", "good", f"none yet; made at {path} on first use")
    elif path.stat().st_mode & 0o077:
        cure = f"chmod 600 {path}"
        yield Finding("signing key", "trouble", f"{path} can be read by others", cure)
    else:
        yield Finding("signing key", "good", str(path))
