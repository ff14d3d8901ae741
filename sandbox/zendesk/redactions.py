"""Redacting a comment or an attachment, and making a comment private: every place shows the comment as it is now."""

import re
from typing import Any

from sandbox import settings
from sandbox.zendesk import audits
from sandbox.zendesk.histories import attachment_id, comment_id
from sandbox.zendesk.instance import Instance
from sandbox.zendesk.records import Audit, FieldChange, Ticket

WEB = {"channel": "web", "source": {"from": {}, "to": {}, "rel": None}}


def redact(instance: Instance, ticket: Ticket, order: dict[str, Any], at: int, by: Any) -> None:
    """Blackens a comment (or a part of it) or replaces one of its attachments; an audit tells which."""
    audit, comment = _comment(ticket, order["comment"], "redact")
    if "attachment" in order:
        child = _redact_attachment(ticket, audit, comment, order["attachment"])
    else:
        _redact_text(ticket, audit, comment, order)
        child = FieldChange("CommentRedactionEvent", "comment_id", str(comment_id(audit)))
    comment["is_redacted"] = True
    audits.update(instance, ticket, at, _updater(ticket, by), WEB, [child], system="transaction")


def make_private(instance: Instance, ticket: Ticket, number: int, at: int, by: Any) -> None:
    """The only trace is an audit without children; metrics still count the reply that it was."""
    _, comment = _comment(ticket, number, "make private")
    comment["was_public"] = comment.get("was_public", comment.get("public", True))
    comment["public"] = False
    ticket.fields["is_public"] = any(audit.comment.get("public", True) for audit in ticket.audits if audit.comment)
    audits.update(instance, ticket, at, _updater(ticket, by), WEB, (), system="transaction")


def _redact_text(ticket: Ticket, audit: Audit, comment: dict[str, Any], order: dict[str, Any]) -> None:
    body = comment.get("body") or ""
    part = order.get("text", body)
    if part not in body:
        raise ValueError(f"comment {order['comment']} of ticket {ticket.id} does not contain the text to redact")
    blackened = re.sub(r"\S", settings.REDACTION_MARK, part)
    comment["body"] = body.replace(part, blackened)
    comment.pop("html_body", None)
    if audit is ticket.audits[0]:
        description = ticket.fields.get("description") or ""
        ticket.fields["description"] = description.replace(part, blackened) if "text" in order else blackened


def _redact_attachment(ticket: Ticket, audit: Audit, comment: dict[str, Any], number: int) -> FieldChange:
    attachments: list[dict[str, Any]] = list(comment.get("attachments") or ())
    if number > len(attachments):
        raise ValueError(f"the comment of ticket {ticket.id} has {len(attachments)} attachments, there is no {number}")
    attachments[number - 1] = {"id": attachment_id(audit, number - 1), **settings.REDACTED_ATTACHMENT}
    comment["attachments"] = attachments
    return FieldChange("AttachmentRedactionEvent", "attachment_id", str(attachments[number - 1]["id"]))


def _comment(ticket: Ticket, number: int, verb: str) -> tuple[Audit, dict[str, Any]]:
    written = [(audit, audit.comment) for audit in ticket.audits if audit.comment is not None]
    if number > len(written):
        raise ValueError(f"ticket {ticket.id} has {len(written)} comments, there is no comment {number} to {verb}")
    return written[number - 1]


def _updater(ticket: Ticket, by: Any) -> int:
    # Who reads the export knows a comment made private by an empty audit of somebody.
    return int(by or ticket.fields.get("assignee_id") or ticket.fields["submitter_id"] or -1)
