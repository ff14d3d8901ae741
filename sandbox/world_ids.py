"""Ids as the three systems make them: long Zendesk numbers, checked Salesforce ids, survey ULIDs."""

import random

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def widen(short: str) -> str:
    """The 18-character form of a 15-character Salesforce id (golden values: rules.md F-2).

    Each suffix character says which of five characters are upper case, so that ids differing only in case stay apart.
    """
    suffix = ""
    for start in (0, 5, 10):
        five = short[start : start + 5]
        suffix += _BASE32[sum(1 << place for place, letter in enumerate(five) if "A" <= letter <= "Z")]
    return short + suffix


def salesforce_id(prefix: str, number: int) -> str:
    """The number-th id of an object type: `001` Account, `003` Contact, `005` User, `500` Case."""
    digits, rest = "", 916_132_832 + number * 7_919
    while rest:
        rest, digit = divmod(rest, 62)
        digits = _BASE62[digit] + digits
    return widen(prefix + "4M" + digits.rjust(10, "0"))


def ulid(seconds: int, rng: random.Random) -> str:
    """A ULID whose time part is `seconds` since 1970: survey responses have no other sent time (apis §1.9)."""
    rest, letters = (seconds * 1000 << 80) | rng.getrandbits(80), ""
    for _ in range(26):
        rest, digit = divmod(rest, 32)
        letters = _CROCKFORD[digit] + letters
    return letters


class Numbers:
    """Counts ids of one kind upwards: `Numbers(4414917877650, step=37).next()`."""

    def __init__(self, first: int, step: int = 1) -> None:
        self._next, self._step = first, step

    def next(self) -> int:
        given = self._next
        self._next += self._step
        return given
