"""Zendesk: its API, its exports and lists, and what identifies a record."""
