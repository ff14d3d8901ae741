"""Notifications: what happened to my customers in support, and why some tickets were kept quiet."""

import altair as alt
import pandas as pd
import streamlit as st

from dashboard.published import query
from dashboard.words import SUPPRESSION, plain

EVERYONE = "All CSMs"

COUNTS = """
select
    count(*) filter (where disposition = 'notify' and opened_at > ?::timestamptz - interval 7 days) as week,
    count(*) filter (where disposition = 'notify') as told,
    count(*) filter (where disposition = 'suppressed') as quiet
from marts.fct_notification_events
"""
CSMS = "select distinct csm_name from marts.fct_notification_events where disposition = 'notify' order by 1 nulls last"
TICKETS = """
select
    opened_at, account_name, ticket_subject, contact_name, csm_name, is_on_behalf, kind = 'late_association' as is_late,
    -- only addresses of web pages become links
    case when ticket_url like 'https://%' then ticket_url end as ticket_url,
    case when salesforce_case_url like 'https://%' then salesforce_case_url end as salesforce_case_url
from marts.fct_notification_events
where disposition = 'notify' and (? or csm_name = ?) and (? = '' or contains(lower(account_name), lower(?)))
order by coalesce(associated_at, opened_at) desc, ticket_id desc
limit 500
"""
REASONS = """
select suppression_reason as reason, count(*) as tickets
from marts.fct_notification_events where disposition = 'suppressed' group by all order by tickets desc, reason
"""


def show(as_of: pd.Timestamp) -> None:
    counts = query(COUNTS, [as_of.to_pydatetime()]).iloc[0]
    week, told, quiet = st.columns(3)
    week.metric("Tickets in the last seven days", f"{counts['week']:,.0f}", border=True)
    told.metric("Tickets a CSM hears about", f"{counts['told']:,.0f}", border=True)
    quiet.metric("Tickets kept quiet", f"{counts['quiet']:,.0f}", border=True)

    st.subheader("Tickets of my customers", anchor=False)
    left, right = st.columns(2)
    names = [name for name in query(CSMS)["csm_name"] if name]
    csm = left.selectbox("CSM", [EVERYONE, *names], key="notifications_csm")
    customer = right.text_input("Customer", placeholder="Part of the name", key="notifications_customer").strip()
    tickets = query(TICKETS, [csm == EVERYONE, csm, customer, customer])
    if tickets.empty:
        st.info("No ticket to hear about.")
    else:
        _tickets(tickets)

    st.subheader("Why were tickets kept quiet?", anchor=False)
    reasons = query(REASONS)
    reasons["reason"] = [plain(SUPPRESSION, code) for code in reasons["reason"]]
    if not reasons.empty:
        _bars(reasons)


def _tickets(tickets: pd.DataFrame) -> None:
    st.dataframe(
        tickets,
        hide_index=True,
        column_config={
            "opened_at": st.column_config.DatetimeColumn("Opened (UTC)", format="YYYY-MM-DD HH:mm"),
            "account_name": "Customer",
            "ticket_subject": st.column_config.TextColumn("Subject", width="large"),
            "contact_name": "Contact",
            "csm_name": "CSM",
            "is_on_behalf": st.column_config.CheckboxColumn("Opened by a colleague for them"),
            "is_late": st.column_config.CheckboxColumn("Found its customer later"),
            "ticket_url": st.column_config.LinkColumn("Ticket", display_text="Open"),
            "salesforce_case_url": st.column_config.LinkColumn("Case", display_text="Open"),
        },
    )


def _bars(reasons: pd.DataFrame) -> None:
    bars = alt.Chart(reasons).encode(
        x=alt.X("tickets:Q", title="Tickets"), y=alt.Y("reason:N", title=None, sort="-x", axis=alt.Axis(labelLimit=300))
    )
    labels = bars.mark_text(align="left", dx=4).encode(text=alt.Text("tickets:Q", format=","))
    st.altair_chart(bars.mark_bar(color="#6b4fbb", cornerRadiusEnd=3) + labels)
