"""The little XML that SOAP sign-in and Bulk API 1.0 need."""

from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

DATALOAD = "http://www.force.com/2009/06/asyncapi/dataload"


def texts(body: bytes) -> dict[str, str]:
    """The text of every element by its name without a namespace; {} for what is no XML."""
    try:
        found = ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return {}
    return {each.tag.rpartition("}")[2]: each.text or "" for each in found.iter()}


def element(name: str, content: Any) -> str:
    """A dict becomes child elements, a list repeats the element, null is left out."""
    if content is None:
        return ""
    if isinstance(content, list):
        return "".join(element(name, each) for each in content)
    if isinstance(content, dict):
        return f"<{name}>{''.join(element(child, value) for child, value in content.items())}</{name}>"
    text = str(content).lower() if isinstance(content, bool) else str(content)
    return f"<{name}>{escape(text)}</{name}>"


def document(name: str, content: dict[str, Any]) -> str:
    """A whole answer of Bulk API 1.0."""
    inside = "".join(element(child, value) for child, value in content.items())
    return f'<?xml version="1.0" encoding="UTF-8"?><{name} xmlns="{DATALOAD}">{inside}</{name}>'
