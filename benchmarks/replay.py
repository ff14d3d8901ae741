"""Answers recorded on their way from the sandbox, and given again without it.

    python -m benchmarks.replay FOLDER UPSTREAM

Listens on a free port of this machine, which is the first line that it prints. What it has not answered before is asked
of UPSTREAM, and kept in FOLDER under its method, path and body.
"""

import sys
from hashlib import sha256
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

# What speaks of one connection only.
HOP_BY_HOP = {"connection", "content-length", "date", "server", "transfer-encoding"}


class Replaying(BaseHTTPRequestHandler):
    """Sends a kept answer as it came, its Date included: it is the clock that ingestion goes by."""

    protocol_version = "HTTP/1.1"
    folder: Path
    upstream: str

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key = sha256(f"{self.command} {self.path}\n".encode() + body).hexdigest()
        kept = self.folder / key
        if not kept.exists():
            head, content = self._asked(body)
            part = kept.with_suffix(".part")
            part.write_bytes(head + b"\r\n" + content)
            part.rename(kept)
        self.wfile.write(kept.read_bytes())

    def _asked(self, body: bytes) -> tuple[bytes, bytes]:
        connection = HTTPConnection(urlsplit(self.upstream).netloc)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
        lines += [
            f"{name}: {value}" for name, value in answer.getheaders() if name.lower() not in HOP_BY_HOP - {"date"}
        ]
        lines += [f"Content-Length: {len(content)}", ""]
        connection.close()
        return "\r\n".join(lines).encode("latin-1"), content

    def log_message(self, format: str, *args: object) -> None:
        """Silent: a line for each page would be as much to read as the figures."""


def main() -> None:
    folder, Replaying.upstream = Path(sys.argv[1]), sys.argv[2]
    folder.mkdir(parents=True, exist_ok=True)
    Replaying.folder = folder
    with ThreadingHTTPServer(("127.0.0.1", 0), Replaying) as server:
        print(server.server_port, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
