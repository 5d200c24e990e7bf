"""One file that needs nothing else: styles, script and data inside it, and a policy that forbids all the rest."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

TEMPLATES = PackageLoader("pipeline.pages")
# Inside <script type="application/json"> these could end the element, or start a comment.
ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def rendered(template: str, scripts: tuple[str, ...], values: dict[str, Any]) -> str:
    """A page from its template, page.css and these scripts; every value is escaped where it is used."""
    environment = Environment(
        loader=TEMPLATES, undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True,
    )  # fmt: skip
    style = _source(environment, "page.css")
    script = '"use strict";\n{\n' + "\n".join(_source(environment, name) for name in scripts) + "}\n"
    inlined = {"style": Markup(style), "script": Markup(script)}  # noqa: S704  # files of our own
    return environment.get_template(template).render(**values, **inlined, policy=policy(style, script))


def policy(style: str, script: str) -> str:
    """The content security policy: this style and this script, and nothing from anywhere."""
    allowed = f"style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"


def as_json(value: Any) -> Markup:
    """Data for a page's own script, in one line; nothing in it can be read as markup."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escape in ESCAPED.items():
        text = text.replace(character, escape)
    return Markup(text)  # noqa: S704  # no character is left that markup could begin with


def _digest(content: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(content.encode()).digest()).decode()


def _source(environment: Environment, name: str) -> str:
    return TEMPLATES.get_source(environment, name)[0]
