"""python -m ingestion [stream …] [--until-complete | --reconcile]: reads without any orchestrator.

python -m ingestion status: tells how far it is.
"""

import argparse
import sys

from ingestion import status
from ingestion.errors import SourceError
from ingestion.results import StreamResult
from ingestion.run import ingest
from ingestion.settings import load_settings
from ingestion.status_table import table
from ingestion.streams import STREAMS


def main(arguments: list[str] | None = None) -> int:
    """0 when every stream was read; 1, with one sentence per reason, when not."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["status"]:
        return _status(arguments[1:])
    parser = argparse.ArgumentParser(
        prog="python -m ingestion",
        description="Read sources into the event log.",
        epilog="python -m ingestion status [--json] tells how far every stream is.",
    )
    parser.add_argument(
        "streams", nargs="*", metavar="stream", help=f"default: all that are due; of {', '.join(STREAMS)}"
    )
    parser.add_argument("--until-complete", action="store_true", help="go on until all history is read")
    parser.add_argument("--reconcile", action="store_true", help="compare whole streams with the log instead")
    given = parser.parse_args(arguments)
    try:
        settings = load_settings()
        phase = "reconcile" if given.reconcile else "all"
        results = ingest(
            settings, given.streams or None, phase=phase, until_complete=given.until_complete, progress=_line
        )
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; what was committed stays, the next run goes on from there", file=sys.stderr)
        return 130
    for result in results:
        print(summary(result))
    if not results:
        print("Nothing was due. Name a stream to read it at once; set the URLs in .env if there is no source yet.")
    # One reason often stops every stream of an instance: it is said once.
    for error in dict.fromkeys(result.error for result in results if result.error):
        print(error, file=sys.stderr)
    return 1 if any(result.error for result in results) else 0


def _status(arguments: list[str]) -> int:
    """0 whenever there is something to show."""
    parser = argparse.ArgumentParser(
        prog="python -m ingestion status", description="How far every stream is, without asking a source anything."
    )
    parser.add_argument("--json", action="store_true", help="the same for programs")
    given = parser.parse_args(arguments)
    try:
        found = status.current(load_settings(), lambda line: print(line, file=sys.stderr))
    except SourceError as error:
        print(error, file=sys.stderr)
        return 1
    print(status.as_json(found) if given.json else table(found))
    return 0


def summary(result: StreamResult) -> str:
    """One line for a person."""
    parts = [f"{result.stream} ({result.source}): {'failed' if result.error else f'{result.rows:,} new events'}"]
    if result.newest_occurred_at:
        parts.append(f"newest {result.newest_occurred_at:%Y-%m-%d %H:%M:%S}")
    if not result.history_complete and not result.error:
        parts.append("history not complete yet")
    if result.finding:
        parts.append(result.finding)
    if result.warning:
        parts.append(f"note: {result.warning}")
    return ", ".join(parts)


def _line(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
