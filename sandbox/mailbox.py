"""An SMTP server that keeps every message as a file and delivers none."""

import asyncio
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """Messages lie in `folder` as 000001.eml, 000002.eml, … in the order of arrival."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._count = max((int(path.stem) for path in folder.glob("*.eml") if path.stem.isdigit()), default=0)

    async def listen(self, port: int) -> tuple[asyncio.Server, int]:
        """Serves SMTP on localhost; answers with the port, which was free when 0 was asked."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(self, hostname="localhost", enable_SMTPUTF8=True), "127.0.0.1", port
        )
        return server, server.sockets[0].getsockname()[1]

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 aiosmtpd's name
        """Keeps one message with its envelope in front."""
        self._count += 1
        head = f"X-Sandbox-From: {envelope.mail_from}\r\nX-Sandbox-To: {', '.join(envelope.rcpt_tos)}\r\n"
        content = envelope.content or b""
        body = content.encode() if isinstance(content, str) else content
        path = self._folder / f"{self._count:06d}.eml"
        temporary = path.with_suffix(".part")
        temporary.write_bytes(head.encode() + body)
        temporary.rename(path)
        return "250 OK: kept"

    def messages(self) -> list[dict[str, Any]]:
        """Every kept message: file, from, to, subject, text."""
        return [_shown(path) for path in sorted(self._folder.glob("*.eml"))]


def _shown(path: Path) -> dict[str, Any]:
    message = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    text = message.get_body(("plain", "html"))
    return {
        "file": path.name,
        "from": message["X-Sandbox-From"],
        "to": [address.strip() for address in (message["X-Sandbox-To"] or "").split(",") if address.strip()],
        "subject": message["Subject"],
        "headers": dict(message.items()),
        "text": text.get_content().replace("\r\n", "\n") if text else "",
    }
