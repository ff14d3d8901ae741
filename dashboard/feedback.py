"""Feedback: is satisfaction changing, or is it noise? And which piece waits for an answer?"""

import pandas as pd
import streamlit as st

from dashboard.published import query
from dashboard.trend_chart import trend
from dashboard.words import CHANNELS, DIMENSIONS, INSTRUMENTS, SIGNALS, plain

GRAINS = {"Month": "month", "Week": "week", "Quarter": "quarter"}

VALUES = """
select dimension_value, coalesce(accounts.account_name, csms.csm_name, dimension_value) as name, sum(offered) as offered
from marts.fct_feedback_trends
left join marts.dim_accounts as accounts on dimension = 'account' and accounts.account_key = dimension_value
left join marts.dim_csms as csms on dimension = 'csm' and csms.csm_key = dimension_value
where period_grain = ? and dimension = ?
group by all
order by offered desc, name asc
"""
TRENDS = """
select * exclude (dimension, dimension_value, period_grain) from marts.fct_feedback_trends
where period_grain = ? and dimension = ? and dimension_value = ?
order by period_start asc, instrument asc
"""
WAITING = """
select
    is_overdue, received_at, due_at, channel, accounts.account_name, csms.csm_name,
    coalesce(agents.contact_name, replace(feedback.owner, '_', ' ')) as owner, feedback.ticket_id
from marts.fct_feedback as feedback
left join marts.dim_accounts as accounts using (account_source, account_id)
left join marts.dim_csms as csms
    on csms.account_source = feedback.account_source and csms.csm_user_id = feedback.csm_user_id
left join marts.dim_contacts as agents
    on agents.source = feedback.source and 'zendesk:' || agents.contact_id = feedback.owner
where action_state = 'waiting'
order by is_overdue desc, received_at desc, feedback_id asc
limit 500
"""


def show(_: pd.Timestamp) -> None:
    left, middle, right = st.columns(3)
    grain = GRAINS[left.selectbox("By", list(GRAINS), key="feedback_grain")]
    names = {plain(DIMENSIONS, code): code for code in DIMENSIONS}
    dimension = names[middle.selectbox("For", list(names), key="feedback_dimension")]
    found = query(VALUES, [grain, dimension])
    known = dict(zip(found["dimension_value"], found["name"], strict=True))
    value = right.selectbox(
        "Which",
        list(known),
        format_func=lambda code: known.get(code, code),
        disabled=dimension == "all",
        key="feedback_value",
    )
    trends = query(TRENDS, [grain, dimension, value])
    if trends.empty:
        st.info("No feedback yet.")
    else:
        _trends(trends)

    st.subheader("Waiting for an answer", anchor=False)
    _waiting(query(WAITING))


def _trends(trends: pd.DataFrame) -> None:
    trends["survey"] = [plain(INSTRUMENTS, code) for code in trends["instrument"]]
    scored = trends.dropna(subset=["score"])
    if not scored.empty:
        st.altair_chart(trend(scored))
        st.caption(
            "Share of positive among the rated surveys; the band is the 95 % interval, the dashed line marks where the "
            "survey changed: scores on its two sides cannot be compared. Hollow points can still change."
        )
    for row in [row for row in scored.to_dict("records") if row["signal"] in SIGNALS][-3:]:
        st.warning(f"{row['period_start']:%B %Y}, {row['survey']}: {SIGNALS[row['signal']]}.")
    with st.expander("Numbers"):
        st.dataframe(
            trends[["period_start", "survey", "offered", "positive", "negative", "neutral", "score", "response_rate"]],
            hide_index=True,
            column_config={
                "period_start": st.column_config.DateColumn("From", format="YYYY-MM-DD"),
                "survey": "Survey",
                "score": st.column_config.NumberColumn("Positive share", format="percent"),
                "response_rate": st.column_config.NumberColumn("Answered", format="percent"),
            },
        )


def _waiting(waiting: pd.DataFrame) -> None:
    if waiting.empty:
        st.success("Every piece of feedback has been answered.")
        return
    waiting["channel"] = [plain(CHANNELS, code) for code in waiting["channel"]]
    st.dataframe(
        waiting,
        hide_index=True,
        column_config={
            "is_overdue": st.column_config.CheckboxColumn("Overdue"),
            "received_at": st.column_config.DatetimeColumn("Received (UTC)", format="YYYY-MM-DD HH:mm"),
            "due_at": st.column_config.DatetimeColumn("Answer until (UTC)", format="YYYY-MM-DD HH:mm"),
            "channel": "Came by",
            "account_name": "Customer",
            "csm_name": "CSM",
            "owner": "Who answers",
            "ticket_id": st.column_config.NumberColumn("Ticket", format="%d"),
        },
    )
