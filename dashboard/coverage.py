"""Coverage: which customers could not get help today, and what to do about each."""

import altair as alt
import pandas as pd
import streamlit as st

from dashboard.published import query
from dashboard.words import GAPS, SEVERITY, plain

EVERYONE = "All CSMs"
COLORS = {"Urgent": "#c91c00", "Soon": "#e9a23b", "When you talk next": "#8fa8c8"}

MOST_URGENT_FIRST = "case severity when 'critical' then 1 when 'warning' then 2 else 3 end"
COUNTS = """
select
    (select count(*) from marts.fct_account_coverage) as accounts,
    (select count(*) from marts.fct_account_coverage where is_established) as established,
    (select count(*) from marts.fct_contact_coverage_gaps where is_open) as gaps,
    (select count(*) from marts.fct_contact_coverage_gaps where state = 'unknown') as unknown
"""
CSMS = "select distinct csm_name from marts.fct_contact_coverage_gaps where is_open order by 1 nulls last"
GAPS_BY_CODE = f"""
select gap_code, severity, count(*) as gaps
from marts.fct_contact_coverage_gaps where is_open and (? or csm_name = ?)
group by gap_code, severity
order by {MOST_URGENT_FIRST}, gaps desc, gap_code
"""
WORK_LIST = f"""
select severity, account_name, gap_code, next_action, opened_at, csm_name, sold_to_name, sold_to_email
from marts.fct_contact_coverage_gaps
where is_open and (? or csm_name = ?)
order by {MOST_URGENT_FIRST}, opened_at, account_name, gap_id
limit 1000
"""
MESSAGES = """
select
    -- two customers of one name are told apart by their ids
    account_name || if(count(*) over same_name > 1, ' (' || account_source || '/' || account_id || ')', '') as customer,
    message_text,
    concat_ws(' ', sold_to_name, '<' || coalesce(sold_to_email, 'no address known') || '>') as recipient
from marts.fct_coverage_work_list
where message_text is not null and (? or csm_name = ?)
window same_name as (partition by account_name)
order by customer
"""


def show(as_of: pd.Timestamp) -> None:
    counts = query(COUNTS).iloc[0]
    share = f"{counts['established'] / counts['accounts']:.0%}" if counts["accounts"] else "none yet"
    customers, established, gaps = st.columns(3)
    customers.metric("Customers with active support", f"{counts['accounts']:,.0f}", border=True)
    established.metric("Of them set up in support", share, border=True)
    gaps.metric("Open gaps", f"{counts['gaps']:,.0f}", border=True)
    if counts["unknown"]:
        st.caption(f"{counts['unknown']:,.0f} more may be open: a source was not read lately.")

    names = [name for name in query(CSMS)["csm_name"] if name]
    csm = st.selectbox("CSM", [EVERYONE, *names], key="coverage_csm")
    found = query(GAPS_BY_CODE, [csm == EVERYONE, csm])
    if found.empty:
        if counts["unknown"]:
            st.info("No gap is known to be open.")
        else:
            st.success("No open gap: every customer can get support.")
        return
    _bars(found)
    st.subheader("What to do", anchor=False)
    _work_list(query(WORK_LIST, [csm == EVERYONE, csm]), as_of)
    _message(query(MESSAGES, [csm == EVERYONE, csm]).set_index("customer"))


def _bars(found: pd.DataFrame) -> None:
    found["gap"] = [plain(GAPS, code) for code in found["gap_code"]]
    found["urgency"] = [plain(SEVERITY, code) for code in found["severity"]]
    bars = alt.Chart(found).encode(
        x=alt.X("gaps:Q", title="Open gaps"),
        y=alt.Y("gap:N", title=None, sort=list(found["gap"]), axis=alt.Axis(labelLimit=300)),
        color=alt.Color(
            "urgency:N",
            title=None,
            scale=alt.Scale(domain=list(COLORS), range=list(COLORS.values())),
            legend=alt.Legend(orient="top"),
        ),
    )
    labels = bars.mark_text(align="left", dx=4).encode(text="gaps:Q", color=alt.value("#555555"))
    st.altair_chart(bars.mark_bar(cornerRadiusEnd=3) + labels)


def _work_list(work: pd.DataFrame, as_of: pd.Timestamp) -> None:
    work["severity"] = [plain(SEVERITY, code) for code in work["severity"]]
    work["gap_code"] = [plain(GAPS, code) for code in work["gap_code"]]
    work["opened_at"] = (as_of - work["opened_at"]).dt.days
    st.dataframe(
        work,
        hide_index=True,
        column_config={
            "severity": "Urgency",
            "account_name": "Customer",
            "gap_code": "What is missing",
            "next_action": st.column_config.TextColumn("Next step", width="large"),
            "opened_at": st.column_config.NumberColumn("Days open", format="%d"),
            "csm_name": "CSM",
            "sold_to_name": "Sold-to contact",
            "sold_to_email": "Sold-to e-mail",
        },
    )


def _message(messages: pd.DataFrame) -> None:
    """A text to copy; shown as it is, because customers' names stand in it."""
    customer = st.selectbox(
        "Write to a customer about the most urgent gap that they can help with",
        list(messages.index),
        index=None,
        placeholder="Choose a customer",
        key="coverage_message",
    )
    if customer:
        chosen = messages.loc[customer]
        st.text(f"To {chosen['recipient']}")
        st.code(chosen["message_text"], language=None, wrap_lines=True)
