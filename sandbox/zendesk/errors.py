"""The error envelopes of Zendesk, as exceptions to raise."""

from sandbox.http import Refused


def unauthenticated() -> Refused:
    return Refused(401, {"error": "Couldn't authenticate you"})


def unknown_route() -> Refused:
    return Refused(404, {"error": "InvalidEndpoint", "description": "Not found"})


def not_found() -> Refused:
    return Refused(404, {"error": "RecordNotFound", "description": "Not found"})


def bad_parameter(name: str, value: str) -> Refused:
    return Refused(400, {"error": "InvalidValue", "description": f"Invalid value {value!r} for parameter {name}"})


def too_deep() -> Refused:
    title = "Number of records requested is past the maximum depth of offset pagination; use cursor pagination"
    return Refused(400, {"errors": [{"code": "InvalidPaginationDepth", "title": title}]})
