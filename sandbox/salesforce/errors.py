"""Salesforce's error answer: a list, though it nearly always holds one error."""

from collections.abc import Sequence
from typing import Any

from sandbox.http import Refused


def refused(code: str, message: str, status: int = 400, fields: Sequence[str] | None = None) -> Refused:
    """`fields` are only named by errors of a write."""
    error: dict[str, Any] = {"message": message, "errorCode": code}
    if fields is not None:
        error["fields"] = list(fields)
    return Refused(status, [error])


def not_found(message: str = "The requested resource does not exist") -> Refused:
    return refused("NOT_FOUND", message, 404)


def malformed(message: str) -> Refused:
    return refused("MALFORMED_QUERY", message)
