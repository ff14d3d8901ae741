"""Reads Salesforce, Zendesk, GitLab and the feedback inbox into the event log. Knows neither Dagster nor dbt."""
