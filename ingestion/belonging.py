"""Which Salesforce organization has the accounts of each Zendesk instance's customers: marts depend on it."""

from collections.abc import Iterable, Mapping
from typing import Any

from ingestion.errors import SettingsError
from ingestion.mapping import Signals, section

# Where these are configured they are the first ones: their ids stand alone where ids of several instances meet.
FIRST = ("salesforce/main", "zendesk/global")
SETTING = "signals.toml [instances] salesforce_of"

Instances = dict[str, Any]


def recorded_instances(signals: Signals, configured: Iterable[str], before: Mapping[str, Any] | None) -> Instances:
    """{"salesforce": [sources], "zendesk": [sources], "salesforce_of": {zendesk source: salesforce source}}.

    `configured` are sources such as "zendesk/global", `before` is what was recorded last. An instance that was recorded
    once stays, and keeps its place: its events remain in the log. An instance belongs to the organization that
    `[instances] salesforce_of` names, else to the one of its own name, else to the first one.
    Raises SettingsError for a name that no instance has.
    """
    names = sorted(configured, key=lambda name: name not in FIRST)
    known = {system: _known(system, names, before or {}) for system in ("salesforce", "zendesk")}
    _check_addresses(signals, known["salesforce"])
    named = _named(signals, known)
    chosen = {}
    for instance in known["zendesk"] if known["salesforce"] else ():
        namesake = f"salesforce/{instance.split('/')[1]}"
        chosen[instance] = named.get(instance) or (
            namesake if namesake in known["salesforce"] else known["salesforce"][0]
        )
    return {**known, "salesforce_of": chosen}


def support_instances(signals: Signals, known: Instances) -> dict[str, str]:
    """Value of the account's support_instance -> Zendesk source, of `[instances.of_support]`.

    Values of an instance that is not read are left out: nobody could tell whether an organization is there.
    """
    named = section(signals, "instances.of_support")
    found = {value: f"zendesk/{instance}" for value, instance in named.items()}
    return {value: source for value, source in found.items() if source in known["zendesk"]}


def _known(system: str, names: Iterable[str], before: Mapping[str, Any]) -> list[str]:
    earlier = list(before.get(system, ()))
    return earlier + [name for name in names if name.startswith(f"{system}/") and name not in earlier]


def _named(signals: Signals, known: Mapping[str, list[str]]) -> dict[str, str]:
    wanted = section(signals, "instances.salesforce_of")
    pairs = {f"zendesk/{instance}": f"salesforce/{organization}" for instance, organization in wanted.items()}
    for system, names in (("zendesk", pairs), ("salesforce", pairs.values())):
        for name in names:
            if known[system] and name not in known[system]:
                raise SettingsError(
                    f"{SETTING} names {name.split('/')[1]!r}, but the configured instances are "
                    f"{', '.join(known[system])}: correct the name, or configure the instance."
                )
    return pairs


def _check_addresses(signals: Signals, organizations: Iterable[str]) -> None:
    addresses = section(signals, "salesforce").get("record_url")
    if not isinstance(addresses, dict):
        return
    for organization in organizations:
        name = organization.split("/")[1]
        if name not in addresses:
            raise SettingsError(
                f'signals.toml [salesforce.record_url] lacks {name}: add {name} = "https://…/{{id}}", the address of a '
                f"record in {organization}."
            )
