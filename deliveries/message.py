"""A mail from its texts: multipart, with headers that no customer can break."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import Any

from deliveries.render import one_line, rendered
from deliveries.settings import DeliverySettings

# Longer subjects are cut in the header; the mail itself has all of it.
SUBJECT_LIMIT = 200


def message_id(settings: DeliverySettings, entity_id: str, recipient: str) -> str:
    """The same for every attempt to tell one person one thing: a repetition is recognizable as one."""
    digest = sha256(f"{entity_id}\x1f{recipient}".encode()).hexdigest()[:40]
    return f"<{digest}@{settings.mail_from.partition('@')[2] or 'support-signals.invalid'}>"


def composed(
    settings: DeliverySettings,
    template: str,
    values: Mapping[str, Any],
    *,
    recipient: str,
    recipient_name: str | None,
    subject: str,
    identity: str,
    at: datetime,
    headers: Mapping[str, str],
) -> EmailMessage:
    """Text and HTML from `templates/<template>.txt` and `.html`. Raises jinja2.UndefinedError for a missing value."""
    message = EmailMessage(policy=SMTP)
    sender = settings.mail_from or "signals@support-signals.invalid"
    message["From"] = Address(shortened(settings.mail_from_name), addr_spec=sender)
    message["To"] = Address(shortened(recipient_name or ""), addr_spec=recipient)
    if settings.mail_reply_to:
        message["Reply-To"] = Address(addr_spec=settings.mail_reply_to)
    message["Subject"] = shortened(subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = identity
    # Nobody answers a machine automatically, and filters have something to hold on to.
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["List-Id"] = f"Support Signals <{template.replace('_', '-')}.support-signals>"
    for name, value in headers.items():
        message[f"X-Support-Signals-{name}"] = shortened(value)
    message.set_content(rendered(template, "text", dict(values)), cte="quoted-printable")
    message.add_alternative(rendered(template, "html", dict(values)), subtype="html", cte="quoted-printable")
    return message


def shortened(text: str) -> str:
    """One line without invisible marks, short enough for a header."""
    line = " ".join(one_line(text).split())
    return line if len(line) <= SUBJECT_LIMIT else line[: SUBJECT_LIMIT - 1] + "…"
