"""An account brief: what a CSM needs before the next cadence call, from the published marts."""

from pathlib import Path
from typing import Any

from deliveries.published import query

SHOWN = 10
NAMED = 5

FOUND = """
select * from marts.fct_account_briefs
where account_id = $1 or account_key = $1 or lower(trim(account_name)) = lower(trim($1))
"""
ALIKE = """
select account_id, account_name from marts.fct_account_briefs
where contains(lower(account_name), lower(trim($1))) order by account_name, account_id limit 6
"""
OPEN_TICKETS = """
select ticket_id, ticket_subject, ticket_url, status, priority, opened_at from marts.dim_tickets
where account_source = $1 and account_id = $2 and status in ('new', 'open', 'hold', 'pending')
    and not is_deleted and not is_merged
order by opened_at, source, ticket_id
"""
FEEDBACK = """
select feedback.channel, feedback.polarity, feedback.received_at, feedback.action_state, feedback.is_overdue,
    feedback.ticket_id, tickets.ticket_url
from marts.fct_feedback as feedback
left join marts.dim_tickets as tickets using (source, ticket_id)
where feedback.account_source = $1 and feedback.account_id = $2 and feedback.received_at > $3
order by feedback.received_at desc, feedback.feedback_id
"""
GAPS = """
select gap_code, severity, opened_at, next_action from marts.fct_contact_coverage_gaps
where account_source = $1 and account_id = $2 and is_open
order by case severity when 'critical' then 1 when 'warning' then 2 else 3 end, opened_at, gap_id
"""
DRIFTS = """
select field, salesforce_value, zendesk_value, drifted_at from marts.fct_field_drift
where account_source = $1 and account_id = $2 and is_open order by drifted_at, field
"""
KNOWN_UNTIL = "select as_of from marts.snapshot"


class NoSuchAccount(Exception):
    """No account, or several, by that name. One sentence that says what to type instead."""


def brief_of(file: Path, wanted: str) -> dict[str, Any]:
    """All that the templates show of one account. Raises NoSuchAccount or NotPublished."""
    account = _account(file, wanted)
    key = account["account_source"], account["account_id"]
    (known,) = query(file, KNOWN_UNTIL)
    return {
        "account": account,
        "known_until": known["as_of"],
        "shown": SHOWN,
        "tickets": query(file, OPEN_TICKETS, key),
        "feedback": query(file, FEEDBACK, (*key, account["since"])),
        "gaps": query(file, GAPS, key),
        "drifts": query(file, DRIFTS, key),
    }


def _account(file: Path, wanted: str) -> dict[str, Any]:
    found = query(file, FOUND, [wanted])
    if len(found) == 1:
        return found[0]
    alike = found or query(file, ALIKE, [wanted])
    if len(alike) == 1:
        return query(file, FOUND, [alike[0]["account_id"]])[0]
    if not alike:
        raise NoSuchAccount(f"No account of a CSM is called {wanted!r}: give its Salesforce id, or a part of its name.")
    named = ", ".join(f"{one['account_name']} ({one['account_id']})" for one in alike[:NAMED])
    more = " and more" if len(alike) > NAMED else ""
    raise NoSuchAccount(f"Several accounts are like {wanted!r}: {named}{more}. Give the id of one.")
