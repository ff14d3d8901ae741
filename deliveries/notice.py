"""The mails to CSMs: about one ticket, a digest of several (rules R-NT-3), and the other letters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from deliveries.letters import Letter
from deliveries.message import composed
from deliveries.settings import DeliverySettings

TEMPLATE = "tickets"
# Why somebody else than the CSM of that day is told.
WHY = {
    "current": "The CSM of that day is not there any more: you are told because the account is yours now.",
    "manager": "The account's CSM cannot be reached: you are told as their manager.",
    "parent": "The account has no CSM of its own: you are told as the CSM of its parent account.",
}


def notice_mail(
    settings: DeliverySettings,
    rows: Sequence[dict[str, Any]],
    recipient: str,
    identity: str,
    at: datetime,
    zone: ZoneInfo,
) -> EmailMessage:
    """`rows` are those of the outbox, all for one CSM."""
    first = rows[0]
    values = {"rows": rows, "csm_name": first["csm_name"], "zone": zone, "why": WHY, "reply_to": settings.mail_reply_to}
    headers = {"Kind": first["kind"] if len(rows) == 1 else "digest", "Account": first["account_id"] or ""}
    if len(rows) == 1:
        headers["Ticket"] = f"{first['source']}#{first['ticket_id']}"
    return composed(
        settings,
        TEMPLATE,
        values,
        recipient=recipient,
        recipient_name=first["csm_name"],
        subject=subject(rows),
        identity=identity,
        at=at,
        headers=headers,
    )


def subject(rows: Sequence[dict[str, Any]]) -> str:
    """Begins alike for every mail about tickets, then the account: what a filter and a reader look for."""
    names = dict.fromkeys(row["account_name"] or row["account_id"] for row in rows)
    if len(rows) > 1:
        whose = next(iter(names)) if len(names) == 1 else f"{len(names)} customers"
        return f"[Support] {len(rows)} new tickets of {whose}"
    row = rows[0]
    return f"[Support] {next(iter(names))}: {row['ticket_subject'] or 'ticket without a subject'} (#{row['ticket_id']})"


def letter_mail(
    settings: DeliverySettings, letter: Letter, recipient: str, identity: str, at: datetime
) -> EmailMessage:
    """A mail that is not about one ticket."""
    return composed(
        settings,
        "letter",
        {"letter": letter, "reply_to": settings.mail_reply_to},
        recipient=recipient,
        recipient_name=letter.name,
        subject=letter.subject,
        identity=identity,
        at=at,
        headers={"Kind": letter.kind},
    )
