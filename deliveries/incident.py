"""Mails to whoever keeps the pipeline: one when it breaks, one when it works again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from deliveries.message import composed, message_id
from deliveries.settings import DeliverySettings
from deliveries.smtp import MailDown, connected


def tell(
    settings: DeliverySettings, what: str, since: datetime, at: datetime, failures: int, reasons: Sequence[str]
) -> None:
    """Without reasons it is over. Does nothing without ALERT_TO or a server. Raises MailDown when it was not taken."""
    if not settings.alert_to or settings.delivery_mode != "send":
        return
    is_over = not reasons
    values = {"what": what, "since": since, "at": at, "failures": failures, "reasons": reasons, "is_over": is_over}
    mail = composed(
        settings,
        "incident",
        values,
        recipient=settings.alert_to,
        recipient_name=None,
        subject=f"[Support Signals] {what} {'works again' if is_over else 'does not work'}",
        # Two mails for each incident, and each the same however often it is sent.
        identity=message_id(settings, f"incident/{what}/{since.isoformat()}/{is_over}", settings.alert_to),
        at=at,
        headers={"Kind": "all-clear" if is_over else "alert"},
    )
    with connected(settings) as sender:
        sender.ready()
        answer = sender.send(mail, settings.alert_to)
    if not answer.accepted:
        raise MailDown(f"The alert was not taken: {answer.said}")
