"""What an answer must hold before any of its records is taken: a page is read whole or not at all."""

from typing import Any

from ingestion.errors import SourceError

SHOWN = 60


def part(body: Any, key: str, kind: type, source: str, what: str) -> Any:
    """`body[key]`. Raises SourceError when it is not there or of another kind: then the page is asked for again."""
    found = body.get(key) if isinstance(body, dict) else None
    if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool) or not _is_writable(found):
        given = f"its {key} is {_shown(found)}" if isinstance(body, dict) and key in body else f"it has no {key}"
        raise SourceError(
            f"{source} answered the call for {what} with something else: {given}. Nothing of that answer was kept and "
            "the next run asks again; check the address if it stays so."
        )
    return found


def _is_writable(value: Any) -> bool:
    """A lone surrogate, which a cursor must not carry into the state of a load: it could never be written."""
    return not isinstance(value, str) or not any("\ud800" <= letter <= "\udfff" for letter in value)


def _shown(value: Any) -> str:
    text = ascii(value) if isinstance(value, str | int | float | None) else type(value).__name__
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
