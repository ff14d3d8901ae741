"""One Zendesk account: its records and its export streams."""

from typing import Any

from sandbox import settings
from sandbox.changes import Change
from sandbox.zendesk.records import Audit, MetricEvent, Record, Ticket
from sandbox.zendesk.streams import ChangedSince, Feed

SHIPPED_ORGANIZATION_FIELDS = {
    "salesforce_id": ("text", "Salesforce ID"),
    "sfdc_short_id": ("text", "SFDC Short ID"),
    "support_level": ("dropdown", "GitLab Plan"),
    "technical_account_manager": ("text", "Customer Success Manager"),
    "am_project_id": ("text", "AM Project ID"),
    "org_region": ("dropdown", "Region"),
    "support_hold": ("checkbox", "Support Hold"),
}


class Instance:
    """State of one account at the clock's time."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.host = settings.ZENDESK_HOSTS.get(name, f"{name.replace('_', '-')}.zendesk.com")
        self.tickets: dict[int, Ticket] = {}
        self.ticket_stream = ChangedSince()
        self.events: Feed[Audit] = Feed()
        # Tickets whose audits grew since metric events were last derived from them.
        self.unmeasured: set[int] = set()
        self.metric_events: list[MetricEvent] = []
        self.users: dict[int, Record] = {}
        self.user_stream = ChangedSince()
        self.organizations: dict[int, Record] = {}
        self.organization_stream = ChangedSince()
        self.identities: dict[int, Record] = {}
        self.identities_of: dict[int, list[int]] = {}
        self.memberships: dict[int, Record] = {}
        self.memberships_of: dict[int, dict[int, int]] = {}
        self.ratings: dict[int, Record] = {}
        self.groups: dict[int, Record] = {}
        self.ticket_fields: dict[int, Record] = {}
        self.organization_fields: dict[int, Record] = {}
        self.user_fields: dict[int, Record] = {}
        self.surveys: dict[str, dict[str, Any]] = {}
        self.survey_names: dict[str, str] = {}
        self.custom_values: dict[int, Any] = {}
        self.organization_keys: dict[str, Any] = dict.fromkeys(SHIPPED_ORGANIZATION_FIELDS)
        self.user_keys: dict[str, Any] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        # Refresh token -> the access token of its pair; None once it was used.
        self.refresh_tokens: dict[str, str | None] = {}

    def notice(self, change: Change) -> None:
        """Learns custom keys when a change is loaded, so that field definitions exist before the first value."""
        if change.object == "organization":
            for key in change.set.get("organization_fields") or ():
                self.organization_keys.setdefault(key, None)
        elif change.object == "user":
            for key in change.set.get("user_fields") or ():
                self.user_keys.setdefault(key, None)
