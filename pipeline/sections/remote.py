"""Addresses of object stores in params.yaml: a bucket and a name in it, and never a credential."""

from __future__ import annotations

import re

# Schemes, each with the extra of pyproject.toml that brings its libraries.
STORES = {"s3": "s3", "gs": "gs", "azure": "azure", "abfs": "azure"}
NOT_FOLLOWED = {"abfs": "azure"}  # DVC follows the same store under another name
FOLLOWED = tuple(name for name in STORES if name not in NOT_FOLLOWED)
FORM = re.compile(r"(?P<scheme>[a-z0-9]+)://(?P<bucket>[A-Za-z0-9][A-Za-z0-9._-]*)(?P<name>/.*)?", re.DOTALL)
WHERE = "credentials come from the environment, as the store's own tools know them (docs/object-stores.md)"


def scheme_of(text: str) -> str:
    """The scheme of an address, empty where the text is a path."""
    return text.split("://", maxsplit=1)[0] if "://" in text else ""


def is_remote(text: str) -> bool:
    """Whether a source or a place to copy to is the address of an object store."""
    return scheme_of(text) in STORES


def checked_address(url: str) -> str:
    """The address, if it is a bucket with or without a name in it. Raises ValueError that repeats no credential."""
    scheme = scheme_of(url)
    if scheme not in STORES:
        raise ValueError(f"must start with one of {', '.join(f'{name}://' for name in STORES)}")
    bucket, _, name = url.removeprefix(f"{scheme}://").partition("/")
    if "@" in bucket or ":" in bucket:
        raise ValueError(f"holds more than a bucket before its first /: write {scheme}://bucket/name; {WHERE}")
    if "?" in url:
        raise ValueError(f"has a question mark, after which a credential could stand: leave it out; {WHERE}")
    parts = name.removesuffix("/").split("/") if name else []
    if not FORM.fullmatch(url) or any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"is no address of the form {scheme}://bucket/name")
    return url


def checked_source(url: str) -> str:
    """The address of a source, which DVC must be able to follow. Raises ValueError."""
    checked_address(url)
    known = NOT_FOLLOWED.get(scheme_of(url))
    if known is not None:
        raise ValueError(f"starts with {scheme_of(url)}://, which DVC does not follow: write {known}://container/name")
    return url
