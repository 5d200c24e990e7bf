"""A drawing of Matplotlib's as part of a page: text stays text, colours follow the page, nothing needs a style."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

from markupsafe import Markup

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# The colours of a drawing on white paper. Each is a class too, with which the page's style sheet follows dark mode.
COLOURS = {"high": "#a8321f", "medium": "#b7791f", "low": "#2b6a8f", "ink": "#1c2733", "soft": "#566472",
           "line": "#c9d2db", "vip": "#3d2f7a", "regular": "#6a5fb0", "small": "#a39bd6"}  # fmt: skip
CLASSES = {colour: name for name, colour in COLOURS.items()}
DROPPED = ("font-family", "font", "stroke-linejoin", "opacity")  # the page has a font of its own


def drawing(figure: Figure, name: str, title: str) -> Markup:
    """One drawing as an element `svg`, the same bytes for the same figure.

    `name` is unique on its page; `title` is what a screen reader says of it. Style attributes, which a strict policy of
    the page forbids, become presentation attributes; ids that nothing points to go.
    """
    from matplotlib import rc_context  # noqa: PLC0415  # half a second that a list without pages need not pay
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415

    written = io.BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        FigureCanvasSVG(figure).print_svg(written, metadata=nothing)
    root = Xml.fromstring(written.getvalue())  # noqa: S314  # our own drawing, no entity in it
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        _mend(element, name)
    for defs in root.findall("defs"):
        if defs.find("style") is not None:
            root.remove(defs)
    named = {"viewBox": root.attrib["viewBox"], "class": "drawing", "role": "img", "aria-labelledby": f"{name}-title"}
    root.attrib = {**named, "stroke-linejoin": "round"}
    heading = Xml.Element("title", {"id": f"{name}-title"})
    heading.text = title
    root.insert(0, heading)
    Xml.indent(root, space="")
    return Markup(Xml.tostring(root, encoding="unicode"))  # noqa: S704  # escaped by the writer


def _mend(element: Xml.Element, name: str) -> None:
    """Presentation attributes for styles, classes for colours, unique ids."""
    attributes = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
    for rule in attributes.pop("style", "").split(";"):
        key, _, value = rule.partition(":")
        if key.strip() and key.strip() not in DROPPED:
            attributes[key.strip()] = value.strip()
    found = {f"{key}-{CLASSES[value]}" for key in ("fill", "stroke") if (value := attributes.get(key, "")) in CLASSES}
    if found:
        attributes["class"] = " ".join(sorted(found))
    if (key := attributes.get("id", "")) and not re.match(r"[mp][0-9a-f]{10}$", key):
        del attributes["id"]
    elif key:
        attributes["id"] = f"{name}-{key}"
    if attributes.get("transform", "").startswith("rotate(-0 "):
        del attributes["transform"]
    for key in ("href", "clip-path"):
        if key in attributes:
            attributes[key] = attributes[key].replace("#", f"#{name}-")
    if "d" in attributes:
        attributes["d"] = " ".join(attributes["d"].split())
    element.attrib = attributes
