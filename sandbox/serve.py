"""Starts everything: world, clock, HTTP, TLS, SMTP; says in the ready file where to reach it."""

import asyncio
import signal
import socket
from dataclasses import dataclass
from pathlib import Path

import orjson
import uvicorn

from sandbox import settings
from sandbox.app import Application
from sandbox.changes import read_changes
from sandbox.clock import Clock
from sandbox.journal import Journal
from sandbox.mailbox import Mailbox
from sandbox.protocol import BreakableProtocol
from sandbox.state import State
from sandbox.timestamps import parse_ms

WORLDS = Path(__file__).parent / "worlds"


@dataclass(frozen=True)
class Options:
    """What the command line asks for."""

    port: int
    world: str
    now: str | None
    running: bool
    tls_port: int | None
    smtp_port: int | None
    enforce_quota: bool
    end_time_mode: str
    live: float | None
    data_dir: Path
    ready_file: Path | None


def world_path(world: str, data_dir: Path) -> Path:
    """The file of a world: `demo` is generated once into the data directory, `tiny` lies beside this file."""
    if world == "demo":
        from sandbox.world import generate

        return generate(data_dir)
    if (WORLDS / f"{world}.jsonl").exists():
        return WORLDS / f"{world}.jsonl"
    return Path(world)


def load(options: Options) -> Application:
    """The application with its world at the clock's time. Raises UnreadableWorld, OSError or ValueError."""
    settings.END_TIME_MODE = options.end_time_mode
    path = world_path(options.world, options.data_dir)
    journal = Journal(options.data_dir, path)
    state = State()
    state.load(read_changes(path))
    state.load(journal.read())
    state.clock = Clock(_start(state, options.now), running=options.running)
    state.advance()
    return Application(state, enforce_quota=options.enforce_quota, journal=journal)


def run(options: Options) -> None:
    """Serves until SIGTERM or SIGINT."""
    app = load(options)
    asyncio.run(_serve(app, options))


async def _serve(app: Application, options: Options) -> None:
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    listener = _listen(options.port)
    port = listener.getsockname()[1]
    app.serving = {"url": f"http://localhost:{port}", "port": port, "smtp_port": None, "tls_port": None}
    servers = [(_server(app), listener)]
    if options.tls_port is not None:
        from sandbox.tls import certificate

        secure = _listen(options.tls_port)
        app.serving["tls_port"] = secure.getsockname()[1]
        servers.append((_server(app, certificate(options.data_dir / "tls")), secure))
    if options.smtp_port is not None:
        app.mailbox = Mailbox(options.data_dir / "mail")
        _, app.serving["smtp_port"] = await app.mailbox.listen(options.smtp_port)
    tasks = [asyncio.create_task(_quietly(server, listener)) for server, listener in servers]
    while not all(server.started for server, _ in servers):
        await asyncio.sleep(0.01)
    if options.live is not None:
        from sandbox.live import run as live

        tasks.append(asyncio.create_task(live(app.state, app.append_changes, options.live)))
    if options.ready_file is not None:
        _write_ready(options.ready_file, orjson.dumps(app.described()))
    await stop.wait()
    for server, _ in servers:
        server.should_exit = server.force_exit = True
    for task in tasks[len(servers) :]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _server(app: Application, files: tuple[Path, Path] | None = None) -> uvicorn.Server:
    config = uvicorn.Config(
        app,
        http=BreakableProtocol,
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_keep_alive=75,
        ssl_certfile=files[0] if files else None,
        ssl_keyfile=files[1] if files else None,
    )
    return uvicorn.Server(config)


async def _quietly(server: uvicorn.Server, listener: socket.socket) -> None:
    # uvicorn would catch the signals that stop all servers together; its inner part does not.
    await server._serve([listener])


def _listen(port: int) -> socket.socket:
    # With the protocol named asyncio sends answers at once; without it each waits 40 ms for an acknowledgement.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        raise OSError(f"port {port} cannot be used: {error.strerror}") from error
    return listener


def _start(state: State, now: str | None) -> int:
    if now is not None:
        return parse_ms(now)
    last = state.timeline.last_change
    if last is None:
        return parse_ms(settings.EMPTY_WORLD_NOW)
    return last + settings.NOW_AFTER_LAST_CHANGE_SECONDS * 1000


def _write_ready(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".part")
    temporary.write_bytes(content)
    temporary.replace(path)
