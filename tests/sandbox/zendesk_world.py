"""A world in which everything that Zendesk's routes show has happened at least once."""

from sandbox.zendesk.surveys import ulid
from tests.sandbox.calls import line

NOW = "2026-03-01T12:00:00Z"
ATTACHMENT = {"file_name": "card.png", "content_type": "image/png", "size": 1200}
OPTIONS = [{"id": 1, "name": "Europe", "value": "emea"}, {"id": 2, "name": "America", "value": "amer"}]
RATING = {
    "type": "rating_scale",
    "rating": 5,
    "rating_category": "good",
    "question": {"type": "rating_scale_numeric", "id": "q", "sub_type": "customer_satisfaction"},
}

WORLD = [
    line("08:00:00", "ticket_field", 900, {"type": "tagger", "title": "Region", "custom_field_options": OPTIONS}),
    line("08:00:00", "ticket_field", 901, {"type": "checkbox", "title": "Urgent"}),
    line("08:00:00", "organization_field", 910, {"type": "text", "title": "Tier", "key": "tier"}),
    line("08:00:00", "user_field", 920, {"type": "text", "title": "Team", "key": "team"}),
    line("08:00:00", "group", 30, {"name": "Support EMEA"}),
    line("08:00:00", "group", 31, {"name": "Billing"}),
    line("08:00:00", "organization", 9, {"name": "Acme", "domain_names": ["acme.example"], "tags": ["vip"],
         "organization_fields": {"support_level": "ultimate"}}),
    line("08:00:00", "organization", 10, {"name": "Globex"}),
    line("08:00:01", "user", 50, {"name": "Ann", "email": "ann@acme.example", "organization_id": 9,
         "user_fields": {"team": "ops"}}),
    line("08:00:01", "user", 51, {"name": "Bob", "email": "bob@acme.example", "organization_id": 9}),
    line("08:00:01", "user", 52, {"name": "Cy", "email": "cy@globex.example", "organization_id": 10}),
    line("08:00:01", "user", 53, {"name": "Di", "email": "di@acme.example", "organization_id": 9}),
    line("08:00:01", "user", 60, {"name": "Asha", "email": "asha@desk.example", "role": "agent"}),
    line("08:00:02", "user_identity", 800, {"user_id": 50, "type": "email", "value": "a@x.example", "verified": True}),
    line("08:00:03", "organization_membership", 700, {"user_id": 50, "organization_id": 10}),
    line("09:00:00", "ticket", 1, {"subject": "Broken", "requester_id": 50, "ticket_form_id": 77, "tags": ["b", "a"],
         "brand_id": 88, "sla_policy": "Set first reply time", "custom_fields": [{"id": 900, "value": "emea"}]},
         comment={"author_id": 50, "body": "My phone is 555 1234. Call me.", "attachments": [ATTACHMENT, ATTACHMENT]}),
    line("09:00:00", "ticket", 2, {"subject": "Broken too", "requester_id": 50}),
    line("09:10:00", "ticket", 1, {"status": "open", "priority": "high", "assignee_id": 60, "group_id": 30,
         "tags": ["a", "c"], "custom_fields": [{"id": 900, "value": "amer"}]}, by=60,
         comment={"author_id": 60, "body": "Hello, this is secret"}),
    line("09:20:00", "ticket", 1, {"status": "pending"}, by=60),
    line("09:25:00", "ticket", 1, {"status": "open"}, by=50, comment={"author_id": 50, "body": "And now?"}),
    line("09:30:00", "ticket", 1, {"status": "solved"}, by=60, comment={"author_id": 60, "body": "Done"}),
    line("09:30:01", "ticket", 1, {"satisfaction_rating": {"score": "offered"}}),
    line("09:31:00", "ticket", 1, {"satisfaction_rating": {"score": "bad", "comment": "Slow", "reason": "Other"}}),
    line("09:32:00", "ticket", 1, by=60, redact={"comment": 1, "text": "555 1234"}),
    line("09:33:00", "ticket", 1, by=60, redact={"comment": 1, "attachment": 2}),
    line("09:34:00", "ticket", 1, by=60, make_private=2),
    line("09:50:00", "ticket", 2, by=60, merge_into=1),
    line("09:51:00", "ticket", 3, {"subject": "Spam", "requester_id": 51}),
    line("09:52:00", "ticket", 3, by=60, delete=True),
    line("09:53:00", "ticket", 4, {"subject": "Oops", "requester_id": 53, "type": "incident"}),
    line("09:54:00", "ticket", 4, by=60, delete=True),
    line("09:55:00", "ticket", 4, by=60, restore=True),
    line("09:56:00", "ticket", 5, {"subject": "Secret", "requester_id": 50}, comment={"author_id": 50, "body": "Pst"}),
    line("09:57:00", "ticket", 5, purge=True),
    line("09:58:00", "ticket", 6, {"subject": "From a bot", "requester_id": 50, "support_type": "ai_agent"}),
    line("10:00:00", "user", 53, by=60, merge_into=50),
    line("10:01:00", "user", 51, delete=True),
    line("10:02:00", "user", 52, purge=True),
    line("10:03:00", "organization", 10, delete=True, by=60),
    line("10:04:00", "survey_response", ulid(1_772_359_440_129, "first"), {"responder_id": 50, "ticket_id": 1,
         "answers": [RATING]}),
]  # fmt: skip
