"""The vendor's OpenAPI file as a judge of answers; it is read where ZENDESK_OAS says, and never kept here."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from jsonschema import ValidationError
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT = "urn:zendesk"


class _Loader(yaml.CSafeLoader):
    """YAML as the vendor writes it: a bare `=` is text."""


_Loader.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)


class Description:
    """`paths` are those of GET requests that have a JSON answer."""

    def __init__(self, file: Path) -> None:
        document: Any = yaml.load(file.read_bytes(), _Loader)
        self.paths = {path for path, methods in document["paths"].items() if "get" in methods}
        resource = Resource(contents=document, specification=DRAFT202012)
        self._registry: Registry[Any] = Registry().with_resource(DOCUMENT, resource)

    def deviations(self, path: str, body: Any) -> Iterator[str]:
        """What the description does not allow in a 200 answer, as `place: rule`; a place says `each` for any row."""
        inside = f"paths/{path.replace('/', '~1')}/get/responses/200/content/application~1json/schema"
        schema = {"$ref": f"{DOCUMENT}#/{inside}"}
        judge = OAS30Validator(schema, registry=self._registry, format_checker=oas30_format_checker)
        for error in judge.iter_errors(body):
            yield from (f"{_place(cause)}: {_rule(cause)}" for cause in _causes(error))


def _causes(error: ValidationError) -> Iterator[ValidationError]:
    """Of alternatives that all failed, what is wrong with the first: for users that is how an admin sees them."""
    alternatives: dict[Any, list[ValidationError]] = {}
    for inner in error.context or ():
        alternatives.setdefault(inner.schema_path[0], []).append(inner)
    if not alternatives:
        yield error
        return
    for inner in alternatives[min(alternatives)]:
        yield from _causes(inner)


def _place(error: ValidationError) -> str:
    return ".".join("each" if isinstance(step, int) else str(step) for step in error.absolute_path)


def _rule(error: ValidationError) -> str:
    if error.validator == "type":
        return f"{type(error.instance).__name__}, not {error.validator_value}"
    if error.validator == "enum":
        return f"{error.instance!r} is not listed"
    return f"{error.validator} {error.validator_value if error.validator == 'format' else ''}".strip()
