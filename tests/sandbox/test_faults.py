"""Every kind of fault over real HTTP: which calls it strikes, what the client meets, and whether the call happened."""

import http.client
import json
import socket
import ssl
from typing import Any
from urllib.error import HTTPError

import pytest

from sandbox.fault_answers import ANSWERS
from tests.sandbox.calls import Answer, Salesforce, call, line, salesforce, zendesk
from tests.sandbox_process import RunningSandbox, sandbox

WORLD = [line("10:00:00", "ticket", number, {"requester_id": 50}) for number in range(1, 40)]
TICKETS = "incremental/tickets/cursor"
ROUTE = f"/api/v2/{TICKETS}"
JOBS = "/services/data/v62.0/jobs/query"
BROKEN = (ConnectionResetError, http.client.RemoteDisconnected)


@pytest.fixture(scope="module")
def running():
    with sandbox(WORLD, tls_port=0) as started:
        yield started


@pytest.fixture
def account(running):
    yield zendesk(running)
    call(f"{running.url}/_sandbox/faults", method="DELETE")


def order(running: RunningSandbox, kind: str, route: str = ROUTE, **more: Any) -> dict[str, Any]:
    return running.post("/_sandbox/faults", {"kind": kind, "route": route, **more})


def refusal(running: RunningSandbox, given: Any) -> str:
    with pytest.raises(HTTPError) as refused:
        running.post("/_sandbox/faults", given)
    assert refused.value.code == 400
    return json.loads(refused.value.read())["error"]


def create_job(org: Salesforce) -> Answer:
    body = json.dumps({"operation": "query", "query": "SELECT Id FROM Case"}).encode()
    return call(f"{org.base}{JOBS}", org.headers | {"Content-Type": "application/json"}, body)


def jobs(org: Salesforce) -> int:
    return len(org.get("jobs/query").body["records"])


# -- Which calls --------------------------------------------------------------------------------


def test_calls_are_counted_for_each_order_and_struck_by_number(running, account):
    order(running, "503", calls=[2, 3])
    assert [account.get(TICKETS, start_time=0).status for _ in range(4)] == [200, 503, 503, 200]
    assert account.get("groups").status == 200
    told = running.get("/_sandbox/faults")
    assert [struck["call"] for struck in told["happened"]] == [2, 3]
    assert told["counts"] == {"503": 2}
    (in_force,) = told["orders"]
    assert (in_force["seen"], in_force["struck"], in_force["calls"]) == (4, 2, [2, 3])


def test_a_share_of_calls_is_drawn_from_the_seed_and_can_be_repeated(running, account):
    def struck(seed: int) -> list[int]:
        order(running, "429", rate=0.3, seed=seed, id="share")
        found = [account.get(TICKETS, start_time=0).status for _ in range(60)]
        return [number for number, status in enumerate(found) if status == 429]

    first = struck(7)
    assert struck(7) == first
    assert struck(8) != first
    assert 6 <= len(first) <= 32


def test_a_mix_draws_which_of_its_kinds_strikes(running, account):
    kinds = ["429", "504", {"kind": "status", "status": 418}, "request_limit_exceeded"]
    order(running, "mix", rate=0.5, seed=3, kinds=kinds, id="mixed")
    first = [account.get(TICKETS, start_time=0).status for _ in range(40)]
    assert set(first) == {200, 429, 504, 418}, "what Salesforce says never comes from Zendesk"
    order(running, "mix", rate=0.5, seed=3, kinds=kinds, id="mixed")
    assert [account.get(TICKETS, start_time=0).status for _ in range(40)] == first
    assert set(running.get("/_sandbox/faults")["counts"]) == {"429", "504", "status"}


def test_orders_can_be_narrowed_to_a_system_an_instance_and_a_method(running, account):
    order(running, "500", "/", system="zendesk", instance="us_government")
    order(running, "500", "/", system="salesforce", method="POST")
    order(running, "500", "/", system="gitlab")
    assert account.get(TICKETS, start_time=0).status == 200
    assert call(f"{running.salesforce}/services/data/").status == 200
    assert call(f"{running.salesforce}/services/oauth2/token", body=b"x=1").status == 500


def test_the_order_of_an_id_replaces_the_one_before_and_can_be_ended_alone(running, account):
    order(running, "500", id="a/b")
    order(running, "502", id="a/b")
    order(running, "404", "/api/v2/groups")
    assert account.get(TICKETS, start_time=0).status == 502
    call(f"{running.url}/_sandbox/faults/a%2Fb", method="DELETE")
    assert account.get(TICKETS, start_time=0).status == 200
    assert account.get("groups").status == 404
    assert call(f"{running.url}/_sandbox/faults/a%2Fb", method="DELETE").status == 400


