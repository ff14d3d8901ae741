"""Support Signals for CSMs and support managers: who was told, who cannot get help, are customers content.

Run:  make up, or  python -m streamlit run dashboard/app.py
"""

import duckdb
import streamlit as st

from dashboard import coverage, feedback, notifications
from dashboard.published import query

st.set_page_config(page_title="Support Signals", page_icon=":material/support_agent:", layout="wide")


@st.fragment(run_every="60s")
def page() -> None:
    st.title("Support Signals", anchor=False)
    try:
        snapshot = query("select as_of, published_at from marts.snapshot").iloc[0]
    except duckdb.Error:
        st.info("Nothing is published yet. The first snapshot appears here by itself, a minute or two after the start.")
        return
    st.caption(f"Everything known until {snapshot['as_of']:%A, %d %B %Y, %H:%M} UTC")
    tabs = st.tabs(["Notifications", "Coverage", "Feedback"])
    for tab, view in zip(tabs, (notifications, coverage, feedback), strict=True):
        with tab:
            view.show(snapshot["as_of"])


page()
