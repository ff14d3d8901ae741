"""Orgs of a test's own in one shared sandbox: a change for an org that is not there yet founds it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ingestion.settings import Settings
from ingestion.sources.salesforce.records import widened
from tests.ingestion.log import load, settings_for
from tests.sandbox_process import RunningSandbox

AT = "2026-03-01T09:00:00Z"
ACCOUNTS, CONTACTS, USERS, CASES = (
    "salesforce__account",
    "salesforce__contact",
    "salesforce__user",
    "salesforce__case",
)


@dataclass(frozen=True)
class Org:
    """One org of the sandbox, and the folder that its events go to."""

    sandbox: RunningSandbox
    name: str
    folder: Path

    @property
    def source(self) -> str:
        return f"salesforce/{self.name}"

    def settings(self, folder: str = "data", **variables: str) -> Settings:
        prefix = f"SALESFORCE_{self.name.upper()}"
        signed = any(name.startswith(prefix) for name in variables)
        return settings_for(
            None,
            self.folder / folder,
            **{
                "SALESFORCE_INSTANCES": self.name,
                f"{prefix}_URL": self.sandbox.salesforce_org(self.name),
                "START_DATE": "2026-01-01",
            }
            | ({} if signed else {f"{prefix}_CLIENT_ID": "sandbox", f"{prefix}_CLIENT_SECRET": "sandbox"})
            | variables,
        )

    def change(self, identity: str, kind: str = "Account", at: str | None = None, **change: Any) -> None:
        """`at` in the past is a change that was committed late: it shows from now on."""
        self.changes({"object": kind, "id": identity, **({"at": at} if at else {}), **change})

    def changes(self, *changes: dict[str, Any]) -> None:
        self.sandbox.post(
            "/_sandbox/changes", [{"system": "salesforce", "instance": self.name, **change} for change in changes]
        )

    def accounts(self, count: int, at: str = AT, **values: Any) -> None:
        self.changes(
            *({"object": "Account", "id": account(n), "at": at, "set": named(n, values)} for n in range(count))
        )

    def fault(self, kind: str, route: str, **more: Any) -> None:
        self.sandbox.post(
            "/_sandbox/faults", {"route": f"/services/data/v68.0/{route}", "kind": kind, "instance": self.name, **more}
        )

    def refuse(self, route: str, status: int, code: str, **more: Any) -> None:
        body = [{"errorCode": code, "message": "as the test orders"}]
        self.fault("status", route, status=status, body=body, **more)

    def asked(self, method: str, part: str) -> list[dict[str, Any]]:
        """The calls of this org so far."""
        calls = self.sandbox.get("/_sandbox/requests")["requests"]
        mine = [call for call in calls if call["path"].startswith(f"/salesforce/{self.name}/")]
        return [call for call in mine if call["method"] == method and part in call["path"]]

    def ago(self, seconds: int) -> str:
        now = datetime.fromisoformat(self.sandbox.get("/_sandbox/world")["now"])
        return (now - timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")

    def advance(self, seconds: int) -> None:
        self.sandbox.post("/_sandbox/clock", {"advance_seconds": seconds})


def account(number: int) -> str:
    return widened(f"0014M00001A{number:04d}")


def named(number: int, values: dict[str, Any]) -> dict[str, Any]:
    return {"Name": f"Account {number}", **values}


def history(settings: Settings, *streams: str, **options: Any) -> Any:
    """A run that reads everything."""
    return load(settings, *(streams or (ACCOUNTS,)), until_complete=True, **options)
