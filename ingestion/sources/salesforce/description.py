"""The fields of the objects that are read, as a stream of their own: added, removed and retyped ones are events (R21).

GET /sobjects/<Object>/describe  ->  event_log.salesforce__field_events
"""

from collections.abc import Iterable, Iterator
from typing import Any

from ingestion.envelope import Stamp
from ingestion.listing import Listing, list_pages
from ingestion.pages import Cursor, Page, Reader, Window
from ingestion.sources.context import Context
from ingestion.sources.salesforce.fields import Describe
from ingestion.streams import STREAMS

STREAM = "salesforce__field"
DESCRIBED = ("Account", "Contact", "User", "Case")
# What decides how a field reads; labels and pick lists of an org may change every day.
KEPT = (
    "name",
    "label",
    "type",
    "length",
    "precision",
    "scale",
    "custom",
    "calculated",
    "nillable",
    "referenceTo",
    "relationshipName",
)


def field_reader(context: Context, source: str, describe: Describe, objects: Iterable[str]) -> Reader:
    """One record per field, `Account.Support_Hold__c`; describe has no time, so the run that saw it dates it."""

    def stamp(field: dict[str, Any]) -> Stamp:
        return Stamp(f"{field['object']}.{field['name']}", "described", context.clock.now())

    def pages(_window: Window, _cursor: Cursor | None) -> Iterator[Page]:
        listing = Listing(context.settings, STREAMS[STREAM], source, stamp)
        return list_pages(listing, (_kept(entity, describe) for entity in objects), context.clock.now)

    return Reader(pages, stamp)


def _kept(entity: str, describe: Describe) -> list[dict[str, Any]]:
    return [{"object": entity} | {key: field.get(key) for key in KEPT} for field in describe(entity)]
