"""`make doctor`: what must be there before a run can work, one line for each. Reads and sends nothing."""

import shutil
import sys
from collections.abc import Iterator
from typing import NamedTuple

from deliveries.case_round import org_api
from deliveries.preferences import read_preferences
from deliveries.settings import DeliverySettings, load_delivery_settings
from deliveries.smtp import MailDown, connected
from ingestion import event_log
from ingestion.clock import Clock
from ingestion.errors import SourceError
from ingestion.instances import connected_instances
from ingestion.locks import writer_lock_within
from ingestion.mapping import Signals, read_signals
from ingestion.settings import Settings, load_settings
from ingestion.sources.scopes import Scopes
from ingestion.streams import STREAMS
from ingestion.timer import THIS_MACHINE

# A build and a snapshot each write the marts once more before the old ones go.
TIMES_THE_WAREHOUSE = 3
LEAST_FREE = 2 * 1024**3
MARKS = {True: "ok", False: "FAILS", None: "note"}


class Finding(NamedTuple):
    """`is_well` is None for what works and should be known."""

    what: str
    is_well: bool | None
    said: str


def main() -> int:
    """0 when nothing fails."""
    failed = False
    for finding in findings():
        print(f"{MARKS[finding.is_well]:<7}{finding.what:<22}{finding.said}", flush=True)
        failed |= finding.is_well is False
    return 1 if failed else 0


def findings() -> Iterator[Finding]:
    try:
        settings = load_settings()
        signals = read_signals(settings.signals_file)
    except SourceError as error:
        yield Finding("configuration", False, str(error))
        return
    yield Finding("configuration", True, f"the environment, .env and {settings.signals_file} can be read")
    yield from _disk(settings)
    yield _writer(settings)
    yield from _systems(settings, signals)
    yield from _cases(settings, signals)
    yield from _mail()


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".doctor"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        yield Finding("disk", False, f"{folder} cannot be written: {error.strerror}")
        return
    size = settings.warehouse_path.stat().st_size if settings.warehouse_path.exists() else 0
    free, wanted = shutil.disk_usage(folder).free, max(TIMES_THE_WAREHOUSE * size, LEAST_FREE)
    said = f"{free / 1024**3:.1f} GiB free in {folder}, {wanted / 1024**3:.1f} GiB are wanted"
    yield Finding("disk", free >= wanted, said)


def _writer(settings: Settings) -> Finding:
    with writer_lock_within(settings, 2) as is_free:
        if not is_free:
            return Finding("warehouse", None, "is being written by a run right now")
        try:
            with event_log.connected(settings):
                return Finding("warehouse", True, f"{settings.warehouse_path} opens, and nobody else has it open")
        except SourceError as error:
            return Finding("warehouse", False, str(error))


def _systems(settings: Settings, signals: Signals) -> Iterator[Finding]:
    if not settings.connections:
        yield Finding("systems", None, "none is configured: runs use the sandbox (see .env.example)")
        return
    streams = list(STREAMS.values())
    for name, connection in settings.connections.items():
        alone = settings.model_copy(update={"connections": {name: connection}})
        try:
            (instance,) = connected_instances(alone, signals, Clock(), streams, lambda _: None, THIS_MACHINE)
        except SourceError as error:
            yield Finding(name, False, str(error))
            continue
        if instance.error:
            yield Finding(name, False, instance.error)
            continue
        yield Finding(name, True, f"{connection.url} answers, signs us in, and has every mapped field")
        yield scope_finding(name, instance.source.scopes())


def scope_finding(name: str, scopes: Scopes) -> Finding:
    what, needed = f"{name} scopes", " or ".join(scopes.enough)
    if scopes.granted is None:
        return Finding(what, None, f"this sign-in does not tell which it has; {needed} is needed")
    granted = " ".join(sorted(scopes.granted)) or "none"
    if scopes.granted.isdisjoint(scopes.enough):
        return Finding(what, False, f"granted: {granted}; needed: {needed}: allow it for the client")
    if more := sorted(scopes.granted - {scopes.enough[0]}):
        return Finding(what, None, f"granted: {granted}; needed: {needed}: take {' '.join(more)} from the client")
    return Finding(what, True, f"granted: {granted}; needed: {needed}")


def _cases(settings: Settings, signals: Signals) -> Iterator[Finding]:
    """Whether cases can be made, and only once for each ticket, where that is wanted."""
    try:
        chosen = load_delivery_settings()
        external_id = read_preferences(chosen.deliveries_file).external_id
    except SourceError:
        return  # said with the deliveries
    for name in settings.connections if chosen.salesforce_create_cases else ():
        if not name.startswith("salesforce/"):
            continue
        try:
            fields = {field["name"]: field for field in org_api(settings, signals, name, print).describe("Case")}
        except SourceError as error:
            yield Finding(f"{name} cases", False, str(error))
            continue
        field = fields.get(external_id, {})
        if field.get("externalId") and field.get("unique"):
            yield Finding(f"{name} cases", True, f"{external_id} is External ID and Unique: no case is made twice")
        else:
            said = f"Case.{external_id} is not there, or not External ID and Unique: make it so, or name another field"
            yield Finding(
                f"{name} cases", False, f"{said} in {chosen.deliveries_file}, or unset SALESFORCE_CREATE_CASES"
            )


def _mail() -> Iterator[Finding]:
    try:
        chosen: DeliverySettings = load_delivery_settings()
        read_preferences(chosen.deliveries_file)
    except SourceError as error:
        yield Finding("deliveries", False, str(error))
        return
    yield Finding("deliveries", True, f"DELIVERY_MODE={chosen.delivery_mode}, {chosen.deliveries_file} can be read")
    if chosen.delivery_mode != "send":
        return
    try:
        with connected(chosen) as sender:
            sender.ready()
    except MailDown as down:
        yield Finding("mail server", False, str(down))
        return
    yield Finding("mail server", True, f"{chosen.smtp_host}:{chosen.smtp_port} answers and takes our sign-in")
    if not chosen.alert_to:
        yield Finding("alerts", None, "ALERT_TO is not set: nobody is told when runs begin to fail")


if __name__ == "__main__":
    sys.exit(main())
