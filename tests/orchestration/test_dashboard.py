"""The dashboard, run as streamlit runs it, over a published file."""

import csv
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.words import GAPS
from orchestration.environment import PROJECT_ROOT

APP = PROJECT_ROOT / "dashboard" / "app.py"
TIMEOUT = 60

MARTS = """
create schema marts;
create table marts.snapshot as select
    timestamptz '2026-03-31 12:00:00+00' as as_of, timestamptz '2026-03-31 12:01:00+00' as published_at;
create table marts.fct_notification_events as from (values
    ('n1', 101, 'notify', null, 'ticket_opened', 'Acme <b>GmbH</b>', 'Ada', '<script>alert(1)</script>', 'Kim',
        'https://gitlab.zendesk.com/agent/tickets/101', cast(null as varchar),
        timestamptz '2026-03-30 09:00:00+00', null, false),
    ('n2', 102, 'notify', null, 'late_association', 'Beta', 'Bo', 'Cannot log in', 'Lee',
        'javascript:alert(1)', null, timestamptz '2026-01-02 09:00:00+00', timestamptz '2026-01-03 09:00:00+00', true),
    ('n3', 103, 'suppressed', 'no_org', 'ticket_opened', null, null, 'Help', 'Max', null, null,
        timestamptz '2026-03-30 10:00:00+00', null, false)
) as t(notification_id, ticket_id, disposition, suppression_reason, kind, account_name, csm_name, ticket_subject,
    contact_name, ticket_url, salesforce_case_url, opened_at, associated_at, is_on_behalf);
create table marts.fct_account_coverage as from (values ('001', true), ('002', false)) as t(account_id, is_established);
create table marts.fct_contact_coverage_gaps as from (values
    ('g1', 'ORG_WITHOUT_CONTACTS', 'critical', 'Acme', 'Ada', true, timestamptz '2026-03-01 00:00:00+00', 'Sam',
        'sam@acme.example', 'E-mail the sold-to contact.', 'open'),
    ('g2', 'SINGLE_CONTACT', 'warning', 'Beta', 'Bo', true, timestamptz '2026-03-21 00:00:00+00', null, null, 'Ask.',
        'open'),
    ('g3', 'SINGLE_CONTACT', 'warning', 'Beta', 'Bo', false, timestamptz '2026-01-21 00:00:00+00', null, null, 'Ask.',
        'closed')
) as t(gap_id, gap_code, severity, account_name, csm_name, is_open, opened_at, sold_to_name, sold_to_email,
    next_action, state);
create table marts.fct_coverage_work_list as from (values
    ('salesforce/main', '001', 'Acme', 'Ada', 'Sam', 'sam@acme.example',
        'Hello Sam, nobody at <b>Acme</b> **can** ask.'),
    ('salesforce/government', '001', 'Acme', 'Ada', 'Kay', null, 'Hello Kay, the other Acme.'),
    ('salesforce/main', '002', 'Beta', 'Bo', null, null, null),
    ('salesforce/main', '003', 'Cedar', 'Ada', 'Cy', 'cy@cedar.example', 'Hello Cy.')
) as t(account_source, account_id, account_name, csm_name, sold_to_name, sold_to_email, message_text);
create table marts.fct_feedback_trends as
    select
        date '2025-01-01' + to_months(cast(month as integer)) as period_start, 'month' as period_grain,
        'all' as dimension, 'all' as dimension_value, if(month < 4, 'ssat_2pt', 'ces_7pt') as instrument,
        100 as offered, 40 as positive, 10 as negative, 0 as neutral, 0.8 as score, 0.67 as score_low,
        0.89 as score_high, 0.5 as response_rate, month < 14 as is_mature,
        if(month = 13, 'special_cause_low', 'none') as signal
    from range(15) as months(month);
create table marts.fct_feedback as from (values
    ('f1', 'zendesk/global', 'survey', 101, 'salesforce/main', '001', '005', 'zendesk:7', 'waiting', true,
        timestamptz '2026-03-20 00:00:00+00', timestamptz '2026-03-27 00:00:00+00'),
    ('f2', 'zendesk/global', 'mid_ticket', 102, 'salesforce/main', '002', '005', 'kim', 'answered', false,
        timestamptz '2026-03-20 00:00:00+00', null)
) as t(feedback_id, source, channel, ticket_id, account_source, account_id, csm_user_id, owner, action_state,
    is_overdue, received_at, due_at);
create table marts.dim_accounts as
    select 'salesforce/main' as account_source, '001' as account_id, '001' as account_key, 'Acme' as account_name;
create table marts.dim_contacts as select 'zendesk/global' as source, 7 as contact_id, 'Agent Joy' as contact_name;
create table marts.dim_csms as
    select 'salesforce/main' as account_source, '005' as csm_user_id, '005' as csm_key, 'Ada' as csm_name;
"""


