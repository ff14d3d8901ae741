"""One run: live changes of every system first, then history for as long as time and quota allow."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Literal

from ingestion import erasures, event_log, status
from ingestion.clock import Clock
from ingestion.commit import Committer
from ingestion.errors import QuotaSpent, SourceError
from ingestion.instances import Instance, connected_instances, is_due, selected
from ingestion.mapping import Signals, read_signals
from ingestion.pages import Reader, whole
from ingestion.progress import Progress
from ingestion.reading import Phase
from ingestion.reconcile import no_stamp, reader_for
from ingestion.results import StreamResult
from ingestion.rounds import Rounds
from ingestion.settings import Settings
from ingestion.sources.files import inbox_pages
from ingestion.sources.gitlab.wanted import new_projects
from ingestion.sources.pipeline_settings import SOURCE, STREAM, go_live_at, last_settings, settings_pages
from ingestion.sources.zendesk import stamps
from ingestion.streams import STREAMS, Stream
from ingestion.timer import THIS_MACHINE, Timer

FILES, INBOX, PROJECTS = "file__feedback", "file/feedback", "gitlab__project"
# Long enough to catch up after a weekend; a run that needs longer goes on in the next one.
LIVE_SECONDS = 600.0


def ingest(
    settings: Settings,
    streams: Sequence[str] | None = None,
    *,
    phase: Literal["live", "history", "all", "reconcile"] = "all",
    time_budget: timedelta | None = None,
    until_complete: bool = False,
    progress: Callable[[str], None] = print,
    timer: Timer = THIS_MACHINE,
) -> list[StreamResult]:
    """Reads what is due, or the named streams whether due or not; one result per stream and instance.

    History gets `time_budget` (default HISTORY_BUDGET_SECONDS), or all the time it needs with `until_complete`.
    Waits and time budgets pass on `timer`. A stream that fails says so in its result and does not stop the others.
    Raises SourceError when nothing can be read at all: a wrong setting, a missing mapped field, a warehouse that
    cannot be written.

    `phase="reconcile"` reads nothing new: it compares whole streams with the log, for `time_budget` (default
    RECONCILE_BUDGET_SECONDS) at most, and goes on in the next such run where it was.
    """
    wanted = selected(None if streams is None else list(streams))
    signals = read_signals(settings.signals_file)
    clock, say = Clock(), Progress(progress)
    with event_log.reader_lock(settings, say):
        committer = Committer(settings, clock, say)
        committer.prepare()
        instances = connected_instances(settings, signals, clock, wanted, say, timer)
        rounds = Rounds(settings, committer, say, until_complete, timer)
        _record_settings(settings, signals, clock, rounds)
        if phase == "reconcile":
            _reconcile(settings, clock, rounds, instances, streams is not None, time_budget)
            _erase(settings, clock, rounds, instances, may_take_long=True)
            return _told(settings, rounds.results(wanted), clock)
        if phase != "history":
            always = streams is not None or until_complete
            due = _due(settings, clock, instances, always)
            rounds.start(due, "live", LIVE_SECONDS, instances)
            if any(stream.name == FILES for stream in wanted):
                rounds.add(STREAMS[FILES], INBOX, Reader(inbox_pages(settings), no_stamp), "live")
            rounds.finish()
        if phase != "live":
            budget = timedelta(seconds=settings.history_budget_seconds) if time_budget is None else time_budget
            every = [(i, s) for i in instances for s in i.streams if s.shape == "changes"]
            rounds.start(every, "history", budget.total_seconds(), instances)
            rounds.finish()
        _erase(settings, clock, rounds, instances)
        _projects(settings, signals, clock, rounds, instances, phase, streams is not None or until_complete)
        return _told(settings, rounds.results(wanted), clock)


def _told(settings: Settings, results: list[StreamResult], clock: Clock) -> list[StreamResult]:
    """The results, with failures and the state of everything kept for `status`."""
    with event_log.writer_lock(settings), event_log.connected(settings) as connection:
        for result in results:
            if result.error:
                event_log.record_failure(connection, result, clock.now())
        status.keep(settings, status.overview(settings, connection))
    return results


def _erase(
    settings: Settings, clock: Clock, rounds: Rounds, instances: list[Instance], may_take_long: bool = False
) -> None:
    """What was redacted or made private is read again, and its old text erased, in the run that hears of it."""
    found = erasures.pending(settings)
    audits, unread = STREAMS[erasures.AUDITS], set()
    for name in dict.fromkeys(cause.source for cause in found.causes):
        instance = next((i for i in instances if i.name == name and not i.error), None)
        if instance is None or not isinstance(instance.source, erasures.Redacting):
            unread.add(name)
            continue
        try:
            records = erasures.read_again(settings, [c for c in found.causes if c.source == name], instance.source)
        except (SourceError, QuotaSpent) as error:
            rounds.note(audits, name, str(error))
            unread.add(name)
            continue
        if records:
            rounds.add(audits, name, Reader(whole(records), stamps.audit), "reconcile")
            rounds.finish(quiet=True)
    pages = erasures.erasing(settings, found, unread, clock.now, may_take_long)
    rounds.add(STREAMS[erasures.STREAM], erasures.SOURCE, Reader(pages, no_stamp), "live")
    rounds.finish(quiet=True)


def _reconcile(
    settings: Settings,
    clock: Clock,
    rounds: Rounds,
    instances: list[Instance],
    is_named: bool,
    time_budget: timedelta | None,
) -> None:
    budget = timedelta(seconds=settings.reconcile_budget_seconds) if time_budget is None else time_budget
    every = [(instance, stream) for instance in instances for stream in instance.streams]
    rounds.start(
        every,
        "reconcile",
        budget.total_seconds(),
        instances,
        lambda instance, stream: reader_for(settings, instance, stream, is_named, clock.now),
    )
    rounds.finish()


def _record_settings(settings: Settings, signals: Signals, clock: Clock, rounds: Rounds) -> None:
    last = last_settings(settings)
    if last is None and settings.connections and not clock.is_measured:
        return  # the first run decides when notifications begin, and no server has said yet what time it is
    now = clock.now()
    # A go-live that is still to come silences notifications until then; it must not silence reading.
    rounds.live_from, rounds.start_date = min(go_live_at(settings, last, now), now), settings.start_date
    pages = settings_pages(settings, signals, last, now)
    rounds.add(STREAMS[STREAM], SOURCE, Reader(pages, no_stamp), "live")
    rounds.finish(quiet=True)


def _due(settings: Settings, clock: Clock, instances: list[Instance], always: bool) -> list[tuple[Instance, Stream]]:
    with event_log.writer_lock(settings), event_log.connected(settings) as connection:
        polls = event_log.last_polls(connection)
    now = clock.now()
    return [
        (instance, stream)
        for instance in instances
        for stream in instance.streams
        if stream.name != PROJECTS and (always or is_due(stream, polls.get((instance.name, stream.name)), now))
    ]


def _projects(
    settings: Settings,
    signals: Signals,
    clock: Clock,
    rounds: Rounds,
    instances: list[Instance],
    phase: Phase | Literal["all"],
    always: bool,
) -> None:
    """Projects last: which ones to ask for stands in the organizations that this run has read."""
    having = [(i, STREAMS[PROJECTS]) for i in instances if any(s.name == PROJECTS for s in i.streams)]
    if not having:
        return
    with event_log.writer_lock(settings), event_log.connected(settings) as connection:
        polls = event_log.last_polls(connection)
    due = phase != "history" and (
        always or is_due(STREAMS[PROJECTS], polls.get((having[0][0].name, PROJECTS)), clock.now())
    )
    if due or new_projects(settings, signals):
        rounds.start(having, "live", LIVE_SECONDS, instances)
        rounds.finish()
