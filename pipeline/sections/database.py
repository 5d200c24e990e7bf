"""The section `database`: which database holds the events, and no secret in its address."""

from __future__ import annotations

import re
from urllib.parse import unquote_plus

from pydantic import field_validator, model_validator

from pipeline.sections.base import Name, Section

# Schemes, each with Ibis's name of the database, which is also that of the extra that brings its driver.
BACKENDS = {
    "postgres": "postgres",
    "postgresql": "postgres",
    "bigquery": "bigquery",
    "mssql": "mssql",
    "mysql": "mysql",
    "snowflake": "snowflake",
    "sqlite": "sqlite",
}
PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
FORM = re.compile(
    r"(?P<scheme>[a-z]+)://(?:[^:@/?#]*(?::(?P<password>[^@/?#]*))?@)?(?P<hosts>[^@/?#]*)(?:/[^@?#]*)?(?:\?(?P<query>[^#]*))?"
)
PORT = re.compile(r":(?!\d*$)")  # what follows a host's colon and is no number
SECRET_KEY = re.compile(r"^pass$|passw|passphrase|passcode|pwd|token|secret|credential|apikey|(^|[_.-])key$", re.I)
SECRET_INSIDE = re.compile(r"(pwd|password|token|secret)\s*=", re.I)  # as in mssql's odbc_connect
REMEDY = "write ${NAME} there and set NAME in the environment"


def _from_environment(text: str) -> bool:
    """Whether a text consists of ${NAME} alone."""
    return not PLACEHOLDER.sub("", text)


def checked_url(url: str) -> str:
    """The URL, if it has a known scheme and holds no secret. Raises ValueError that never repeats what may be one."""
    scheme = url.split("://", maxsplit=1)[0]
    if "://" not in url or scheme not in BACKENDS:
        raise ValueError(f"must start with one of {', '.join(f'{name}://' for name in BACKENDS)}")
    # A name's braces mean nothing to the form; a port from the environment counts as a number.
    found = FORM.fullmatch(url)
    hosts = PLACEHOLDER.sub("0", found["hosts"]) if found else ""
    if not found or any(PORT.search(host.rsplit("]", maxsplit=1)[-1]) for host in hosts.split(",")):
        raise ValueError(
            f"is no address of the form {scheme}://user:password@host:port/database?option=value; "
            f"where a password holds signs such as @ or /, {REMEDY}"
        )
    if found["password"] and not _from_environment(found["password"]):
        raise ValueError(f"holds a password: {REMEDY}")
    for option in (found["query"] or "").split("&") if found["query"] else []:
        _checked_option(*option.partition("="))
    return url


def _checked_option(key: str, equals: str, value: str) -> None:
    if not equals:
        raise ValueError("has an option without a value: write ?option=value&option=value")
    secret = SECRET_KEY.search(unquote_plus(key)) or SECRET_INSIDE.search(unquote_plus(value))
    if secret and not _from_environment(value):
        raise ValueError(f"holds a secret in its option {unquote_plus(key)}: {REMEDY}")


class Database(Section):
    """A source without files: every run pulls it into data/pulled, which `events.source` then names."""

    url: Name | None = None
    table: Name | None = None
    query: Name | None = None

    @field_validator("url")
    @classmethod
    def _no_secrets(cls, value: str | None) -> str | None:
        return value if value is None else checked_url(value)

    @model_validator(mode="after")
    def _one_of_two(self) -> Database:
        if self.url is not None and (self.table is None) == (self.query is None):
            raise ValueError("give exactly one of table (schema.table) and query (a SELECT) beside url")
        if self.url is None and (self.table or self.query):
            raise ValueError("table and query need url, the address of their database")
        return self

    @property
    def backend(self) -> str:
        """Ibis's name of the database."""
        return BACKENDS[(self.url or "").split("://", maxsplit=1)[0]]
