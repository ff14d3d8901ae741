"""A real SMTP server on localhost that keeps what it takes, and takes it as badly as a test wants."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

# What the server does with a message: an answer, or "drop" for hanging up before one.
Mood = Callable[[int], str]
TAKEN = "250 OK"


class Postbox:
    """`mood(n)` decides about the n-th message, counted from 0 over all that came so far."""

    def __init__(self, mood: Mood = lambda _: TAKEN) -> None:
        self.mood, self.seen = mood, 0
        self.envelopes: list[Envelope] = []
        self.port = 0
        # What is said to each sender.
        self.sender_answer = "250 OK"

    async def handle_MAIL(  # noqa: N802 aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.sender_answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        answer = self.mood(self.seen)
        self.seen += 1
        if answer in (TAKEN, "take and drop"):
            self.envelopes.append(envelope)
        if answer in ("drop", "take and drop"):
            cast(Any, server).transport.abort()
            return "421 gone"
        return answer

    @property
    def mails(self) -> list[EmailMessage]:
        """What was taken, read by the standard library."""
        parser = BytesParser(policy=policy.default)
        return [cast(EmailMessage, parser.parsebytes(bytes(cast(bytes, e.content)))) for e in self.envelopes]

    @property
    def recipients(self) -> list[str]:
        return [recipient for envelope in self.envelopes for recipient in envelope.rcpt_tos]


@contextmanager
def served(mood: Mood = lambda _: TAKEN, **options: Any) -> Iterator[Postbox]:
    postbox = Postbox(mood)
    with socket.create_server(("127.0.0.1", 0)) as free:
        postbox.port = free.getsockname()[1]
    controller = Controller(postbox, hostname="127.0.0.1", port=postbox.port, **options)
    controller.start()
    try:
        yield postbox
    finally:
        controller.stop()
