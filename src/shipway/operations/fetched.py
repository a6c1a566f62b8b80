# SPDX-License-Identifier: Apache-2.0
"""Tables at URLs: fetched for the time of a command, and named by their URL in what it says.

    @naming_urls
    def check_files(files, …): locate(files)     # with fetch_table for those that are URLs

A file in a bucket is fetched whole, into the folder for temporary files, whatever its format.
"""

import atexit
import functools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

from shipway.base.errors import InputError, ShipwayError

Place = Path | str
"""Where a table lies: a path or a glob, or the text of a URL."""
Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def place(text: str) -> Place:
    """What stands on a command line: a URL keeps its slashes."""
    return text if "://" in text else Path(text)


def is_url(name: Place) -> bool:
    """True for a URL that can be fetched; InputError for one of an unknown kind."""
    if not isinstance(name, str) or "://" not in name:
        return False
    from shipway.clients import buckets

    return buckets.is_url(name)


def fetch_table(url: str) -> list[Path]:
    """The objects that `url` (which may be a glob) means, as files, sorted by their names.

    InputError when there is none or no room for them; OutsideError when they can't be fetched.
    """
    from shipway.clients.buckets import fetch_objects, find_objects

    objects = find_objects(url)
    folder = _folder()
    size, free = sum(each.size for each in objects), shutil.disk_usage(folder).free
    if size > free:
        raise InputError(
            f"{size / 1e9:,.1f} GB are to be fetched, {folder.parent} has {free / 1e9:,.1f} GB",
            where=url,
            cure="Name fewer files, or another place for temporary ones: TMPDIR=FOLDER",
        )
    return fetch_objects(objects, folder / objects[0].root.replace("://", "/"))


def naming_urls(operation: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """The operation, whose errors name the URLs of fetched files, not where they were put."""

    @functools.wraps(operation)
    def wrapped(*given: Given.args, **more: Given.kwargs) -> Answer:
        try:
            return operation(*given, **more)
        except ShipwayError as error:
            if _folder.cache_info().currsize:
                scheme, _, rest = error.where.partition(f"{_folder()}/")[2].partition("/")
                error.where = f"{scheme}://{rest}" if rest else error.where
            raise

    return wrapped


@functools.cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="shipway-fetched-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
