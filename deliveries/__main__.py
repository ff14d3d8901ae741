"""`python -m deliveries brief ACCOUNT`: what to know before the next call. `redirector`: a rule file for browsers."""

import argparse
import sys
from pathlib import Path

from deliveries.brief import NoSuchAccount, brief_of
from deliveries.published import NotPublished, path
from deliveries.redirector import redirector
from deliveries.render import rendered


def main(arguments: list[str] | None = None) -> int:
    """0, or 1 with one sentence when there is no such account or nothing is published."""
    parser = argparse.ArgumentParser(
        prog="python -m deliveries", description="Texts for CSMs, from the published file."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    brief = commands.add_parser("brief", help="an account brief")
    brief.add_argument("account", help="Salesforce id, or name, or a part of the name that only one account has")
    brief.add_argument("--format", choices=["markdown", "html"], default="markdown")
    rules = commands.add_parser("redirector", help="rules that make a browser open the ticket instead of its JSON")
    for command in (brief, rules):
        command.add_argument("--output", type=Path, help="a file to write; without it the text is printed")
        command.add_argument("--published", type=Path, default=path(), help="another published file, such as a replay")
    given = parser.parse_args(arguments)
    try:
        if given.command == "brief":
            text = rendered("brief", given.format, brief_of(given.published, given.account))
        else:
            text = redirector(given.published)
    except (NoSuchAccount, NotPublished) as error:
        print(error, file=sys.stderr)
        return 1
    if given.output:
        given.output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
