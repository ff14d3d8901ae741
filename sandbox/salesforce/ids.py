"""Salesforce ids: 15 case-sensitive characters, and 3 more that say which of them are capitals."""

from hashlib import blake2b

_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def widen(text: str) -> str:
    """The 18-character form of a 15-character id; anything else as it is."""
    if len(text) != 15 or not text.isalnum() or not text.isascii():
        return text
    suffix = ""
    for start in (0, 5, 10):
        bits = sum(1 << place for place, letter in enumerate(text[start : start + 5]) if letter.isupper())
        suffix += _SUFFIX[bits]
    return text + suffix


def in_time(prefix: str, seconds: int, place: int, seed: str) -> str:
    """An id that grows with time and, within one second, with `place`: rows read by (time, id) keep their order."""
    return widen(prefix + _digits(seconds, 6) + _digits(place, 3) + derived("", seed)[:3])


def _digits(number: int, width: int) -> str:
    text = ""
    for _ in range(width):
        number, digit = divmod(number, 62)
        text = _LETTERS[digit] + text
    return text


def derived(prefix: str, seed: str) -> str:
    """An id that is always the same for the same seed."""
    number = int.from_bytes(blake2b(seed.encode(), digest_size=9).digest())
    tail = ""
    for _ in range(12):
        number, digit = divmod(number, 62)
        tail += _LETTERS[digit]
    return widen(prefix + tail)
