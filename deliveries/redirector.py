"""A rule file for the browser extension Redirector: old mails link to API addresses, which show JSON (R-NT-5, F-1)."""

import json
from datetime import datetime
from pathlib import Path

from deliveries.published import query

# One rule for each host that tickets have: tickets of every instance, and no host that only looks like one of them.
HOSTS = """
select distinct regexp_extract(ticket_url, '^https://([A-Za-z0-9.-]+)/tickets/[0-9]+$', 1) as host
from marts.dim_tickets where host <> '' order by host
"""
KNOWN_UNTIL = "select as_of from marts.snapshot"


def redirector(file: Path) -> str:
    """The file that Redirector imports, as JSON. Raises NotPublished."""
    (known,) = query(file, KNOWN_UNTIL)
    rules = [_rule(found["host"]) for found in query(file, HOSTS)]
    made = {"createdBy": "Support Signals", "createdAt": _stamp(known["as_of"]), "redirects": rules}
    return json.dumps(made, indent=4) + "\n"


def pattern(host: str) -> str:
    """Anchored at both ends, dots escaped, digits only, `.json` and a query optional; a JavaScript expression."""
    exactly = host.replace(".", r"\.")
    return rf"^https://{exactly}/api/v2/tickets/([0-9]+)(?:\.json)?(?:\?.*)?$"


def _rule(host: str) -> dict[str, object]:
    return {
        "description": f"Tickets of {host}",
        "exampleUrl": f"https://{host}/api/v2/tickets/12345.json",
        "exampleResult": f"https://{host}/tickets/12345",
        "error": None,
        "includePattern": pattern(host),
        "excludePattern": "",
        "patternDesc": "The page of a ticket instead of its JSON",
        "redirectUrl": f"https://{host}/tickets/$1",
        "patternType": "R",
        "processMatches": "noProcessing",
        "disabled": False,
        "appliesTo": ["main_frame"],
    }


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
