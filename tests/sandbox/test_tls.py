"""Every host that the sandbox stands in for, over TLS with strict verification, and where each leads."""

import json
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from sandbox.tls import certificate
from tests.sandbox.calls import line
from tests.sandbox_process import RunningSandbox, sandbox

WORLD = [line("10:00:00", "ticket", 1), line("10:00:00", "ticket", 1, instance="us_government")]


@pytest.fixture(scope="module")
def running():
    with sandbox(WORLD, tls_port=0) as started:
        yield started


def get(running: RunningSandbox, host: str, path: str, header: str | None = None) -> tuple[int, Any]:
    """Status and JSON of an answer; the certificate is verified for `host` as strictly as Python can."""
    trusted = ssl.create_default_context(cafile=running.ready["ca_file"])
    trusted.verify_flags |= ssl.VERIFY_X509_STRICT
    plain = socket.create_connection(("localhost", running.ready["tls_port"]), timeout=20)
    with trusted.wrap_socket(plain, server_hostname=host) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {header or host}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


@pytest.mark.parametrize(
    ("host", "path", "says"),
    [
        ("gitlab.zendesk.com", "/api/v2/nowhere", "InvalidEndpoint"),
        ("gitlab.zendesk.com:8443", "/api/v2/nowhere", "InvalidEndpoint"),
        ("GitLab.Zendesk.com", "/api/v2/nowhere", "InvalidEndpoint"),
        ("us-government.localhost:8443", "/api/v2/nowhere", "InvalidEndpoint"),
        ("localhost:8443", "/api/v2/nowhere", "InvalidEndpoint"),
        ("login.salesforce.com", "/services/data/v62.0/nowhere", "NOT_FOUND"),
        ("acme.my.salesforce.com:443", "/services/data/v62.0/nowhere", "NOT_FOUND"),
        ("localhost:8443", "/services/data/v62.0/nowhere", "NOT_FOUND"),
        ("gitlab.com:443", "/api/v4/projects/1", "401 Unauthorized"),
        ("127.0.0.1", "/api/v4/projects/1", "401 Unauthorized"),
        ("localhost", "/elsewhere", "nothing is served at this address"),
    ],
)
def test_a_host_with_or_without_a_port_leads_to_its_system(running, host: str, path: str, says: str):
    status, body = get(running, host.partition(":")[0], path, host)
    assert status in (401, 404)
    assert says in json.dumps(body)


@pytest.mark.parametrize(
    ("host", "instance"),
    [
        ("gitlab.zendesk.com:8443", "global"),
        ("gitlab-federal-support.zendesk.com", "us_government"),
        ("us-government.localhost:8443", "us_government"),
        ("gitlab-federal-support.localhost:8443", "us_government"),
        ("acme.zendesk.com", "global"),
        ("acme.localhost:18443", "global"),
    ],
)
def test_a_zendesk_host_leads_to_its_account(running, host: str, instance: str):
    order = {"kind": "409", "route": "/", "instance": instance, "id": "told"}
    running.post("/_sandbox/faults", order)
    assert get(running, host.partition(":")[0], "/api/v2/groups", host)[0] == 409


def test_a_host_that_is_not_the_sandboxs_is_refused_by_the_client(running):
    for host in ("zendesk.com", "a.b.zendesk.com", "example.com"):
        with pytest.raises(ssl.SSLCertVerificationError, match="not valid for"):
            get(running, host, "/")


def test_a_certificate_is_kept_until_it_no_longer_serves(tmp_path: Path):
    chain, key = certificate(tmp_path)
    first = chain.read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600
    assert certificate(tmp_path)[0].read_bytes() == first
    chain.write_bytes(first[:300])
    assert certificate(tmp_path)[0].read_bytes() not in (first, first[:300])
    (tmp_path / "ca.pem").unlink()
    certificate(tmp_path)
    assert (tmp_path / "ca.pem").exists()
