"""What a first submission did for its ticket, what the choice of a region cost, and the rates of an account."""

from typing import Any

import pytest

from tests.warehouse.conftest import Warehouse
from tests.warehouse.customers import account_id, customer, home, people
from tests.warehouse.gaps import built_from, iso
from tests.warehouse.log import Event
from tests.warehouse.records import audit, change, comment, create, ticket, ticket_field, user

# Numbers that no other test uses: the worlds of all are put together in sides.py.
ACCOUNT, FIRST, REGION_FIELD = 982, 98_200, 98_299
AGENT, ADA, CLERK = 98_256, 98_255, 98_257
CREATED, FRIDAY = "2025-03-03T08:00:00Z", "2024-03-29T16:30:00Z"
TOKEN = "glpat-" + "Zq7" * 8

COMPLETE = """Since Monday every third pipeline fails and all our 40 developers wait.
Steps: 1. start a pipeline 2. wait
Expected: all jobs run. Actual: "no space left on device".
No recent changes. See docs/report.pdf in our wiki."""
GERMAN = "Seit dem Update geht die Anmeldung nicht mehr. Wir bitten um einen Rückruf, das ist dringend."
POOR = "The login page is broken for us."


def file(name: str, content_type: str = "application/octet-stream", **more: object) -> dict:
    return {"file_name": name, "content_type": content_type, "size": 50_000, "inline": False} | more


def submitted(
    number: int,
    body: str,
    *later: tuple,
    by: int = ADA,
    files: tuple = (),
    at: str = CREATED,
    region: str | None = None,
    public: bool = True,
    **fields: Any,
) -> list[Event]:
    """A ticket with its first comment; each of `later` is (time, by, child events)."""
    number += FIRST
    chosen = [create(custom_ticket_fields={str(REGION_FIELD): region})] if region else []
    first = [create(status="new"), *chosen, comment(by, body=body, attachments=list(files), public=public)]
    audits = [audit(number * 100, number, at, *first, by=by)]
    audits += [audit(number * 100 + n, number, then, *said, by=who) for n, (then, who, *said) in enumerate(later, 1)]
    return [ticket(number, at, requester=ADA, organization=ACCOUNT, **fields), *audits]


def events() -> list[Event]:
    log, late = file("job.log"), file("Notes.PDF")
    return [
        *people(),
        *(customer(ACCOUNT, Account_Demographics_Geo__c="AMER"), home(ACCOUNT)),
        *(user(ADA, CREATED), user(CLERK, CREATED), user(AGENT, CREATED, role="agent", email="agent@gitlab.com")),
        ticket_field(REGION_FIELD, CREATED, "Preferred Region for Support"),
        *submitted(
            1,
            COMPLETE,
            ("2025-03-03T08:15:00Z", ADA, comment(ADA, attachments=[log])),
            ("2025-03-03T08:16:00Z", ADA, comment(ADA, attachments=[late])),
            ("2025-03-03T20:00:00Z", AGENT, change("new", status="solved")),
        ),
        *submitted(
            2,
            POOR,
            ("2025-03-03T08:05:00Z", ADA, comment(ADA, body=COMPLETE)),
            ("2025-03-03T09:00:00Z", AGENT, comment(AGENT, body="I can offer you a Zoom call for this.")),
        ),
        *submitted(3, COMPLETE, by=AGENT, submitter_id=AGENT),
        *submitted(4, GERMAN, files=(late,)),
        *submitted(5, "Can we have a call about our license?", type="question"),
        *submitted(6, POOR, files=(file("logo.png", "image/png", inline=True, size=4_000), file("a", "image/png"))),
        *submitted(7, f"The token {TOKEN} is refused, and so is password=hunter2hunter2. But token=$TOKEN works."),
        *submitted(8, COMPLETE, ticket_form_id=360000000101),
        *submitted(9, POOR, files=(file("redacted.txt", "text/plain"),)),
        *submitted(10, POOR, public=False),
        *submitted(11, COMPLETE, by=CLERK),
        *submitted(12, COMPLETE, ticket_form_id=2),
        *submitted(13, COMPLETE, ticket_form_id=None),
        *submitted(20, POOR, at=FRIDAY, region="europe__middle_east__africa", priority="high"),
        *submitted(21, POOR, at=FRIDAY, region="all_regions", priority="high"),
        *submitted(22, POOR, at=FRIDAY, priority="high"),
        *submitted(23, POOR, at=FRIDAY, region="asia_pacific", priority="urgent"),
        # 14:00 in Amsterdam: four hours later support closes
        *submitted(24, POOR, at="2024-03-28T13:00:00Z", region="europe__middle_east__africa", priority="high"),
        # noon on a Saturday, in Brisbane 22:00
        *submitted(25, POOR, at="2024-11-02T12:00:00Z", region="asia_pacific", priority="normal"),
    ]


@pytest.fixture(scope="module")
def built(tmp_path_factory, parsed) -> Warehouse:
    select = ("--select", "+fct_practice_rates")
    return built_from(events(), tmp_path_factory.mktemp("practices"), parsed, select)


def of(built: Warehouse, number: int, *columns: str) -> tuple:
    (row,) = built.rows(
        f"select {', '.join(columns)} from marts.fct_ticket_practices where ticket_id = ?", FIRST + number
    )
    return row


SAID = ("has_onset", "has_frequency", "has_impact", "has_steps", "has_current", "has_expected", "has_recent_changes")


