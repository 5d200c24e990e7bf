"""Helper: a server of this machine that speaks S3, and buckets in it. Not a test.

The server (moto) runs in a thread of the test's own process, on a free port; nothing leaves the machine.
"""

from __future__ import annotations

import atexit
import itertools
import logging
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest import mock
from urllib.parse import unquote

import boto3
import s3fs
from moto import settings as moto_settings
from moto.server import ThreadedMotoServer

KEYS = {"AWS_ACCESS_KEY_ID": "reader", "AWS_SECRET_ACCESS_KEY": "hush", "AWS_DEFAULT_REGION": "us-east-1"}
# No key of this machine, no profile, no question to a cloud's metadata service.
ALONE = {
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}
NUMBERS = itertools.count(1)
REQUEST = re.compile(r'"(GET|PUT|DELETE|HEAD|POST) /([^/? ]+)/?([^? ]*)[^"]*"')


class _Heard(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.requests: list[tuple[str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        found = REQUEST.search(re.sub(r"\x1b\[[\d;]*m", "", record.getMessage()))
        if found:
            self.requests.append((found[1], unquote(found[3])))


HEARD = _Heard()


@cache
def endpoint() -> str:
    """The server's address; it is started by who asks first, and ends with the process."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=True)
    logging.getLogger("werkzeug").setLevel(logging.INFO)
    logging.getLogger("werkzeug").addHandler(HEARD)
    server.start()
    atexit.register(server.stop)
    return "http://{}:{}".format(*server.get_host_and_port())


@cache
def alone() -> dict[str, str]:
    """No key of this machine, no profile (of DVC's plugin, a file that is there), no question to a cloud's service."""
    handle, path = tempfile.mkstemp(prefix="ebb-aws-")
    os.close(handle)
    atexit.register(os.unlink, path)
    return {"AWS_CONFIG_FILE": path, "AWS_SHARED_CREDENTIALS_FILE": path, "AWS_EC2_METADATA_DISABLED": "true"}


@dataclass
class Bucket:
    """A bucket, and the environment in which it can be read."""

    name: str
    environment: dict[str, str]
    _client: Any = field(repr=False)

    def url(self, name: str = "") -> str:
        """Its address as params.yaml has it."""
        return f"s3://{self.name}/{name}"

    def put(self, name: str, content: str | bytes) -> None:
        """Write an object."""
        data = content.encode() if isinstance(content, str) else content
        self._client.put_object(Bucket=self.name, Key=name, Body=data)

    def delete(self, name: str) -> None:
        """Take an object away."""
        self._client.delete_object(Bucket=self.name, Key=name)

    def objects(self) -> dict[str, bytes]:
        """Every object, by name."""
        found = self._client.list_objects_v2(Bucket=self.name).get("Contents", [])
        return {one["Key"]: self._client.get_object(Bucket=self.name, Key=one["Key"])["Body"].read() for one in found}

    def heard(self, method: str) -> list[str]:
        """The objects that were asked for since the last call, in this way; sorted."""
        asked = sorted(name for how, name in HEARD.requests if how == method and name)
        HEARD.requests.clear()
        return asked


@contextmanager
def bucket(objects: Mapping[str, str | bytes] | None = None, **environment: str) -> Iterator[Bucket]:
    """A new bucket with these objects, while the environment names the server and a key for it."""
    around = {**alone(), **KEYS, "AWS_ENDPOINT_URL": endpoint(), **environment}
    client = boto3.client(
        "s3",
        endpoint_url=endpoint(),
        region_name="us-east-1",
        aws_access_key_id="owner",
        aws_secret_access_key="hush",  # noqa: S106  of a server that asks nobody
    )
    made = Bucket(f"shop-{os.getpid()}-{next(NUMBERS)}", around, client)
    client.create_bucket(Bucket=made.name)
    for name, content in (objects or {}).items():
        made.put(name, content)
    HEARD.requests.clear()
    s3fs.S3FileSystem.clear_instance_cache()  # a client keeps the keys that it was made with
    try:
        with mock.patch.dict(os.environ, around):
            yield made
    finally:
        s3fs.S3FileSystem.clear_instance_cache()
        client.close()


@contextmanager
def nobody_may() -> Iterator[None]:
    """While this lasts, the server refuses every key that it did not hand out itself: all of ours."""
    with mock.patch.object(moto_settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0.0):
        yield
