"""The three systems, their common timeline and clock: everything that the sandbox remembers."""

from collections.abc import Iterable
from typing import Any

from sandbox.changes import Change, UnreadableWorld, reason, to_change
from sandbox.clock import Clock
from sandbox.destinations import MAIN
from sandbox.fault_orders import read_order
from sandbox.faults import Faults
from sandbox.gitlab.projects import GitLab
from sandbox.salesforce.apply import apply as apply_to_salesforce
from sandbox.salesforce.org import Org
from sandbox.timeline import Timeline
from sandbox.zendesk.apply import apply as apply_to_zendesk
from sandbox.zendesk.instance import Instance


class State:
    """Reads go to `zendesk`, `salesforce` and `gitlab` after `advance`; writes are changes."""

    def __init__(self) -> None:
        self.zendesk: dict[str, Instance] = {}
        self.salesforce: dict[str, Org] = {MAIN: Org(MAIN)}
        self.gitlab = GitLab()
        self.faults = Faults()
        self.timeline = Timeline(self._apply)
        self.clock = Clock(0, running=False)

    def load(self, changes: Iterable[Change]) -> int:
        """Queues changes and learns from all of them, also from future ones, which instances and fields there are."""
        return self.timeline.add(self._noticed(change) for change in changes)

    def append_changes(self, changes: Iterable[Change | dict[str, Any]]) -> int:
        """Adds to the world while it is served; a change without `at` happens now. Raises ValueError or KeyError."""
        now = self.clock.now()
        given = [change if isinstance(change, Change) else to_change(change, now) for change in changes]
        added = self.load(given)
        self.timeline.advance(now)
        return added

    def advance(self) -> int:
        """Brings everything to the clock's time; answers with that time in milliseconds."""
        now = self.clock.now()
        self.timeline.advance(now)
        return now

    def _noticed(self, change: Change) -> Change:
        if change.system == "zendesk":
            if change.instance not in self.zendesk:
                self.zendesk[change.instance] = Instance(change.instance)
            self.zendesk[change.instance].notice(change)
        elif change.system == "salesforce":
            if change.instance not in self.salesforce:
                self.salesforce[change.instance] = Org(change.instance)
            self.salesforce[change.instance].notice(change)
        return change

    def _apply(self, change: Change) -> Iterable[Change]:
        try:
            return self._applied(change)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            where = f"line {change.line} of the world" if change.line else "a posted change"
            raise UnreadableWorld(f"{where} ({change.object} {change.id}) cannot happen: {reason(error)}") from error

    def _applied(self, change: Change) -> Iterable[Change]:
        if change.system == "zendesk":
            return apply_to_zendesk(self.zendesk[change.instance], change)
        if change.system == "salesforce":
            apply_to_salesforce(self.salesforce[change.instance], change)
        elif change.system == "sandbox":
            self._change_fault(change)
        else:
            self.gitlab.apply(change)
        return ()

    def _change_fault(self, change: Change) -> None:
        if change.delete:
            self.faults.end(change.id)
        else:
            self.faults.put(read_order(change.set | {"id": change.id}))
