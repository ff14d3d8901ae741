"""One sandbox over TLS whose clock is the real one, its world, and what a complete reader must find in it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sandbox.changes import to_change
from sandbox.state import State
from tests.clients.world import Changes, world
from tests.sandbox_process import RunningSandbox, sandbox


@pytest.fixture(scope="session")
def started_at() -> datetime:
    """Clients compare what they read with their own clock, so the sandbox runs by it."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    """What a Salesforce client signs its assertions with."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def changes(started_at: datetime, key: rsa.RSAPrivateKey) -> Changes:
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return world(started_at, public.decode())


@pytest.fixture(scope="session")
def running(changes: Changes, started_at: datetime) -> Iterator[RunningSandbox]:
    with sandbox(changes, now=started_at.isoformat(), clock="running", tls_port=0) as started:
        yield started


@pytest.fixture(scope="session")
def truth(changes: Changes, started_at: datetime) -> State:
    """The same world in this process, read without any API."""
    state = State()
    state.load(to_change(change) for change in changes)
    state.clock.move_to(int(started_at.timestamp() * 1000))
    state.advance()
    return state
