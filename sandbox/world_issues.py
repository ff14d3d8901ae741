"""Issues in GitLab that customers' words about tickets become (rules.md B.5)."""

from sandbox.world_desk import Desk, Ticket
from sandbox.world_lines import FEEDBACK_PROJECT, change
from sandbox.world_support import HOSTS
from sandbox.world_time import DAY, HOUR, iso


def issues_about(desk: Desk, ticket: Ticket) -> None:
    """At most one issue about a ticket: from the mid-ticket link, from a CSM, or a wish to be called (B.5)."""
    rng, dice = desk.world.rng, desk.world.rng.random()
    mid_ticket_at = ticket.first_reply_at + rng.randrange(1800, 3 * HOUR)
    later_at = ticket.solved_at[-1] + rng.randrange(5 * HOUR, 100 * HOUR)
    if dice < 0.015:
        polarity = rng.choices(("positive", "negative", "neutral"), (0.35, 0.5, 0.15))[0]
        labels = [] if polarity == "neutral" else [f"satisfaction::{'good' if polarity == 'positive' else 'bad'}"]
        if polarity == "negative" and rng.random() < 0.4:
            labels.append("SSAT::Contact")
        title = f"{polarity.capitalize()} feedback for ticket {ticket.id}"
        _issue(desk, ticket, "mid_ticket", mid_ticket_at, polarity, title, labels)
    elif dice < 0.021:
        is_positive = rng.random() < 0.5
        about = f"ticket {ticket.id}" if rng.random() < 0.5 else "a ticket"
        name = ticket.account.name if ticket.account else "a customer"
        labels = ["satisfaction::good" if is_positive else "satisfaction::bad"]
        polarity = "positive" if is_positive else "negative"
        _issue(desk, ticket, "indirect", later_at, polarity, f"Indirect Feedback: {name} on {about}", labels)
    elif dice < 0.024:
        title = f"Please call the customer of ticket {ticket.id}"
        _issue(desk, ticket, "contact_request", later_at, "negative", title, ["satisfaction::bad", "SSAT::Contact"])


def _issue(desk: Desk, ticket: Ticket, channel: str, at: int, polarity: str, title: str, labels: list[str]) -> None:
    if not desk.happens(at):
        return
    rng, number = desk.world.rng, desk.issues.next()
    form = rng.choice(
        (
            f"https://{HOSTS[ticket.source]}/agent/tickets/{ticket.id}",
            f"https://{HOSTS[ticket.source]}/tickets/{ticket.id}",
        )
    )
    assignees = [{"id": 7001, "username": "support_manager"}] if rng.random() < 0.6 else []
    desk.put(change(at, "gitlab", "issue", 9_100_000 + number, {
        "project_id": FEEDBACK_PROJECT[0],
        "iid": number,
        "title": title,
        "description": f"Ticket: {form}\n\nFrom a conversation with the customer.",
        "labels": labels,
        "author": {"id": 501, "username": "feedback_bot", "name": "Feedback bot"},
        "assignees": assignees,
    }))  # fmt: skip
    if rng.random() < 0.5:
        answered_at = at + rng.randrange(4 * HOUR, 10 * DAY)
        values = {"labels": [*labels, "ssat-manager-contacted-customer"]}
        if polarity == "positive" or rng.random() < 0.5:
            values = {"state": "closed", "closed_at": iso(answered_at)}
        desk.put(change(answered_at, "gitlab", "issue", 9_100_000 + number, values))
    desk.truth.issue(ticket, channel, polarity, at)
