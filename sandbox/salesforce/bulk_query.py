"""What a bulk job reads, in both bulk APIs: the query that is allowed, and the values at the job's time."""

from dataclasses import dataclass
from typing import Any

from sandbox import settings
from sandbox.salesforce import query as queries
from sandbox.salesforce.errors import refused
from sandbox.salesforce.fields import FieldPath
from sandbox.salesforce.org import Org, Row
from sandbox.salesforce.soql import parse
from sandbox.timestamps import guide_time


@dataclass(slots=True)
class Extract:
    """The rows of a job and what their columns held when it ran: later changes do not show."""

    object: str
    paths: list[FieldPath]
    rows: list[Row]
    values: list[tuple[Any, ...]]


def extract(org: Org, soql: str, *, deleted: bool, now: int) -> Extract:
    """Raises what the query itself is refused with, and FUNCTIONALITY_NOT_ENABLED for what bulk cannot give."""
    asked = parse(soql)
    if asked.is_count or asked.count_of is not None:
        raise _not_enabled("Aggregate Relationships not supported in Bulk Query")
    if asked.offset:
        raise _not_enabled("OFFSET not supported in Bulk Query")
    paths = queries.columns(org, asked)
    if any(path.type in settings.BULK_REFUSED_TYPES for path in paths):
        raise _not_enabled("Selecting compound data not supported in Bulk Query")
    name = queries.object_name(org, asked.object)
    if settings.BULK_COLUMNS_IN_SERVER_ORDER:
        place = {field: number for number, field in enumerate(sorted(known.name for known in org.types[name].values()))}
        paths.sort(key=lambda path: (len(path.parts), place.get(path.parts[0], -1)))
    rows = queries.select(org, asked, deleted=deleted, now=now)
    return Extract(name, paths, rows, [tuple(path.get(row) for path in paths) for row in rows])


def csv(found: Extract, start: int, end: int, delimiter: str = ",", ending: str = "\n") -> str:
    """A header row and the rows of one page: every field quoted, null as nothing."""
    lines = [delimiter.join(quoted(".".join(path.parts)) for path in found.paths)]
    kinds = [path.type for path in found.paths]
    lines += [
        delimiter.join(quoted(text(kind, value)) for kind, value in zip(kinds, values, strict=True))
        for values in found.values[start:end]
    ]
    return ending.join(lines) + ending


def text(kind: str, value: Any) -> str:
    """A value as CSV has it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guide_time(value // 1000 * 1000) if kind == "datetime" and isinstance(value, int) else str(value)


def quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _not_enabled(message: str) -> Exception:
    return refused("FUNCTIONALITY_NOT_ENABLED", message)
