"""The envelope: identity, order and what is refused."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.envelope import Envelopes, canonical, envelopes, event_id, moment, payload_digest
from ingestion.sources.identity import by_updated_at
from ingestion.sources.zendesk import stamps
from ingestion.streams import STREAMS

USER, TICKET, PROJECT = (STREAMS[name] for name in ("zendesk__user", "zendesk__ticket", "gitlab__project"))
AT = "2026-03-01T09:00:00Z"
NAMES = st.sampled_from(["id", "metric_set", "subject", "x", '"metric_set":']) | st.text(max_size=3)


def enveloped(*records: Any) -> Envelopes:
    return envelopes(USER, "zendesk/global", records, stamps.user)


def ids(*records: Any) -> list[str]:
    return enveloped(*records).table["event_id"].to_pylist()


def test_the_same_observation_has_the_same_id_whatever_the_order_of_its_keys() -> None:
    assert ids({"id": 1, "updated_at": AT, "name": "Ana"}) == ids({"name": "Ana", "updated_at": AT, "id": 1})


def test_a_return_to_an_earlier_state_is_a_third_event() -> None:
    states = [("A", "2026-03-01T09:00:00Z"), ("B", "2026-03-01T10:00:00Z"), ("A", "2026-03-01T11:00:00Z")]
    assert len(ids(*({"id": 1, "name": name, "updated_at": at} for name, at in states))) == 3


def test_two_copies_in_one_page_are_one_event() -> None:
    assert len(ids({"id": 1, "updated_at": AT}, {"id": 1, "updated_at": AT})) == 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=4) | st.just('"metric_set":1,'),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(NAMES, VALUES, max_size=5), VALUES, VALUES)
def test_a_digest_is_that_of_the_record_without_its_volatile_field(record: dict[str, Any], one: Any, two: Any) -> None:
    first, second = ({**record, "metric_set": value} for value in (one, two))
    digests = {payload_digest(TICKET, given, canonical(given)) for given in (first, second)}
    record.pop("metric_set", None)
    assert digests == {payload_digest(TICKET, record, canonical(record))}


def test_ids_beyond_two_to_the_53_survive() -> None:
    table = enveloped({"id": 2**53 + 1, "updated_at": AT}).table
    assert table["entity_id"].to_pylist() == ["9007199254740993"]
    assert table["payload"].to_pylist() == ['{"id":9007199254740993,"updated_at":"2026-03-01T09:00:00Z"}']


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"updated_at": AT}, "no id"),
        ({"id": None, "updated_at": AT}, "which is no id"),
        ({"id": 1.5, "updated_at": AT}, "which is no id"),
        ({"id": 1, "updated_at": "yesterday"}, "Invalid isoformat"),
        ({"id": 1, "updated_at": "2026-03-01T09:00:00"}, "without zone"),
        ({"id": 1, "updated_at": None}, "TypeError"),
        ("text", "not an object but str"),
        ([1], "not an object but list"),
        (None, "not an object but NoneType"),
        ({"id": 1, "updated_at": AT, "name": "half \ud83d"}, "surrogates"),
    ],
)
def test_a_record_that_cannot_be_enveloped_is_rejected_and_the_rest_goes_on(record: Any, reason: str) -> None:
    made = enveloped({"id": 7, "updated_at": AT}, record, {"id": 8, "updated_at": AT})
    assert made.table["entity_id"].to_pylist() == ["7", "8"]
    assert [reason in rejected.reason for rejected in made.rejected] == [True]


def test_a_volatile_field_stays_in_the_payload_and_out_of_the_identity() -> None:
    quiet, starred = (
        envelopes(PROJECT, "gitlab/main", [{"id": 1, "updated_at": AT, "star_count": n}], by_updated_at).table
        for n in (0, 5)
    )
    assert quiet["event_id"] == starred["event_id"]
    assert quiet["payload"] != starred["payload"]


def test_deleted_records_are_tombstones() -> None:
    assert stamps.user({"id": 1, "updated_at": AT, "active": False}).word == "deleted"
    assert stamps.ticket({"id": 1, "generated_timestamp": 1772355600, "status": "deleted"}).word == "deleted"
    gone = stamps.organization({"id": 1, "updated_at": AT, "deleted_at": "2026-03-02T09:00:00Z"})
    assert (gone.word, gone.occurred_at) == ("deleted", datetime(2026, 3, 2, 9, tzinfo=UTC))


def test_a_survey_without_answers_is_dated_by_its_id() -> None:
    assert stamps.sent_at("01ARZ3NDEKTSV4RRFFQ69G5FAV") == datetime(2016, 7, 30, 23, 54, 10, 259000, UTC)
    stamp = stamps.survey_response({"id": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "answers": []})
    assert (stamp.version, stamp.occurred_at.year) == ("", 2016)


def test_times_are_kept_to_the_microsecond_and_in_utc() -> None:
    assert moment("2026-03-01T10:00:00.123456+01:00") == datetime(2026, 3, 1, 9, 0, 0, 123456, UTC)


@given(st.lists(st.text(min_size=1), min_size=5, max_size=5, unique=True))
def test_every_part_of_the_identity_counts(parts: list[str]) -> None:
    parts = [part.replace("\x1f", "") or str(place) for place, part in enumerate(parts)]
    base = event_id(*parts)
    for place in range(5):
        changed = [*parts]
        changed[place] += "x"
        assert event_id(*changed) != base


@given(st.dictionaries(st.text(max_size=5), st.integers(-(2**53), 2**53), max_size=6))
def test_canonical_form_does_not_depend_on_the_order_of_keys(record: dict[str, int]) -> None:
    assert canonical(record) == canonical(dict(reversed(record.items())))
