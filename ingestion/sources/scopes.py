"""What a sign-in may do: the scopes that were granted, beside those of which reading needs one."""

from typing import Any, NamedTuple


class Scopes(NamedTuple):
    """`granted` is None for a sign-in that does not tell; any one of `enough` is all that reading needs."""

    granted: frozenset[str] | None
    enough: tuple[str, ...]


def granted_in(answer: dict[str, Any]) -> frozenset[str] | None:
    """The scopes in a token answer (RFC 6749, 5.1: separated by spaces; Zendesk also writes commas)."""
    said = answer.get("scope")
    return frozenset(said.replace(",", " ").split()) if isinstance(said, str) else None
