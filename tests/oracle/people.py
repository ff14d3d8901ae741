"""Who belongs to whom: organizations to accounts, people to organizations, and the chain of a CSM."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from tests.oracle.world import Record, World

CSM = "Technical_Account_Manager_LU__c"
POOLS = ("TAM Scale", "CSM Scale")
VENDOR = "@gitlab.com"


class People:
    def __init__(self, world: World) -> None:
        self.world = world

    @cached_property
    def accounts(self) -> dict[str, Record]:
        """By the first 15 characters, whose capitals matter."""
        return {record.id[:15]: record for record in self.world.all("Account")}

    def account_id(self, organization: Record, at: datetime) -> str | None:
        long = organization.at(at, "organization_fields.salesforce_id")
        short = organization.at(at, "organization_fields.sfdc_short_id")
        account = self.accounts.get((long or short or "")[:15])
        return account.id if account else long

    @cached_property
    def _organizations(self) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        for organization in self.world.all("organization"):
            if organization.lives(self.world.now) and (account := self.account_id(organization, self.world.now)):
                found.setdefault(account, []).append(organization)
        return found

    def organizations(self, account: Record) -> list[Record]:
        """Those that live now."""
        return self._organizations.get(account.id, [])

    @cached_property
    def members(self) -> dict[tuple[str, int], list[Record]]:
        """(instance, organization) -> people who are no staff and live; each once."""
        found: dict[tuple[str, int], dict[int, Record]] = {}
        for user in self.world.all("user"):
            if not user.lives(self.world.now) or user.at(self.world.now, "role", "end-user") != "end-user":
                continue
            for organization in self._belongs(user):
                found.setdefault((user.instance, organization), {})[user.id] = user
        return {key: list(people.values()) for key, people in found.items()}

    def _belongs(self, user: Record) -> set[int]:
        further = {
            record.at(self.world.now, "organization_id")
            for record in self._memberships.get((user.instance, user.id), ())
            if record.lives(self.world.now)
        }
        return {number for number in {user.at(self.world.now, "organization_id"), *further} if number}

    @cached_property
    def _memberships(self) -> dict[tuple[str, int], list[Record]]:
        found: dict[tuple[str, int], list[Record]] = {}
        for record in self.world.all("organization_membership"):
            found.setdefault((record.instance, record.at(record.born, "user_id")), []).append(record)
        return found

    def belonged(self, user: Record, at: datetime) -> bool:
        """Was the user a member of anything then?"""
        further = self._memberships.get((user.instance, user.id), ())
        return bool(user.born <= at and user.at(at, "organization_id")) or any(m.lives(at) for m in further)

    def joined_after(self, user: Record, at: datetime) -> bool:
        own = any(value for since, value in user.history("organization_id") if since > at)
        further = self._memberships.get((user.instance, user.id), ())
        return own or any(record.born > at for record in further)

    def reachable(self, user_id: str | None) -> bool:
        """A person who works here, as Salesforce says now: it keeps no history of that."""
        user = self.world.get("User", user_id)
        now = self.world.now
        return user is not None and bool(user.at(now, "IsActive", True)) and user.at(now, "Name") not in POOLS

    def told(self, account: Record | None, at: datetime) -> tuple[str | None, str | None, bool]:
        """(whom, by which step, whether it is inferred) for something that happened then."""
        if account is None or (account.ended and at >= account.ended):
            return None, None, False
        then = account.at(at, CSM)
        manager_of = self.world.get("User", then)
        manager = manager_of.at(self.world.now, "ManagerId") if manager_of else None
        # a deleted account has no CSM of today
        today = account.at(self.world.now, CSM) if not account.ended else None
        if then is None:
            return None, None, False
        for who, step in ((then, "account"), (today, "current"), (manager, "manager")):
            if who and self.reachable(who):
                return who, step, at < account.born
        return None, None, False
