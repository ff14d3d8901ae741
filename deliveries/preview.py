"""A mail as it would be sent, for whoever changes a template or wonders what a CSM gets."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import duckdb

from deliveries import outbox
from deliveries.inspect import NoSuchDelivery
from deliveries.message import message_id
from deliveries.notice import notice_mail
from deliveries.published import query
from deliveries.settings import load_delivery_settings

NOBODY = "nobody@support-signals.invalid"


def preview(published: Path, notification_id: str | None, wanted: Literal["text", "html", "eml"]) -> str:
    """The newest notification without an id. Raises NoSuchDelivery, NotPublished."""
    (known,) = query(published, "select as_of from marts.snapshot")
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        outbox.attach(connection, published)
        found = [n for n in outbox.notices(connection) if notification_id in (None, n.row["notification_id"])]
    if not found:
        raise NoSuchDelivery(f"No notification is called {notification_id!r}, or nobody is told of it.")
    notice, settings = found[-1], load_delivery_settings()
    recipient = notice.recipient or NOBODY
    identity = message_id(settings, notice.delivery.entity_id, recipient)
    mail = notice_mail(settings, [notice.row], recipient, identity, known["as_of"], ZoneInfo("UTC"))
    if wanted == "eml":
        return mail.as_string()
    body = mail.get_body(("html",) if wanted == "html" else ("plain",))
    assert body is not None
    return body.get_content()
