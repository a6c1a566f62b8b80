# SPDX-License-Identifier: Apache-2.0
"""Where a path that stands in the code leads to.

A relative path means the working folder of whoever started the script, which the text does not
tell. It is looked for from the root, then from the folder of the file and those above it; where it
is found only from one of these, the script works only when it is started there (`folder`).
"""

import posixpath
import re
from pathlib import Path, PurePosixPath
from typing import Literal

import msgspec

from shipway.discovery.listing import Listing
from shipway.discovery.value import Value

URL = re.compile(r"^[a-z][a-z0-9+.-]{1,9}://", re.I)
WINDOWS = re.compile(r"^[A-Za-z]:[\\/]")

FORMATS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "text",
    ".data": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".feather": "feather",
    ".arrow": "feather",
    ".xlsx": "excel",
    ".xls": "excel",
    ".json": "json",
    ".jsonl": "json",
    ".pkl": "pickle",
    ".pickle": "pickle",
    ".joblib": "pickle",
    ".sav": "pickle",
    ".npy": "numpy",
    ".npz": "numpy",
    ".h5": "hdf5",
    ".hdf5": "hdf5",
    ".db": "sqlite",
    ".sqlite": "sqlite",
    ".arff": "arff",
    ".zip": "zip",
}


class Placed(msgspec.Struct, frozen=True):
    """A path of the code, placed. `folder` is where the script must run for it, if only there."""

    path: str
    written: str
    kind: Literal["file", "absolute", "url"] = "file"
    exists: bool = False
    folder: str = ""

    @property
    def format(self) -> str:
        """The format that the ending tells; empty when it tells none."""
        bare = self.path.lower().removesuffix(".gz").removesuffix(".bz2").removesuffix(".zip")
        ending = posixpath.splitext(bare)[1] or posixpath.splitext(self.path.lower())[1]
        return FORMATS.get(ending, "")


def place(listing: Listing, importer: str, value: Value) -> Placed | None:
    """Where `value` leads when the file `importer` uses it; None when it is no path at all."""
    text = value.text
    if text is None or not text.strip() or "\n" in text or len(text) > 1000 or "\0" in text:
        return None
    if URL.match(text):
        return Placed(text, text, "url")
    if text.startswith(("/", "~")) or WINDOWS.match(text):
        return _absolute(listing, text)
    clean = posixpath.normpath(text.replace("\\", "/"))
    if value.anchored:
        return Placed(clean, text, exists=listing.has(clean))
    return _relative(listing, importer, clean, text)


def _absolute(listing: Listing, text: str) -> Placed:
    root = listing.root.as_posix()
    if text.startswith(f"{root}/"):
        return Placed(text, text, "absolute", exists=listing.has(text[len(root) + 1 :]))
    there = Path(text).exists() if text.startswith("/") else False
    return Placed(text, text, "absolute", exists=there)


def _relative(listing: Listing, importer: str, clean: str, text: str) -> Placed:
    if not clean.startswith("..") and listing.has(clean):
        return Placed(clean, text, exists=True)
    folders = [str(one) for one in PurePosixPath(importer).parents if str(one) != "."]
    for folder in folders:
        path = posixpath.normpath(f"{folder}/{clean}")
        if not path.startswith("..") and listing.has(path):
            return Placed(path, text, exists=True, folder=folder)
    if clean.startswith("../") and folders:
        path = posixpath.normpath(f"{folders[0]}/{clean}")
        return Placed(path, text, folder="" if path.startswith("..") else folders[0])
    above = posixpath.dirname(clean)
    for folder in folders if above else ():
        # The file is not there yet, but its folder is, and only there.
        if listing.has(f"{folder}/{above}") and not listing.has(above):
            return Placed(f"{folder}/{clean}", text, folder=folder)
    return Placed(clean, text)
