"""`python -m sandbox serve`: the command line of the sandbox."""

import argparse
import sys
from pathlib import Path

from sandbox.changes import UnreadableWorld
from sandbox.serve import Options, run
from sandbox.settings import END_TIME_MODE, END_TIME_MODES


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 after a stop by signal, 2 when the world or an address cannot be used."""
    given = _parser().parse_args(arguments)
    options = Options(
        port=given.port,
        world=given.world,
        now=given.now,
        running=given.clock == "running",
        tls_port=given.tls_port,
        smtp_port=given.smtp_port,
        enforce_quota=given.quota == "real",
        end_time_mode=given.end_time_mode,
        live=given.live,
        data_dir=given.data_dir,
        ready_file=given.ready_file,
    )
    try:
        run(options)
    except (UnreadableWorld, OSError, ValueError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m sandbox", description=__doc__)
    serve = parser.add_subparsers(required=True).add_parser("serve", help="serve a world until it is stopped")
    serve.add_argument("--port", type=int, default=8910, help="0 picks a free port")
    serve.add_argument("--world", default="demo", help="demo, tiny, or a file of changes (JSON lines)")
    serve.add_argument("--now", help="where the clock starts; default: a minute after the world's last change")
    serve.add_argument("--clock", choices=("running", "frozen"), default="running")
    serve.add_argument("--tls-port", type=int, help="also serve https, with a certificate of its own")
    serve.add_argument("--smtp-port", type=int, help="also take mail")
    serve.add_argument("--quota", choices=("real", "off"), default="real", help="off: refuse nothing")
    serve.add_argument(
        "--end-time-mode",
        choices=END_TIME_MODES,
        default=END_TIME_MODE,
        help="which end_time Zendesk's exports by time give; older accounts differ from the recorded one",
    )
    serve.add_argument("--live", type=float, metavar="RATE", help="go on with RATE new tickets an hour")
    serve.add_argument("--data-dir", type=Path, default=Path("data/sandbox"), help="mail and generated worlds")
    serve.add_argument("--ready-file", type=Path, help="is written as JSON as soon as requests are answered")
    return parser


if __name__ == "__main__":
    sys.exit(main())
