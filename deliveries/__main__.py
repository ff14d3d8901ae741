"""python -m deliveries COMMAND: texts for CSMs, and what became of the mails that tell them of tickets."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from deliveries import inspect, ledger, outbox
from deliveries.brief import NoSuchAccount, brief_of
from deliveries.preview import preview
from deliveries.published import NotPublished, path
from deliveries.redirector import redirector
from deliveries.render import rendered
from deliveries.round import deliver
from deliveries.settings import load_delivery_settings
from ingestion.errors import SourceError
from ingestion.settings import load_settings

TEXTS: dict[str, Callable[[argparse.Namespace], str]] = {
    "brief": lambda given: rendered("brief", given.format, brief_of(given.published, given.account)),
    "redirector": lambda given: redirector(given.published),
    "preview": lambda given: preview(given.published, given.id, given.format),
}


def main(arguments: list[str] | None = None) -> int:
    """0, or 1 with one sentence when there is nothing of the kind that was asked for, or it cannot be done."""
    given = _parser().parse_args(arguments)
    try:
        if given.command in TEXTS:
            text = TEXTS[given.command](given)
            if given.output:
                given.output.write_text(text, encoding="utf-8")
            else:
                sys.stdout.write(text)
            return 0
        return {"pending": _pending, "show": _show, "retry": _retry, "now": _now}[given.command](given)
    except (NoSuchAccount, NotPublished, inspect.NoSuchDelivery, SourceError) as error:
        print(error, file=sys.stderr)
        return 1


def _pending(given: argparse.Namespace) -> int:
    with ledger.opened(load_settings(), _warn) as book:
        outbox.attach(book.connection, given.published)
        lines = list(inspect.waiting(outbox.pending(book.connection), book.now()))
        lines += inspect.others(book.states(), book.now())
    print("\n".join(lines) or "Nothing waits: every notification was told.")
    return 0


def _show(given: argparse.Namespace) -> int:
    with ledger.opened(load_settings(), _warn) as book:
        for name, when, what, recipient, said in inspect.history(book.connection, given.id):
            print(f"{when:%Y-%m-%d %H:%M:%S} UTC  {name}  {what:<9} {' '.join(filter(None, (recipient, said)))}")
    return 0


def _retry(given: argparse.Namespace) -> int:
    with ledger.opened(load_settings(), _warn) as book:
        revived = inspect.revive(book, given.ids or None)
    print(f"{revived} will be tried again by the next run." if revived else "Nothing was given up.")
    return 0


def _now(given: argparse.Namespace) -> int:
    chosen = load_delivery_settings()
    told = deliver(load_settings(), chosen, given.published, print)
    said = ", ".join(f"{count} {status}" for status, count in sorted(told.counts.items())) or "nothing to tell"
    print(f"{said}; {told.waiting} wait" if chosen.delivery_mode != "off" else "DELIVERY_MODE=off: nothing was done.")
    if told.problem:
        print(told.problem, file=sys.stderr)
    return 1 if told.problem else 0


def _warn(line: str) -> None:
    print(line, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deliveries", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    brief = commands.add_parser("brief", help="an account brief")
    brief.add_argument("account", help="Salesforce id, or name, or a part of the name that only one account has")
    brief.add_argument("--format", choices=["markdown", "html"], default="markdown")
    shown = commands.add_parser("preview", help="a mail as its CSM would get it; nothing is sent")
    shown.add_argument("id", nargs="?", help="a notification_id; without it the newest one")
    shown.add_argument("--format", choices=["text", "html", "eml"], default="text")
    rules = commands.add_parser("redirector", help="rules that make a browser open the ticket instead of its JSON")
    for command in (brief, shown, rules):
        command.add_argument("--output", type=Path, help="a file to write; without it the text is printed")
    pending = commands.add_parser("pending", help="what waits, and what for")
    now = commands.add_parser("now", help="deliver what is pending, as a tick does")
    for command in (brief, shown, rules, pending, now):
        command.add_argument("--published", type=Path, default=path(), help="another published file, such as a replay")
    show = commands.add_parser("show", help="every attempt to deliver one notification, case or letter")
    show.add_argument("id", help="a notification_id, or a name that `pending` lists")
    retry = commands.add_parser("retry", help="another try for what was given up")
    retry.add_argument("ids", nargs="*", metavar="id", help="as for `show`; without one all that was given up")
    return parser


if __name__ == "__main__":
    sys.exit(main())
