"""An event log with as many tickets as one likes: the demo world's, and copies of its tickets under other numbers.

Copies have the accounts, people and times of the originals: a larger log is a busier one, not one of more years. Each
ticket gets eight audits on average, as the budget counts them.
"""

from pathlib import Path

import duckdb

LOG = "event_log"
TICKETS, AUDITS = f"{LOG}.zendesk__ticket_events", f"{LOG}.zendesk__ticket_audit_events"
# Numbers of copies begin above every number of the demo world. Like Zendesk's they grow with time: those of one ticket
# and its copies stand together.
APART, FAR = 1_000_000_000, 10**17
# Entries of the demo's tickets, without the first one of each, that come a second time to make eight a ticket.
DOUBLED = 0.85
# Whom changes meet: 97 of 100 audits of the demo world belong to tickets of at most this age.
YOUNG_DAYS = 14
COLUMNS = "event_id, event_type, source, entity_id, occurred_at, recorded_at, position, payload"


def grow(warehouse: Path, tickets: int) -> tuple[int, int]:
    """Changes the log in `warehouse` to about so many tickets; returns how many tickets and audits it has then."""
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set preserve_insertion_order = false")
        (known,) = _row(connection, f"select count(distinct entity_id) from {TICKETS}")
        if tickets < known:
            _forget(connection, tickets)
        _double_audits(connection)
        for month in _months(connection):
            _copy(connection, max(tickets // known, 1) - 1, month)
        connection.execute("checkpoint")
        counted = f"select count(distinct entity_id), (select count(*) from {AUDITS}) from {TICKETS}"
        return _row(connection, counted)


def change(warehouse: Path, tickets: int, second: int) -> None:
    """One more load, `second` seconds after the newest: an answer of the customer on each of so many tickets."""
    with duckdb.connect(str(warehouse)) as connection:
        (moment,) = _row(connection, f"select max(recorded_at) + interval '1 second' from {LOG}.polls")
        connection.execute(
            f"""create or replace temp table touched as
            select * from {TICKETS} where source = 'zendesk/global' and event_type = 'zendesk.ticket.observed'
                and (payload ->> 'created_at')::timestamptz > ?::timestamptz - to_days({YOUNG_DAYS})
            order by hash(entity_id || ?) limit ?""",
            [moment, str(second), tickets],
        )
        connection.execute(
            f"""insert into {TICKETS} ({COLUMNS})
            select md5(event_id || ?), event_type, source, entity_id, ?, ?, position,
                replace(payload::varchar, '"status":"closed"', '"status":"open"')
            from touched""",
            [str(second), moment, moment],
        )
        connection.execute(
            f"""insert into {AUDITS} ({COLUMNS})
            select md5('audit' || event_id || $second), 'zendesk.ticket_audit.recorded', source,
                (800000000000000 + hash(event_id || $second) % 100000000000)::varchar, $moment, $moment, position,
                json_object('id', 800000000000000 + hash(event_id || $second) % 100000000000,
                    'ticket_id', entity_id::bigint, 'updater_id', (payload ->> 'requester_id')::bigint, 'via', 'Mail',
                    'created_at', strftime($moment::timestamptz, '%Y-%m-%dT%H:%M:%SZ'), 'event_type', 'Audit',
                    'child_events', [
                        json_object('event_type', 'Comment', 'type', 'Comment', 'public', true, 'attachments', [],
                            'author_id', (payload ->> 'requester_id')::bigint, 'body', 'It happens again today.'),
                        json_object('event_type', 'Change', 'previous_value', 'solved', 'status', 'open')
                    ])
            from touched""",
            {"second": str(second), "moment": moment},
        )
        connection.execute(
            f"""insert into {LOG}.polls by name
            select * replace (? as polled_at, ? as recorded_at) from {LOG}.polls
            qualify row_number() over (partition by source, stream order by recorded_at desc) = 1""",
            [moment, moment],
        )


def _forget(connection: duckdb.DuckDBPyConnection, kept: int) -> None:
    connection.execute(
        f"create temp table kept as select distinct entity_id from {TICKETS} order by entity_id::bigint limit {kept}"
    )
    connection.execute(f"delete from {TICKETS} where entity_id not in (from kept)")
    connection.execute(f"delete from {AUDITS} where payload ->> 'ticket_id' not in (from kept)")


def _double_audits(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        f"""insert into {AUDITS} ({COLUMNS})
        select md5('second' || event_id), event_type, source, (entity_id::bigint + 400000000000000)::varchar,
            occurred_at + interval '1 second', recorded_at, position,
            replace(payload::varchar, '"id":' || entity_id || ',',
                '"id":' || (entity_id::bigint + 400000000000000) || ',')
        from {AUDITS}
        where not contains(payload::varchar, '"event_type":"Create"') and hash(event_id) % 100 < {DOUBLED * 100}"""
    )


def _months(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = f"""
        select distinct strftime(occurred_at, '%Y-%m') as month from {TICKETS}
        union select strftime(occurred_at, '%Y-%m') from {AUDITS} order by month"""
    return [month for (month,) in connection.execute(found).fetchall()]


def _copy(connection: duckdb.DuckDBPyConnection, copies: int, month: str) -> None:
    """Month by month, because that is how a log grows."""
    original = f"strftime(occurred_at, '%Y-%m') = '{month}'"
    ticket, audit = f"({APART} + entity_id::bigint * 100 + copy)", f"({FAR} + entity_id::bigint * 100 + copy)"
    connection.execute(
        f"""insert into {TICKETS} ({COLUMNS})
        select md5(event_id || copy), event_type, source, {ticket}::varchar, occurred_at,
            recorded_at, position, replace(
                replace(payload::varchar, '"id":' || entity_id || ',', '"id":' || {ticket} || ','),
                '/tickets/' || entity_id || '.json', '/tickets/' || {ticket} || '.json')
        from (from {TICKETS} where entity_id::bigint < {APART} and {original}), range(1, {copies + 1}) as c(copy)"""
    )
    connection.execute(
        f"""insert into {AUDITS} ({COLUMNS})
        select md5(event_id || copy), event_type, source, {audit}::varchar, occurred_at,
            recorded_at, position, replace(
                replace(payload::varchar, '"id":' || entity_id || ',', '"id":' || {audit} || ','),
                '"ticket_id":' || ticket_id || ',', '"ticket_id":' || ({APART} + ticket_id * 100 + copy) || ',')
        from (
            select *, (payload ->> 'ticket_id')::bigint as ticket_id from {AUDITS}
            where entity_id::bigint < {FAR} and {original}
        ), range(1, {copies + 1}) as c(copy)"""
    )


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row
