# SPDX-License-Identifier: Apache-2.0
"""Files in buckets and on web servers: found by URL or glob, and fetched to a folder.

    found = find_objects("s3://bucket/data/year=*/*.parquet")
    files = fetch_objects(found, folder)

S3, Google Cloud Storage and Azure Blob are reached through obstore, with what the environment says
(`AWS_ACCESS_KEY_ID`, `GOOGLE_APPLICATION_CREDENTIALS`, `AZURE_STORAGE_ACCOUNT_NAME`…) or with the
role of the machine. An object is fetched only as long as it is the one that was found.
"""

import datetime
import functools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from shipway.base import globs
from shipway.base.errors import InputError, OutsideError, ShipwayError

SCHEMES = ("s3", "gs", "az", "https", "http")
WEB = ("https", "http")
FETCHERS = 4
PIECE = 1 << 22
RETRY = {"max_retries": 3, "retry_timeout": datetime.timedelta(seconds=30)}
CREDENTIALS = {
    "s3": "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_REGION; AWS_ENDPOINT_URL for others "
    "than Amazon, AWS_SKIP_SIGNATURE=true for a public bucket",
    "gs": "GOOGLE_APPLICATION_CREDENTIALS, the path of a key",
    "az": "AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY",
}


class StoredObject(NamedTuple):
    """An object: the URL of its bucket, its key, size in bytes, and the tag of its content."""

    root: str
    key: str
    size: int
    tag: str | None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{self.root}/{self.key}"


def is_url(text: str) -> bool:
    """True for a URL of a kind that can be fetched; InputError for one of another kind."""
    scheme, separator, _ = text.partition("://")
    if not separator:
        return False
    if scheme not in SCHEMES:
        raise InputError(
            f"{text}: URLs that begin with {scheme}:// are not known",
            cure=f"Known are {', '.join(f'{each}://' for each in SCHEMES)}.",
        )
    return True


def find_objects(url: str) -> list[StoredObject]:
    """The objects that a URL or a glob means, sorted by key.

    InputError when there is none; OutsideError when the place can't be reached.
    """
    scheme, _, rest = url.partition("://")
    host, _, key = rest.partition("/")
    root = f"{scheme}://{host}"
    if scheme in WEB and globs.has_magic(key):
        raise InputError(
            f"{url}: a web server can't be asked for a list of files", cure="Name one file."
        )
    with _asking(url, scheme):
        store = _store(root)
        if not globs.has_magic(key):
            return [_found(root, store.head(key))]
        found = list(_listed(store, root, key))
    if not found:
        raise InputError(f"no object matches {url}", cure="Is the path right? Keys have no ./")
    return sorted(found, key=lambda each: each.key)


def fetch_objects(objects: Sequence[StoredObject], folder: Path) -> list[Path]:
    """The objects as files in `folder`, each at its key, in the order given.

    InputError when one changed since it was found; OutsideError when it can't be fetched.
    """
    with ThreadPoolExecutor(FETCHERS) as pool:
        return list(pool.map(functools.partial(_fetch, folder=folder), objects))


def _listed(store: "_Asked", root: str, pattern: str) -> Iterator[StoredObject]:
    meant = globs.matcher([pattern])
    literal = "/".join(globs.parents(pattern)[-1:])
    for batch in store.list(literal or None):
        for each in batch:
            hidden = each["path"].rpartition("/")[2].startswith((".", "_"))
            if meant(each["path"]) and not hidden:
                yield _found(root, each)


def _found(root: str, meta: Any) -> StoredObject:
    return StoredObject(root, meta["path"], meta["size"], meta.get("e_tag"))


def _fetch(wanted: StoredObject, folder: Path) -> Path:
    target = folder / wanted.key
    target.parent.mkdir(parents=True, exist_ok=True)
    options: Any = {"if_match": wanted.tag} if wanted.tag else {}
    with _asking(wanted.url, urlsplit(wanted.root).scheme), target.open("wb") as stream:
        for piece in _store(wanted.root).get(wanted.key, options=options).stream(PIECE):
            stream.write(piece)
    if target.stat().st_size != wanted.size:
        raise OutsideError("came incompletely", where=wanted.url, cure="Try again.")
    return target


@functools.cache
def _store(root: str) -> "_Asked":
    from obstore import store

    options: dict[str, Any] = {"retry_config": RETRY}
    if root.startswith("http://"):
        options["client_options"] = {"allow_http": True}
    open_store: Any = store.from_url
    return _Asked(open_store(root, **options))


class _Asked:
    """The three things that are asked of a store."""

    def __init__(self, store: Any) -> None:
        import obstore

        self.head = functools.partial(obstore.head, store)
        self.list = functools.partial(obstore.list, store)
        self.get = functools.partial(obstore.get, store)


@contextmanager
def _asking(url: str, scheme: str) -> Iterator[None]:
    """Turn what the other side answers into an error that says what to do."""
    exceptions = _exceptions(url)
    try:
        yield
    except FileNotFoundError:
        raise InputError("does not exist", where=url, cure="Is the path right?") from None
    except exceptions.BaseError as error:
        raise _explained(error, url, scheme) from None


def _exceptions(url: str) -> Any:
    """What obstore raises; InputError where it is not installed."""
    try:
        from obstore import exceptions
    except ImportError:
        raise InputError(
            f"{url}: reading from a bucket or a web server needs obstore",
            cure="pip install 'shipway[buckets]'",
        ) from None
    return exceptions


def _explained(error: Exception, url: str, scheme: str) -> ShipwayError:
    name = type(error).__name__
    said = str(error).strip().splitlines()[0][:200] if str(error).strip() else name
    if name == "PreconditionError":
        return InputError(
            "changed while it was fetched", where=url, cure="Run again when nothing writes to it."
        )
    cure = "Can this machine reach it?"
    if scheme not in WEB:
        cure = f"Credentials come from the environment: {CREDENTIALS[scheme]}."
    return OutsideError(f"can't be read: {said}", where=url, cure=cure)