@pytest.fixture
def published_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    path = tmp_path / "published" / "support_signals.duckdb"
    path.parent.mkdir()
    with duckdb.connect(str(path)) as connection:
        connection.execute(MARTS)
    return path


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def test_before_the_first_snapshot_the_page_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))

    app = AppTest.from_file(APP, default_timeout=TIMEOUT).run()

    assert not app.exception
    assert "Nothing is published yet" in app.info[0].value


def test_each_answer_is_shown_in_plain_words(published_file: Path) -> None:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT).run()

    assert not app.exception
    assert [tab.label for tab in app.tabs] == ["Notifications", "Coverage", "Feedback"]
    assert metrics(app) == {
        "Tickets in the last seven days": "1",
        "Tickets a CSM hears about": "2",
        "Tickets kept quiet": "1",
        "Customers with active support": "2",
        "Of them set up in support": "50%",
        "Open gaps": "2",
    }
    work = app.tabs[1].dataframe[0].value
    assert list(work["gap_code"]) == ["No support contacts", "Only one support contact"]
    assert list(work["opened_at"]) == [30, 10]
    waiting = app.tabs[2].dataframe[-1].value
    assert list(waiting["account_name"]) == ["Acme"]
    assert list(waiting["owner"]) == ["Agent Joy"]
    assert "February 2026, Effort, 1 to 7 (from May 2025): Worse than chance explains." in app.warning[0].value


def test_only_web_addresses_become_links(published_file: Path) -> None:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT).run()

    links = app.tabs[0].dataframe[0].value["ticket_url"]
    assert [link for link in links if isinstance(link, str)] == ["https://gitlab.zendesk.com/agent/tickets/101"]


def test_what_customers_wrote_is_never_read_as_markup(published_file: Path) -> None:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT).run()

    assert not any("script" in block.value for block in (*app.markdown, *app.caption))
    assert "<script>alert(1)</script>" in list(app.tabs[0].dataframe[0].value["ticket_subject"])


def test_choosing_a_csm_shows_only_their_customers(published_file: Path) -> None:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT).run()
    app.selectbox(key="coverage_csm").select("Bo").run()

    assert not app.exception
    assert list(app.tabs[1].dataframe[0].value["account_name"]) == ["Beta"]


def test_the_text_for_a_customer_is_shown_as_it_will_be_sent(published_file: Path) -> None:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT).run()
    assert app.selectbox(key="coverage_message").options == [
        "Acme (salesforce/government/001)",
        "Acme (salesforce/main/001)",
        "Cedar",
    ]
    assert not app.code

    app.selectbox(key="coverage_message").select("Acme (salesforce/main/001)").run()
    assert not app.exception
    assert [text.value for text in app.text] == ["To Sam <sam@acme.example>"]
    assert [code.value for code in app.code] == ["Hello Sam, nobody at <b>Acme</b> **can** ask."]

    app.selectbox(key="coverage_message").select("Acme (salesforce/government/001)").run()
    assert [text.value for text in app.text] == ["To Kay <no address known>"]

    app.selectbox(key="coverage_csm").select("Bo").run()
    assert not app.exception
    assert not app.code


def test_gaps_that_nobody_can_judge_are_told_beside_the_open_ones(published_file: Path) -> None:
    """E-48: none is not the answer when nobody could look."""
    said = "1 more may be open: a source was not read lately."
    assert said not in [caption.value for caption in AppTest.from_file(APP, default_timeout=TIMEOUT).run().caption]
    with duckdb.connect(str(published_file)) as connection:
        connection.execute("update marts.fct_contact_coverage_gaps set state = 'unknown' where gap_id = 'g3'")

    assert said in [caption.value for caption in AppTest.from_file(APP, default_timeout=TIMEOUT).run().caption]
    with duckdb.connect(str(published_file)) as connection:
        connection.execute("update marts.fct_contact_coverage_gaps set is_open = false")

    app = AppTest.from_file(APP, default_timeout=TIMEOUT).run()
    assert "No gap is known to be open." in [info.value for info in app.info]
    assert not app.success


def test_each_gap_code_has_plain_words() -> None:
    with (PROJECT_ROOT / "dbt_project" / "seeds" / "gap_codes.csv").open() as file:
        assert {row["code"] for row in csv.DictReader(file)} == set(GAPS)


def test_the_page_holds_no_file_open(published_file: Path) -> None:
    app = AppTest.from_file(APP, default_timeout=TIMEOUT).run()
    with duckdb.connect(str(published_file)) as connection:
        connection.execute("update marts.snapshot set as_of = timestamptz '2026-04-01 12:00:00+00'")

    assert "01 April 2026" in app.run().caption[0].value
