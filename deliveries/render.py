"""Templates to text. What customers wrote is never trusted: every value that a template prints is escaped."""

import re
from datetime import UTC, datetime, tzinfo
from functools import cache
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

Format = Literal["markdown", "html", "text"]
SUFFIXES: dict[str, str] = {"markdown": "md", "html": "html", "text": "txt"}


# All that begins something in Markdown where values stand, which is never the beginning of a line.
MARKS = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
# Directions and other invisible marks, which could make a line read as something else.
INVISIBLE = re.compile("[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


def one_line(value: Any) -> Any:
    """Text without line breaks and invisible marks; everything else as it is."""
    return INVISIBLE.sub(" ", value).strip() if isinstance(value, str) else value


def marked(value: Any) -> Any:
    """Text of which Markdown reads no character as a mark; an address that `link` let pass is Markup and stays."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return MARKS.sub(r"\\\1", one_line(value))


def link(url: str | None) -> str:
    """An address that may be followed, or none: only https, and nothing that could leave the link."""
    return url if url and re.fullmatch(r"https://[A-Za-z0-9.-]+(/[A-Za-z0-9._~/-]*)?", url) else ""


def day(moment: datetime | None) -> str:
    return moment.astimezone(UTC).strftime("%-d %B %Y") if moment else ""


def moment(when: datetime | None, zone: tzinfo = UTC) -> str:
    return when.astimezone(zone).strftime("%A, %-d %B %Y, %H:%M %Z") if when else ""


def words(code: str) -> str:
    """SINGLE_CONTACT as a person says it."""
    return code.replace("_", " ").lower()


@cache
def _environment(wanted: Format) -> Environment:
    found = Environment(
        loader=PackageLoader("deliveries"),
        autoescape=wanted == "html",
        finalize=marked if wanted == "markdown" else one_line,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters |= {"day": day, "moment": moment, "words": words}
    found.globals["link"] = link
    return found


def rendered(template: str, wanted: Format, values: dict[str, Any]) -> str:
    """`templates/<template>.md`, `.html` or `.txt` with the values. Raises jinja2.UndefinedError for a missing one."""
    return _environment(wanted).get_template(f"{template}.{SUFFIXES[wanted]}").render(values)