def test_control_calls_are_never_struck(running, account):
    order(running, "reset", "/")
    with pytest.raises(BROKEN):
        account.get("groups")
    assert running.get("/_sandbox/world")["instances"] == ["global"]


def test_a_world_begins_and_ends_faults_at_their_times():
    begins = line("11:00:00", "ticket", 41) | {"system": "sandbox", "object": "fault", "id": "outage"}
    begins["set"] = {"route": ROUTE, "kind": "503"}
    ends = begins | {"at": "2026-03-01T12:00:00Z", "delete": True, "set": {}}
    with sandbox([*WORLD, begins, ends], now="2026-03-01T10:30:00Z") as running:
        statuses = []
        for at in ("10:30:00", "11:00:00", "11:59:59", "12:00:00"):
            running.post("/_sandbox/clock", {"now": f"2026-03-01T{at}Z"})
            statuses.append(zendesk(running).get(TICKETS, start_time=0).status)
        assert statuses == [200, 503, 503, 200]
        posted = begins | {"set": {"route": ROUTE, "kind": "explode"}}
        with pytest.raises(HTTPError, match="400"):
            running.post("/_sandbox/changes", posted)


def test_an_order_of_a_world_that_makes_no_sense_is_named_by_its_line():
    bad = {"at": "2026-03-01T10:00:00Z", "system": "sandbox", "object": "fault", "id": "x", "set": {"kind": "delay"}}
    with pytest.raises(RuntimeError, match="line 40: delay needs seconds"), sandbox([*WORLD, bad]):
        pass


# -- Answers instead of the handler's -----------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status", "retry_after", "content_type", "says"),
    [
        ("429", 429, "7", "application/json", "APIRateLimitExceeded"),
        ("429_retry_after_0", 429, "0", "application/json", "APIRateLimitExceeded"),
        ("429_retry_after_93", 429, "93", "application/json", "APIRateLimitExceeded"),
        ("429_no_retry_after", 429, None, "application/json", "APIRateLimitExceeded"),
        ("429_plain_text", 429, "7", "text/plain", "Number of allowed"),
        ("401", 401, None, "application/json", "Couldn't authenticate you"),
        ("403_scope", 403, None, "application/json", "Missing the following required scopes: read"),
        ("403_plan", 403, None, "application/json", "You do not have access to this page"),
        ("403_restricted", 403, None, "application/json", "Please contact the account administrator"),
        ("404", 404, None, "application/json", "RecordNotFound"),
        ("409", 409, None, "application/json", "UpdateConflict"),
        ("500", 500, None, "text/html", "<html>"),
        ("502", 502, None, "text/html", "<html>"),
        ("503", 503, "7", "text/html", "<html>"),
        ("503_no_retry_after", 503, None, "text/html", "<html>"),
        ("504", 504, None, "text/html", "<html>"),
        ("520", 520, None, "text/html", "<html>"),
        ("524", 524, None, "text/html", "<html>"),
    ],
)
def test_zendesk_refuses_once_in_its_own_words(running, account, kind, status, retry_after, content_type, says):
    order(running, kind, call=1)
    first, second = account.get(TICKETS, start_time=0), account.get(TICKETS, start_time=0)
    assert (first.status, first.headers.get("retry-after")) == (status, retry_after)
    assert first.headers["content-type"].startswith(content_type)
    assert says in (first.body.decode() if isinstance(first.body, bytes) else json.dumps(first.body))
    assert second.status == 200


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [
        ("401", 401, "INVALID_SESSION_ID"),
        ("403_scope", 403, "INSUFFICIENT_ACCESS"),
        ("403_plan", 403, "API_DISABLED_FOR_ORG"),
        ("404", 404, "NOT_FOUND"),
        ("500", 500, "UNKNOWN_EXCEPTION"),
        ("503", 503, "SERVER_UNAVAILABLE"),
        ("request_limit_exceeded", 403, "REQUEST_LIMIT_EXCEEDED"),
        ("concurrent_limit_exceeded", 403, "REQUEST_LIMIT_EXCEEDED"),
        ("query_timeout", 400, "QUERY_TIMEOUT"),
    ],
)
def test_salesforce_refuses_in_its_own_words(running, account, kind, status, code):
    org = salesforce(running)
    order(running, kind, "/services/data", call=1)
    answer = org.query("SELECT Id FROM Case")
    assert (answer.status, answer.body[0]["errorCode"]) == (status, code)
    assert org.query("SELECT Id FROM Case").status == 200


