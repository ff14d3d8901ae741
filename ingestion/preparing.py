"""Large pages, made into envelopes by a process of their own.

    python -m ingestion.preparing FD STREAM SOURCE KEY STAMP

Parsing and hashing hold the interpreter, which the loading of the pages before needs at the same time: with a second
one, both go on. A process is started with the first large page of a walk, and ends with it. Whatever it cannot take is
given back, and read as any other page is: it only saves time.
"""

import gc
import importlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
import pyarrow as pa

from ingestion.envelope import Envelopes, Rejected, Stamp, envelopes
from ingestion.streams import STREAMS

# Smaller pages are parsed sooner than they are carried to and fro.
LARGE = 1_000_000
ROOT = Path(__file__).parents[1]


class Prepared(list[Any]):
    """The records of a page that are envelopes already; as a list it holds the last of them only."""

    def __init__(self, last: list[Any], made: Envelopes) -> None:
        super().__init__(last)
        self.made = made


class Preparing:
    """A function from a body to what is parsed from it, `body[key]` as Prepared, or None; and a process to close."""

    def __init__(self, stream: str, source: str, key: str, stamp: Callable[[dict[str, Any]], Stamp]) -> None:
        self._key = key
        self._arguments = [stream, source, key, f"{stamp.__module__}:{stamp.__qualname__}"]
        self._child: subprocess.Popen[bytes] | None = None
        self._way: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._way:
            self._way.close()
        if self._child:
            self._child.wait()

    def __call__(self, body: bytes) -> dict[str, Any] | None:
        if len(body) < LARGE:
            return None
        try:
            way = self._way or self._start()
            _send(way, body)
            told = _receive(way)
            if not told:
                return None
            rest, last, rejected = orjson.loads(told)
            table = pa.ipc.open_stream(pa.py_buffer(_receive(way))).read_all()
        except (OSError, EOFError):
            # Killed, or never started: there is another way, and the next page tries again.
            self.__exit__(None, None, None)
            self._way = self._child = None
            return None
        return {**rest, self._key: Prepared(last, Envelopes(table, [Rejected(*found) for found in rejected]))}

    def _start(self) -> socket.socket:
        self._way, its_end = socket.socketpair()
        with its_end:
            # It needs no secret, and gets none.
            known = {name: value for name in ("PATH", "LD_LIBRARY_PATH") if (value := os.environ.get(name))}
            self._child = subprocess.Popen(
                [sys.executable, "-m", "ingestion.preparing", str(its_end.fileno()), *self._arguments],
                env={**known, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
                pass_fds=[its_end.fileno()],
                stdin=subprocess.DEVNULL,
            )
        return self._way


def _send(way: socket.socket, part: bytes | memoryview) -> None:
    way.sendall(len(part).to_bytes(8, "big"))
    way.sendall(part)


def _receive(way: socket.socket) -> bytearray:
    """One part, in as few calls as possible. Raises EOFError when the other end is gone."""
    head = way.recv(8, socket.MSG_WAITALL)
    part = bytearray(int.from_bytes(head, "big"))
    got = len(head) - 8
    while 0 <= got < len(part):
        read = way.recv_into(memoryview(part)[got:], 0, socket.MSG_WAITALL)
        got = got + read if read else -1
    if got < 0:
        raise EOFError
    return part


def prepared(body: bytearray, stream: str, source: str, key: str, stamp: Callable[[Any], Stamp]) -> list[Any]:
    """Two parts to send, or one that is empty for a body that is not of the usual kind."""
    try:
        rest = orjson.loads(body)
        records = rest.pop(key)
        last = records[-1:]
        made = envelopes(STREAMS[stream], source, _one_by_one(records), stamp)
        told = orjson.dumps([rest, last, [list(found) for found in made.rejected]])
    except (ValueError, TypeError, LookupError, AttributeError):
        return [b""]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, made.table.schema) as writer:
        writer.write_table(made.table)
    return [told, memoryview(sink.getvalue())]


def _one_by_one(records: list[Any]) -> Iterator[Any]:
    """Each record goes when it is done: a page is twenty times as large in memory as it was on its way."""
    records.reverse()
    while records:
        yield records.pop()


def main(descriptor: str, stream: str, source: str, key: str, stamp: str) -> None:
    gc.disable()
    pa.set_memory_pool(pa.system_memory_pool())
    module, _, name = stamp.partition(":")
    stamped = getattr(importlib.import_module(module), name)
    with socket.socket(fileno=int(descriptor)) as way:
        while True:
            try:
                body = _receive(way)
            except EOFError:
                return
            for part in prepared(body, stream, source, key, stamped):
                _send(way, part)


if __name__ == "__main__":
    main(*sys.argv[1:])
