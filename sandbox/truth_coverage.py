"""The truth of contact coverage: which gaps an account has at which times, read off its plan.

Between two moments at which anything about an account was planned to change nothing can open or close, so the gaps are
looked at once per such moment and joined to intervals (codes and conditions: rules.md B.7, E.4).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sandbox.truth import Truth
from sandbox.truth_projects import Gap, Projects
from sandbox.world_plan import Account, Contact, Organization, Subscription, World
from sandbox.world_time import DAY, HOUR, Timeline, iso

GRACE = 24 * HOUR
SYNC_SLACK = 2 * HOUR
CONTACT_LIMIT, CONTACT_LIMIT_WARNING = 30, 27
FREE_MAIL = ("gmail.com",)
BLOCKING = frozenset({"ORG_MISSING", "ORG_WITHOUT_CONTACTS", "CONTACTS_ALL_INACTIVE"})
# A mismatch of names is known at once and reported after the slack.
DRIFTING = "CSM_NAME_DRIFT"


def write_coverage(world: World, truth: Truth) -> None:
    """fct_contact_coverage_gaps and fct_account_coverage, the latter for accounts in scope at the end."""
    projects = Projects(world)
    for account in world.accounts:
        intervals = [*_intervals(world, account, projects), *_requesters(account)]
        for gap, opened_at, closed_at in sorted(intervals, key=lambda each: (each[1], str(each[0]))):
            is_open = closed_at > world.end
            truth.write("fct_contact_coverage_gaps", {
                "gap_code": gap.code,
                "account_id": account.id,
                "source": f"zendesk/{gap.source}" if gap.source else None,
                "organization_id": gap.organization_id,
                "subject_id": gap.subject_id,
                "opened_at": iso(opened_at),
                "closed_at": None if is_open else iso(closed_at),
                "is_open": is_open,
            })  # fmt: skip
        if in_scope(account, world.end):
            codes = sorted({gap.code for gap, _, closed_at in intervals if closed_at > world.end})
            truth.write("fct_account_coverage", {
                "account_id": account.id,
                "is_established": not BLOCKING.intersection(codes),
                "open_gap_codes": codes,
                "effective_contacts": _effective(account, world.end),
            })  # fmt: skip


def in_scope(account: Account, at: int) -> bool:
    """Active support: exists, is a customer or of no type, and its support plan has not expired."""
    if not account.created_at <= at < account.deleted_at or account.type.at(at) not in (None, "Customer"):
        return False
    return not any(each.support_level.at(at) == "expired" for each in live_organizations(account, at))


def live_organizations(account: Account, at: int) -> list[Organization]:
    return [each for each in account.organizations if each.created_at <= at < each.deleted_at]


def contacts(organization: Organization, at: int) -> list[Contact]:
    """End users who are members, suspended ones included."""
    return [
        each.contact
        for each in organization.memberships
        if each.valid_from <= at < each.valid_to and each.contact.role == "end-user" and at < each.contact.deleted_at
    ]


def eligible(people: Iterable[Contact], at: int) -> list[Contact]:
    return [person for person in people if not person.suspended.at(at)]


def _effective(account: Account, at: int) -> int:
    people = {
        id(person)
        for organization in live_organizations(account, at)
        for person in eligible(contacts(organization, at), at)
        if person.verified.at(at)
    }
    return len(people)


def _intervals(world: World, account: Account, projects: Projects) -> Iterator[tuple[Gap, int, int]]:
    since: dict[Gap, int] = {}
    moments = sorted(moment for moment in set(_moments(account, projects)) if moment <= world.end)
    for at in moments:
        present = set(_gaps(account, at, projects))
        for gap in [gap for gap in since if gap not in present]:
            yield from _reported(gap, since.pop(gap), at)
        for gap in present:
            since.setdefault(gap, at)
    for gap, opened_at in since.items():
        yield from _reported(gap, opened_at, world.never, now=world.end)


def _reported(gap: Gap, opened_at: int, closed_at: int, now: int | None = None) -> Iterator[tuple[Gap, int, int]]:
    if gap.code == DRIFTING:
        opened_at += SYNC_SLACK
    if opened_at < min(closed_at, now or closed_at):
        yield gap, opened_at, closed_at


def _moments(account: Account, projects: Projects) -> Iterator[int]:
    """Every time at which something about the account changes, or a grace period ends."""
    yield from (account.created_at, account.created_at + GRACE, account.deleted_at)
    timelines: list[Timeline[Any]] = [account.type, account.csm, account.sold_to, account.support_hold]
    for organization in account.organizations:
        yield from (organization.created_at, organization.created_at + GRACE, organization.deleted_at)
        timelines += [organization.support_level, organization.csm_name, organization.project_id]
        for membership in organization.memberships:
            yield from (membership.valid_from, membership.valid_to, membership.contact.deleted_at)
            timelines += [membership.contact.suspended, membership.contact.verified]
    timelines += [timeline for each in account.subscriptions for timeline in (each.sold_to, each.status)]
    for timeline in timelines:
        yield from (at for at, _ in timeline.changes)
    yield from (contact.bounced_at for _, contact in account.sold_to.changes if contact and contact.bounced_at)
    for subscription in account.subscriptions:
        yield from (subscription.starts_on, subscription.ends_on + DAY)
    yield from projects.moments(account)


def _gaps(account: Account, at: int, projects: Projects) -> Iterator[Gap]:
    organizations = live_organizations(account, at)
    if not in_scope(account, at):
        is_customer = at < account.deleted_at and account.type.at(at) in (None, "Customer")
        for each in organizations:
            if is_customer and each.support_level.at(at) == "expired" and eligible(contacts(each, at), at):
                yield Gap("EXPIRED_WITH_CONTACTS", each.source, each.id)
        return
    if not organizations and at >= account.created_at + GRACE:
        yield Gap("ORG_MISSING")
    sources = [each.source for each in organizations]
    if len(sources) > len(set(sources)):
        yield Gap("ORG_DUPLICATE")
    if account.support_hold.at(at):
        yield Gap("SUPPORT_HOLD")
    yield from _csm_gaps(account, organizations, at)
    yield from _sold_to_gaps(account, organizations, at)
    for each in organizations:
        yield from _contact_gaps(each, at)
        yield from projects.gaps(each, at)


def _csm_gaps(account: Account, organizations: list[Organization], at: int) -> Iterator[Gap]:
    csm = account.csm.at(at)
    if csm is None:
        yield Gap("CSM_MISSING")
        return
    if csm.is_placeholder:
        yield Gap("CSM_PLACEHOLDER")
    if not csm.is_active:
        yield Gap("CSM_INACTIVE_USER")
    for each in organizations:
        if (shown := (each.csm_name.at(at) or "").strip()) and shown != csm.name:
            yield Gap(DRIFTING, each.source, each.id)


def _sold_to_gaps(account: Account, organizations: list[Organization], at: int) -> Iterator[Gap]:
    """One gap however many buyers have it; the account's own may be unknown where a subscription names one."""
    shortcut = account.sold_to.at(at)
    bought_by = [each.sold_to.at(at) for each in account.subscriptions if _runs(each, at)]
    if shortcut or account.has_latest_subscription or not any(bought_by):
        bought_by.append(shortcut.email if shortcut else None)
    known = {person.email.lower() for each in organizations for person in eligible(contacts(each, at), at)}
    if shortcut and shortcut.bounced_at and shortcut.bounced_at <= at:
        yield Gap("SOLD_TO_INVALID")
    for email in {(email or "").strip().lower() for email in bought_by}:
        if not email:
            yield Gap("SOLD_TO_MISSING")
        elif "@" not in email or email.endswith(FREE_MAIL):
            yield Gap("SOLD_TO_INVALID")
        elif organizations and email not in known:
            yield Gap("SOLD_TO_NOT_ASSOCIATED")