def test_gitlab_refuses_in_its_own_words(running, account):
    found = {}
    for kind in [name for name, systems in ANSWERS.items() if "gitlab" in systems]:
        order(running, kind, "/api/v4", id="one")
        found[kind] = call(f"{running.gitlab}/api/v4/projects/1", {"PRIVATE-TOKEN": "x"})
    assert found["401"].body == {"message": "401 Unauthorized"}
    assert found["429"].headers["retry-after"] == "7"
    assert found["429_retry_after_0"].headers["retry-after"] == "0"
    assert found["429_retry_after_93"].headers["retry-after"] == "93"
    assert "retry-after" not in found["429_no_retry_after"].headers
    assert [kind for kind, answer in found.items() if not kind.startswith(str(answer.status))] == []


def test_an_order_says_more_than_its_kind(running, account):
    order(running, "429", headers={"Retry-After": 12}, body={"error": "slow down"})
    answer = account.get(TICKETS, start_time=0)
    assert (answer.status, answer.headers["retry-after"], answer.body) == (429, "12", {"error": "slow down"})


def test_a_status_has_the_given_headers_and_body(running, account):
    order(running, "status", status=418, headers={"X-Why": "tea"}, body="short", content_type="text/plain")
    answer = account.get(TICKETS, start_time=0)
    assert (answer.status, answer.headers["x-why"], answer.body) == (418, "tea", b"short")
    assert answer.headers["content-type"].startswith("text/plain")


def test_a_garbage_body_comes_with_200(running, account):
    json_type = "application/json; charset=utf-8"
    order(running, "body", body='{"tickets": [{"id": 1', content_type=json_type, id="garbage")
    with pytest.raises(json.JSONDecodeError):
        account.get(TICKETS, start_time=0)
    order(running, "body", body_base64="AP/+", content_type="application/octet-stream", id="garbage")
    answer = account.get(TICKETS, start_time=0)
    assert (answer.status, answer.body) == (200, b"\x00\xff\xfe")
    order(running, "body", body="", id="garbage")
    assert account.get(TICKETS, start_time=0).body == b""
    order(running, "body", body={"tickets": None}, id="garbage")
    assert account.get(TICKETS, start_time=0).body == {"tickets": None}


def test_expired_tokens_are_refused_until_the_next_sign_in(running, account):
    order(running, "token_expired", call=2)
    assert [account.get(TICKETS, start_time=0).status for _ in range(3)] == [200, 401, 401]
    assert zendesk(running).get(TICKETS, start_time=0).status == 200
    org = salesforce(running)
    order(running, "token_expired", "/services/data", call=2)
    assert [org.query("SELECT Id FROM Case").status for _ in range(3)] == [200, 401, 401]
    assert salesforce(running).query("SELECT Id FROM Case").status == 200


# -- Connections --------------------------------------------------------------------------------


def test_a_reset_ends_the_connection_without_an_answer(running, account):
    order(running, "reset", call=1)
    with pytest.raises(ConnectionResetError):
        account.get(TICKETS, start_time=0)
    assert account.get(TICKETS, start_time=0).status == 200
    assert running.get("/_sandbox/requests")["requests"][-2]["status"] is None


def received(running: RunningSandbox, account: Any, tls: bool) -> tuple[bytes, bool]:
    """What came before the connection ended, and whether a reset ended it."""
    port = running.ready["tls_port" if tls else "port"]
    connection: socket.socket = socket.create_connection(("localhost", port), timeout=20)
    if tls:
        trusted = ssl.create_default_context(cafile=running.ready["ca_file"])
        connection = trusted.wrap_socket(connection, server_hostname="localhost", suppress_ragged_eofs=False)
    found = b""
    with connection:
        path = f"/zendesk/global{ROUTE}?start_time=0"
        token = account.headers["Authorization"]
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {token}\r\n\r\n".encode())
        try:
            while part := connection.recv(65_536):
                found += part
        except (ConnectionResetError, ssl.SSLEOFError):
            return found, True
    return found, False


@pytest.mark.parametrize("tls", [False, True])
def test_a_reset_in_the_middle_follows_a_part_of_the_answer(running, account, tls: bool):
    order(running, "reset", when="middle", call=1)
    found, was_reset = received(running, account, tls)
    head, _, body = found.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert body.startswith(b'{"tickets":[{')
    assert was_reset


@pytest.mark.parametrize("tls", [False, True])
def test_a_truncated_answer_ends_in_good_order_at_half_of_what_it_promised(running, account, tls: bool):
    order(running, "truncate", call=1)
    found, was_reset = received(running, account, tls)
    head, _, body = found.partition(b"\r\n\r\n")
    promised = int(head.lower().partition(b"content-length: ")[2].split()[0])
    assert len(body) == promised // 2 > 1000
    assert not was_reset
    order(running, "truncate")
    with pytest.raises(http.client.IncompleteRead):
        account.get(TICKETS, start_time=0)


