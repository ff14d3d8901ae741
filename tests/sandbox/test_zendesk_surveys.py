"""Survey responses of the newer kind."""

import pytest

from sandbox.zendesk.surveys import ulid, ulid_ms
from tests.sandbox.calls import line, zendesk
from tests.sandbox_process import sandbox

RATING = {
    "type": "rating_scale",
    "rating": 5,
    "rating_category": "good",
    "question": {"type": "rating_scale_numeric", "id": "q", "sub_type": "customer_satisfaction"},
}
SENT = 1_772_355_600_129
WORLD = [
    line("2026-03-01T09:00:00.129Z", "survey_response", ulid(SENT, "first"),
         {"responder_id": 50, "subject_zrns": ["zen:ticket:1"]}),
    *(line(f"09:0{number}:00", "survey_response", f"s{number}", {"ticket_id": number}) for number in range(1, 5)),
    line("2026-03-01T10:00:00.500Z", "survey_response", ulid(SENT, "first"), {"answers": [RATING]}),
]  # fmt: skip


@pytest.fixture(scope="module")
def account():
    with sandbox(WORLD, now="2026-03-01T11:00:00Z") as running:
        yield zendesk(running)


def walk(account, **query):
    found, after = [], None
    while True:
        answer = account.get("guide/survey_responses", **query, **({"page[after]": after} if after else {})).body
        assert set(answer) == {"survey_responses", "meta"}
        found += answer["survey_responses"]
        after = answer["meta"]["after_cursor"]
        if not answer["meta"]["has_more"]:
            return found


def test_a_row_says_when_it_was_sent_only_by_its_id_and_expiry(account):
    row = walk(account, sort="id")[0]
    assert ulid_ms(row["id"]) == SENT
    assert row["expires_at"] == "2026-03-29T09:00:00.129Z"
    assert row["responder_id"] == "50"
    assert row["subjects"] == [{"id": "1", "type": "ticket", "zrn": "zen:ticket:1"}]
    assert "created_at" not in row
    assert row["answers"] == [
        RATING | {"created_at": "2026-03-01T10:00:00.500Z", "updated_at": "2026-03-01T10:00:00.500Z"}
    ]


def test_pages_go_by_meta_only_newest_first_unless_sorted(account):
    newest = [row["id"] for row in walk(account, **{"page[size]": 2})]
    assert newest == sorted(newest, reverse=True)
    assert [row["id"] for row in walk(account, sort="id", **{"page[size]": 2})] == newest[::-1]
    assert len(newest) == 5


def test_filters_are_the_subject_and_the_time_of_sending(account):
    assert len(walk(account, **{"filter[subject_zrns]": "zen:ticket:1,zen:ticket:3"})) == 3
    rows = walk(account, **{"filter[created_at_start]": SENT + 1, "filter[created_at_end]": SENT + 150_000})
    assert sorted(row["subject_zrns"][0] for row in rows) == ["zen:ticket:1", "zen:ticket:2"]


def test_answers_of_this_service_carry_no_headers_of_the_other(account):
    headers = account.get("guide/survey_responses").headers
    assert headers["zendesk-service"] == "guide-rest"
    assert "etag" not in headers
    assert "ratelimit-limit" not in headers
