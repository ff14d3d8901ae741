"""The truth of collaboration project ids: gaps that depend on other accounts too (rules.md R-CP-1, R-CP-2)."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from sandbox.world_plan import Account, Organization, World


class Gap(NamedTuple):
    code: str
    source: str | None = None
    organization_id: int | None = None
    subject_id: int | None = None


class Projects:
    """Which organizations ever had which project id."""

    def __init__(self, world: World) -> None:
        self._paths = {str(number): path for number, path in world.projects.items()}
        self._users: dict[str, list[Organization]] = defaultdict(list)
        for account in world.accounts:
            for organization in account.organizations:
                for value in {str(value) for _, value in organization.project_id.changes if value is not None}:
                    self._users[value].append(organization)

    def moments(self, account: Account) -> Iterator[int]:
        """Times at which another organization takes or leaves an id that this account's organizations have."""
        for organization in account.organizations:
            for _, value in organization.project_id.changes:
                for other in self._users.get(str(value), ()):
                    yield from (other.created_at, other.deleted_at, *(at for at, _ in other.project_id.changes))

    def gaps(self, organization: Organization, at: int) -> Iterator[Gap]:
        account = organization.account
        assert account is not None
        value = organization.project_id.at(at)
        codes = []
        if value is None:
            codes += ["AM_PROJECT_ID_MISSING"] if account.csm.at(at) else []
        elif not str(value).isdigit():
            codes.append("AM_PROJECT_ID_INVALID")
        else:
            if account.project_path and self._paths[str(value)] != account.project_path:
                codes.append("AM_PROJECT_ID_MISMATCH")
            if any(_is_foreign(organization, other, at) for other in self._users[str(value)]):
                codes.append("AM_PROJECT_ID_SHARED")
        for code in codes:
            yield Gap(code, organization.source, organization.id)


def _is_foreign(organization: Organization, other: Organization, at: int) -> bool:
    """Another, unrelated account's live organization that has the same project id now."""
    ours, theirs = organization.account, other.account
    if ours is None or theirs is None or ours is theirs or ours.parent is theirs or theirs.parent is ours:
        return False
    is_live = other.created_at <= at < min(other.deleted_at, theirs.deleted_at)
    return is_live and str(other.project_id.at(at)) == str(organization.project_id.at(at))