def test_only_the_first_submission_counts_with_files_of_the_next_fifteen_minutes(built: Warehouse) -> None:
    """R-BP-2, R-BP-3 to R-BP-7, E-37: a later comment turns no miss into a hit, and a name in a text is no file."""
    assert of(built, 1, *SAID) == (True,) * 7
    assert of(built, 1, "has_log_attachment", "has_discouraged_attachment", "submission_audit_id") == (
        *(True, False),
        (FIRST + 1) * 100,
    )
    assert of(built, 2, "has_steps", "has_expected", "has_current") == (False, False, True)


def test_nobody_is_judged_by_what_somebody_else_wrote(built: Warehouse) -> None:
    """E-33: by an agent or a colleague, in private, or on an internal form."""
    reasons = [of(built, number, "not_scored_reason", "is_scored", *SAID) for number in (3, 11, 10, 8)]
    nothing = (None,) * 7
    assert reasons == [(why, False, *nothing) for why in ("on_behalf", "on_behalf", "private", "internal")]


def test_text_in_another_language_and_other_kinds_of_tickets_are_null_and_not_zero(built: Warehouse) -> None:
    """E-34, E-35: files need no language; a question is asked for no steps, but may not ask for a call."""
    columns = ("not_scored_reason", "has_steps", "requests_call_initially", "has_discouraged_attachment")
    assert of(built, 4, *columns) == ("other_language", None, None, True)
    assert of(built, 5, *columns, "call_phrase", "has_log_attachment") == (None, None, True, False, "call", None)
    assert of(built, 12, "is_defect_report", "has_steps", "requests_call_initially") == (False, None, False)


def test_where_tickets_have_no_forms_their_type_says_what_reports_a_defect(built: Warehouse) -> None:
    assert of(built, 13, "is_defect_report", "has_steps", "not_scored_reason") == (True, True, None)


def test_a_call_that_support_offers_is_no_violation(built: Warehouse) -> None:
    """R-BP-10, R-BP-11."""
    assert of(built, 2, "requests_call_initially", "call_offered_by_agent") == (False, True)
    assert of(built, 5, "requests_call_initially", "call_offered_by_agent") == (True, False)


def test_a_logo_is_no_screenshot_and_a_redacted_file_is_unknown(built: Warehouse) -> None:
    """E-36, R-BP-6."""
    assert of(built, 6, "has_screenshot", "has_log_attachment") == (True, False)
    assert of(built, 9, "has_screenshot", "has_log_attachment", "has_discouraged_attachment") == (None, None, None)


def test_possible_secrets_are_counted_and_stand_nowhere_but_in_the_log(built: Warehouse) -> None:
    """R-BP-8, E-68: a variable's name in the place of a value is none."""
    assert of(built, 7, "has_possible_secret", "possible_secrets") == (True, 2)
    assert of(built, 1, "has_possible_secret", "possible_secrets") == (False, 0)
    told = built.rows("select table_schema || '.' || table_name from information_schema.tables")
    holding = {
        table
        for (table,) in told
        if built.value(f"select count(*) from {table} as found where contains(found::varchar, ?)", TOKEN)
    }
    assert holding == {"event_log.zendesk__ticket_audit_events"}


def test_a_region_costs_the_hours_until_its_next_working_day(built: Warehouse) -> None:
    """E-5, E-6, F-9, R-BP-9: the clocks changed over that weekend; urgent tickets are answered around the clock."""
    chosen = of(built, 20, "preferred_region", "first_reply_due_at", "first_reply_due_at_all_regions", "sla_hours_lost")
    assert (chosen[0], iso(chosen[1]), iso(chosen[2]), chosen[3]) == (
        *("EMEA", "2024-04-01T09:30:00Z", "2024-03-29T20:30:00Z"),
        61.0,
    )
    assert of(built, 20, "region_restricts_sla", "is_region_foreign") == (True, True)
    assert of(built, 21, "preferred_region", "region_restricts_sla", "sla_hours_lost") == ("All Regions", False, 0.0)
    assert of(built, 22, "preferred_region", "region_restricts_sla", "sla_hours_lost") == (None, False, 0.0)
    assert of(built, 23, "region_restricts_sla", "first_reply_due_at", "sla_hours_lost") == (True, None, 0.0)
    (at_closing,) = of(built, 24, "first_reply_due_at")
    assert iso(at_closing) == "2024-03-28T17:00:00Z"
    # Monday 9:00 to 17:00 in Brisbane; all regions begin on Sunday at 15:00 Pacific, after the clocks went back there
    weekend = of(built, 25, "first_reply_due_at", "first_reply_due_at_all_regions")
    assert [iso(at) for at in weekend] == ["2024-11-04T07:00:00Z", "2024-11-04T07:00:00Z"]


def test_rates_of_an_account_come_with_their_number_and_interval(built: Warehouse) -> None:
    """R-BP-1, E-39, E-60, F-3: one rate per practice, never one score of all."""
    found = built.rows(
        """select tickets, judged, followed, rate_low, rate_high, median_hours_when_followed
        from marts.fct_practice_rates where account_id = ? and practice = ? and period_grain = 'all'""",
        *(account_id(ACCOUNT), "steps"),
    )
    judged = built.value("select count(has_steps) from marts.fct_ticket_practices")
    ((tickets, n, followed, low, high, hours),) = found
    assert (tickets, n, followed, hours) == (15, judged, 2, 12.0)
    assert low < 1 / n < high
    untouched = "select distinct tickets, rate from marts.fct_practice_rates where account_id <> ?"
    assert set(built.rows(untouched, account_id(ACCOUNT))) <= {(0, None)}
