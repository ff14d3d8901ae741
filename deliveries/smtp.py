"""SMTP: one connection for many messages, and what each answer of a server means for the message."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import NamedTuple

from deliveries.settings import DeliverySettings

SHOWN = 300


class MailDown(Exception):
    """No message can be sent now: the server does not answer, or takes neither us nor our sender. One sentence."""


class Answer(NamedTuple):
    """`accepted`, or why not. `unknown`: the connection broke when the message may have been taken already."""

    accepted: bool
    unknown: bool
    said: str


class Sender:
    """Sends over one connection, and opens it again when the server closed it."""

    def __init__(self, settings: DeliverySettings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def ready(self) -> None:
        """Connected and signed in. Raises MailDown."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                if self._server.noop()[0] == 250:
                    return
            self.close()
        where = f"{self._settings.smtp_host}:{self._settings.smtp_port}"
        try:
            self._server = self._connect()
        except smtplib.SMTPAuthenticationError as error:
            raise MailDown(
                f"{where} refused the sign-in ({_said(error)}): check SMTP_USERNAME and SMTP_PASSWORD."
            ) from None
        except smtplib.SMTPNotSupportedError as error:
            raise MailDown(f"{where} cannot do what is asked ({error}): check SMTP_SECURITY and SMTP_PORT.") from None
        except (smtplib.SMTPException, OSError) as error:
            raise MailDown(
                f"{where} does not take mail ({_said(error)}): check SMTP_HOST, SMTP_PORT and SMTP_SECURITY, and that "
                "this machine may reach it."
            ) from None

    def send(self, message: EmailMessage, recipient: str) -> Answer:
        """Hands over one message. Call `ready` before. Raises MailDown when the server takes no sender of ours."""
        assert self._server is not None
        try:
            self._server.send_message(message, self._settings.mail_from, [recipient])
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            return Answer(False, False, _line(code, said))
        except smtplib.SMTPSenderRefused as error:
            if error.smtp_code == 421:
                self.close()
                return Answer(False, False, _said(error))
            raise MailDown(f"The server refused MAIL_FROM={self._settings.mail_from} ({_said(error)}).") from None
        except smtplib.SMTPDataError as error:
            return Answer(False, False, _said(error))
        except smtplib.SMTPResponseException as error:
            self.close()
            return Answer(False, False, _said(error))
        except (smtplib.SMTPException, OSError) as error:
            # Nothing tells whether the last dot arrived: the receiver knows a repetition by its Message-ID.
            self.close()
            return Answer(False, True, f"the connection broke: {_said(error)}")
        return Answer(True, False, "")

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        chosen = self._settings
        # Read here, so that a proxy's own certificate authority works by SSL_CERT_FILE as everywhere.
        context = ssl.create_default_context()
        place = chosen.smtp_host, chosen.smtp_port
        if chosen.smtp_security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(*place, timeout=chosen.smtp_timeout_seconds, context=context)
        else:
            server = smtplib.SMTP(*place, timeout=chosen.smtp_timeout_seconds)
        try:
            if chosen.smtp_security == "starttls":
                server.starttls(context=context)
            if chosen.smtp_username:
                server.login(chosen.smtp_username, chosen.smtp_password.get_secret_value())
            else:
                server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server


@contextmanager
def connected(settings: DeliverySettings) -> Iterator[Sender]:
    sender = Sender(settings)
    try:
        yield sender
    finally:
        sender.close()


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _line(error.smtp_code, error.smtp_error)
    return (str(error) or type(error).__name__)[:SHOWN]


def _line(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:SHOWN]
