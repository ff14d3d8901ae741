"""An account brief as a CSM gets it: complete, and harmless whatever customers write (E-68, C.2-15)."""

from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest
from markdown_it import MarkdownIt

from deliveries.__main__ import main
from deliveries.brief import NoSuchAccount, brief_of
from deliveries.published import NotPublished

HOSTILE = "](https://evil.example) <script>alert(1)</script> **bold**\n# Heading\u202e `code` <b onclick=x>"
MARTS = """
set TimeZone = 'UTC';
create schema marts;
create table marts.snapshot as select timestamptz '2026-03-02 12:00:00+00' as as_of;
create table marts.fct_account_briefs as
    select
        'salesforce/main' as account_source, id as account_id, id as account_key, name as account_name,
        'Carla' as csm_name, 'premium' as support_level, false as is_on_support_hold,
        timestamptz '2026-02-01 00:00:00+00' as since, true as is_since_assumed, 3 as new_tickets,
        2 as solved_tickets, 12 as open_tickets, 1 as pending_tickets, 1 as open_under_7_days,
        1 as open_7_to_30_days, 11 as open_over_30_days, silent as has_no_feedback_responses,
        4 as surveys_offered, 5 as follow_ups_answered, 20.4 as median_response_hours, 1 as follow_ups_waiting
    from (
        values ('001a', $hostile, false), ('001b', 'Alpine Robotics', true), ('001c', 'Alpine Robotics West', true),
            ('001d', 'Borealis', true)
    ) as t(id, name, silent);
create table marts.dim_tickets as
    select
        'salesforce/main' as account_source, '001a' as account_id, 'zendesk/global' as source, range as ticket_id,
        $hostile as ticket_subject,
        case when range = 3 then 'javascript:alert(1)' else 'https://gitlab.zendesk.com/tickets/' || range end
            as ticket_url,
        'open' as status, 'high' as priority, timestamptz '2026-01-01 00:00:00+00' + to_days(range::int) as opened_at,
        false as is_deleted, false as is_merged
    from range(12);
create table marts.fct_feedback as
    select
        'f' as feedback_id, 'salesforce/main' as account_source, '001a' as account_id, 'zendesk/global' as source,
        1 as ticket_id, 'mid_ticket' as channel, 'negative' as polarity,
        timestamptz '2026-02-20 00:00:00+00' as received_at, 'waiting' as action_state, true as is_overdue;
create table marts.fct_contact_coverage_gaps as
    select
        'g' as gap_id, 'salesforce/main' as account_source, '001a' as account_id, 'SINGLE_CONTACT' as gap_code,
        'warning' as severity, timestamptz '2026-02-10 00:00:00+00' as opened_at, true as is_open,
        'Ask for a second contact.' as next_action;
create table marts.fct_field_drift as
    select
        'salesforce/main' as account_source, '001a' as account_id, 'name' as field, $hostile as salesforce_value,
        'Old' as zendesk_value, timestamptz '2026-02-11 00:00:00+00' as drifted_at, true as is_open;
"""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "support_signals.duckdb"
    with duckdb.connect(str(path)) as connection:
        for statement in filter(str.strip, MARTS.split(";")):
            connection.execute(statement, {"hostile": HOSTILE} if "$hostile" in statement else {})
    return path


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def addresses(self) -> set[str | None]:
        return {attributes.get("href") for tag, attributes in self.found if tag == "a"}


def written(published: Path, tmp_path: Path, account: str, wanted: str) -> str:
    output = tmp_path / f"brief.{wanted}"
    assert main(["brief", account, "--published", str(published), "--format", wanted, "--output", str(output)]) == 0
    return output.read_text(encoding="utf-8")


def shown(published: Path, tmp_path: Path, wanted: str) -> Tags:
    text = written(published, tmp_path, "001a", wanted)
    return Tags(text if wanted == "html" else MarkdownIt("gfm-like", {"linkify": False}).render(text))


@pytest.mark.parametrize("wanted", ["markdown", "html"])
def test_hostile_text_arrives_whole_and_does_nothing(published: Path, tmp_path: Path, wanted: str) -> None:
    page = shown(published, tmp_path, wanted)
    allowed = {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "h1",
        "h2",
        "p",
        "ul",
        "li",
        "a",
        "b",
        "br",
        "bdi",
        "span",
    }
    assert {tag for tag, _ in page.found} <= allowed | {"strong"}
    assert all(not name.startswith("on") for _, attributes in page.found for name in attributes)
    expected = {f"https://gitlab.zendesk.com/tickets/{number}" for number in range(10) if number != 3}
    assert page.addresses == expected
    whole = "](https://evil.example) <script>alert(1)</script> **bold** # Heading `code` <b onclick=x>"
    assert " ".join(page.text.split()).count(whole) >= 11
    assert "\u202e" not in page.text


@pytest.mark.parametrize("wanted", ["markdown", "html"])
def test_a_brief_shows_tickets_feedback_follow_ups_gaps_and_drift(published: Path, tmp_path: Path, wanted: str) -> None:
    """R-FB-5."""
    text = " ".join(shown(published, tmp_path, wanted).text.split())
    for part in (
        *("#0", "(open, since 1 January 2026)", "and 2 younger ones", "negative by mid ticket on 20 February 2026"),
        *("overdue for an answer", "5 answered, half of them within 20 hours; 1 still unanswered"),
        *("single contact", "Ask for a second contact.", "name differs", "Known until 2 March 2026"),
    ):
        assert part in text


def test_a_silent_customer_is_worth_a_reminder(published: Path, tmp_path: Path) -> None:
    """R-FB-6."""
    for wanted in ("markdown", "html"):
        assert "2 solved, 4 asked about, not a word back" in written(published, tmp_path, "Borealis", wanted)


def test_an_account_is_found_by_id_by_name_and_by_a_part_that_only_it_has(published: Path) -> None:
    for wanted in ("001d", "borealis", " Borealis ", "boreal"):
        assert brief_of(published, wanted)["account"]["account_id"] == "001d"
    # a whole name wins over being a part of another
    assert brief_of(published, "Alpine Robotics")["account"]["account_id"] == "001b"


def test_what_is_unknown_or_ambiguous_is_said_with_what_to_type_instead(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NoSuchAccount, match=r"Alpine Robotics \(001b\), Alpine Robotics West \(001c\)\. Give the id"):
        brief_of(published, "alpine")
    with pytest.raises(NoSuchAccount, match="give its Salesforce id"):
        brief_of(published, "nobody")
    with pytest.raises(NotPublished, match="make run"):
        brief_of(tmp_path / "nothing.duckdb", "001d")
    assert main(["brief", "nobody", "--published", str(published)]) == 1
    assert "No account of a CSM is called 'nobody'" in capsys.readouterr().err
