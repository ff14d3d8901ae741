"""Reads Salesforce, Zendesk, GitLab and the feedback inbox into the event log. Knows neither Dagster nor dbt."""

import os

# dlt reads these when it is first imported: it reports to nobody, and does not warn on every load that a JSON column
# arrives as text, which is how it is meant.
os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("RUNTIME__LOG_LEVEL", "CRITICAL")