def _runs(subscription: Subscription, at: int) -> bool:
    is_begun = max(subscription.starts_on, subscription.status.changes[0][0]) <= at
    return is_begun and at < subscription.ends_on + DAY and subscription.status.at(at) == "Active"


def _contact_gaps(organization: Organization, at: int) -> Iterator[Gap]:
    people = contacts(organization, at)
    able = eligible(people, at)
    codes = []
    if at >= organization.created_at + GRACE:
        codes += ["ORG_WITHOUT_CONTACTS"] if not able else ["SINGLE_CONTACT"] if len(able) == 1 else []
    if people and not able:
        codes.append("CONTACTS_ALL_INACTIVE")
    if len(people) >= CONTACT_LIMIT_WARNING:
        codes.append("CONTACT_LIMIT_NEAR" if len(people) <= CONTACT_LIMIT else "CONTACT_LIMIT_EXCEEDED")
    for code in codes:
        yield Gap(code, organization.source, organization.id)
    for person in people:
        if person.suspended.at(at):
            yield Gap("CONTACT_SUSPENDED", organization.source, organization.id, person.id)
        elif not person.verified.at(at):
            yield Gap("CONTACT_UNVERIFIED", organization.source, organization.id, person.id)


def _requesters(account: Account) -> Iterator[tuple[Gap, int, int]]:
    for source, user_id, opened_at, closed_at in account.unassociated:
        yield Gap("UNASSOCIATED_REQUESTER_SEEN", source, None, user_id), opened_at, closed_at