def first_byte(running: RunningSandbox, account: Any) -> tuple[http.client.HTTPResponse | None, socket.socket]:
    """The head of an answer if it comes within half a second, and the socket that the rest comes from."""
    connection = http.client.HTTPConnection("localhost", running.ready["port"], timeout=0.5)
    connection.request("GET", f"/zendesk/global{ROUTE}?start_time=0", headers=account.headers)
    opened = connection.sock
    assert opened is not None
    try:
        return connection.getresponse(), opened
    except TimeoutError:
        return None, opened


def test_a_delayed_answer_keeps_its_first_byte_back(running, account):
    order(running, "delay", seconds=600, call=1)
    head, opened = first_byte(running, account)
    opened.close()
    assert head is None
    order(running, "delay", seconds=0.01)
    assert account.get(TICKETS, start_time=0).status == 200


def test_a_slow_body_begins_at_once_and_ends_late(running, account):
    order(running, "slow_body", seconds=600, call=1)
    head, opened = first_byte(running, account)
    assert head is not None
    assert head.status == 200
    with pytest.raises(TimeoutError):
        head.read()
    opened.close()
    order(running, "slow_body", seconds=0.1)
    assert len(account.get(TICKETS, start_time=0).body["tickets"]) == 39


# -- Whether the call happened ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "happened"),
    [
        ({"kind": "504"}, 0),
        ({"kind": "504", "after": True}, 1),
        ({"kind": "status", "status": 500, "after": True}, 1),
        ({"kind": "body", "body": "<html>", "after": True}, 1),
        ({"kind": "reset"}, 0),
        ({"kind": "reset", "after": True}, 1),
        ({"kind": "reset", "when": "middle"}, 1),
        ({"kind": "truncate"}, 1),
        ({"kind": "delay", "seconds": 0.01, "after": True}, 1),
        ({"kind": "mix", "kinds": [{"kind": "503", "after": True}]}, 1),
    ],
)
def test_a_write_happened_exactly_when_the_order_says_so(running, account, given: dict[str, Any], happened: int):
    org = salesforce(running)
    before = jobs(org)
    running.post("/_sandbox/faults", {"route": JOBS, "method": "POST", "call": 1} | given)
    try:
        answer = create_job(org)
    except (*BROKEN, http.client.IncompleteRead):
        answer = None
    assert jobs(org) - before == happened
    told = running.get("/_sandbox/faults")["happened"][-1]
    assert told["after"] is bool(happened)
    assert answer is None or answer.status != 200 or given["kind"] in ("delay", "body")


# -- Bad orders ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("429", "an order is a JSON object"),
        ({"kind": "explode"}, "kind must be one of 401, "),
        ({"kind": ["429"]}, "kind must be one of"),
        ({"route": "/"}, "kind must be one of"),
        ({"kind": "reset", "route": 7}, "route must be the beginning of a path, not 7"),
        ({"kind": "reset", "colour": "red"}, "an order has no colour; it has "),
        ({"kind": "reset", "system": "jira"}, "system must be one of zendesk, salesforce, gitlab, not 'jira'"),
        ({"kind": "409", "system": "gitlab"}, "gitlab has no 409; zendesk has"),
        ({"kind": "status", "status": 99}, "status must be a number from 200 to 599, not 99"),
        ({"kind": "500", "rate": 1.5}, "rate must be a number from 0 to 1, not 1.5"),
        ({"kind": "500", "rate": 0.5, "calls": [1]}, "by calls or by rate, not by both"),
        ({"kind": "500", "calls": [0]}, "calls must be a list of numbers from 1, not [0]"),
        ({"kind": "500", "calls": "2"}, "calls must be a list of numbers from 1, not '2'"),
        ({"kind": "500", "headers": {"X": "a\r\nY: b"}}, "headers must be an object of texts"),
        ({"kind": "body", "body_base64": "?"}, "body_base64 must be base64, not '?'"),
        ({"kind": "delay"}, "delay needs seconds"),
        ({"kind": "500", "seconds": 3}, "seconds mean nothing for 500"),
        ({"kind": "500", "when": "middle"}, "when means nothing for 500"),
        ({"kind": "reset", "when": "later"}, "when must be before or middle, not 'later'"),
        ({"kind": "truncate", "after": False}, "truncate cannot have after false"),
        ({"kind": "empty_page", "after": True}, "after means nothing for empty_page"),
        ({"kind": "mix", "rate": 0.5}, "kinds must be a list of kinds or orders, not None"),
        ({"kind": "mix", "kinds": ["explode"]}, "kind must be one of"),
        ({"kind": "mix", "kinds": [{"kind": "500", "call": 1}]}, "call belongs to the mix"),
        ({"kind": "500", "kinds": ["500"]}, "kinds must be given for a mix only"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_with_a_sentence_and_none_of_its_list_holds(
    running, account, given: Any, says: str
):
    assert says in refusal(running, [{"kind": "reset", "route": "/"}, given])
    assert running.get("/_sandbox/faults")["orders"] == []
