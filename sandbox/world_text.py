"""Names and ticket texts: invented, short, varied enough that the best practices of a first submission show."""

import random

_FIRST = (
    "Ana", "Ben", "Carla", "Dev", "Eva", "Femi", "Gita", "Hugo", "Ida", "Jun", "Kofi", "Lena", "Mika", "Nora", "Omar",
    "Paula", "Quinn", "Rosa", "Sven", "Tara", "Uma", "Viktor", "Wanda", "Ximena", "Yusuf", "Zoe",
)  # fmt: skip
_LAST = (
    "Keller", "Osei", "Diaz", "Patel", "Lind", "Ade", "Rossi", "Meyer", "Tanaka", "Silva", "Novak", "Haas", "Ito",
    "Khan", "Larsen", "Moreno", "Nagy", "Okoye", "Popov", "Quist", "Ruiz", "Sato", "Thorne", "Vega", "Wong", "Zeman",
)  # fmt: skip
_COMPANY_FIRST = (
    "Alpine", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper", "Kestrel",
    "Lumen", "Meridian", "Nimbus", "Orchard", "Prairie", "Quarry", "Ridge", "Summit", "Tundra",
)  # fmt: skip
_COMPANY_SECOND = (
    "Analytics", "Bank", "Chemicals", "Dynamics", "Energy", "Foods", "Genomics", "Hosting", "Insurance", "Journeys",
    "Kinetics", "Labs", "Mobility", "Networks", "Optics", "Payments", "Quantum", "Robotics", "Shipping", "Telecom",
)  # fmt: skip
_THINGS = (
    "Runner", "Pipeline", "Container registry", "Pages", "Backup", "Geo replication", "SAML sign-in", "Web editor",
    "Merge request", "Package upload", "Audit log", "Search", "License", "Webhook", "Mirror", "Kubernetes agent",
)  # fmt: skip
_TROUBLES = (
    "stops after the upgrade", "is very slow", "answers with error 500", "loops for ever", "shows old data",
    "fails for some users", "ran out of space", "cannot be enabled", "loses its settings", "times out at night",
)  # fmt: skip
_FREQUENCIES = ("about once an hour", "on every attempt", "two or three times a day", "only on Mondays")
_IMPACTS = ("Nobody can release.", "One team is affected.", "Production is not affected.", "All 400 developers wait.")
_AGENT_LINES = (
    "Thank you, I am looking into it. Which version do you run?",
    "Could you attach the log of the failing job, please?",
    "I can reproduce this and have asked the developers.",
    "Please try it again with the cache cleared.",
)
_CUSTOMER_LINES = (
    "We run the version before the latest one.",
    "The log is attached. Nothing else changed.",
    "Same result, I am afraid.",
    "That helped on one of the two machines.",
)
_SOLUTIONS = (
    "The setting was wrong after the upgrade; the corrected line is below.",
    "This is fixed in the next patch release. Until then, restart the service.",
    "The token had expired. A new one solves it.",
    "The disk was full; after clearing it everything runs.",
)
HOSTILE_SUBJECT = (
    'Re: "quoted", <script>alert(1)</script>\r\nBcc: everyone@example.com; \u202etxt.exe \U0001f525 %s {{x}}'
)
HOSTILE_BODY = 'Line one\u2028line two\r\n.\r\n\'; drop table tickets; -- \\u0041 \\ "" ,,\t\ufeffend ✓ é ﷽ </td>=1+1'


def person(rng: random.Random) -> tuple[str, str]:
    """A name and the local part of its e-mail address."""
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    return f"{first} {last}", f"{first}.{last}".lower()


def company(number: int) -> tuple[str, str]:
    """The number-th company's name and e-mail domain; both unique."""
    # The second word moves on with every round of first words, so that neighbours in the list do not look alike.
    first = _COMPANY_FIRST[number % 20]
    second = _COMPANY_SECOND[(number // 20 + number) % 20]
    generation = number // 400
    suffix = f" {generation + 1}" if generation else ""
    return f"{first} {second}{suffix}", f"{first}-{second}{suffix.replace(' ', '-')}.example".lower()


def subject(rng: random.Random) -> str:
    return f"{rng.choice(_THINGS)} {rng.choice(_TROUBLES)}"


def first_comment(rng: random.Random, about: str) -> str:
    """What a customer writes first: more or less of what support asks for (R-BP-2 to R-BP-10)."""
    parts = [f"{about}."]
    if rng.random() < 0.6:
        parts.append(f"It began yesterday and happens {rng.choice(_FREQUENCIES)}.")
    if rng.random() < 0.5:
        parts.append("Steps: 1. sign in 2. open the project 3. press run.")
    if rng.random() < 0.35:
        parts.append("Expected: it finishes. Actual: it does not.")
    if rng.random() < 0.4:
        parts.append(rng.choice(_IMPACTS))
    if rng.random() < 0.3:
        parts.append("No recent changes.")
    if rng.random() < 0.12:
        parts.append("Can we have a call about it today?")
    return " ".join(parts)


def attachments(rng: random.Random) -> list[dict[str, object]]:
    """Usually none; else a log, a screenshot, or the kind of document that support asks customers to avoid (R-BP-7)."""
    dice = rng.random()
    if dice < 0.12:
        return [{"file_name": "job.log", "content_type": "text/plain", "size": rng.randrange(500, 90_000)}]
    if dice < 0.18:
        return [{"file_name": "screen.png", "content_type": "image/png", "size": rng.randrange(20_000, 900_000)}]
    if dice < 0.20:
        return [{"file_name": "Report.PDF", "content_type": "application/pdf", "size": rng.randrange(9_000, 99_000)}]
    return []


def agent_line(rng: random.Random) -> str:
    return rng.choice(_AGENT_LINES)


def customer_line(rng: random.Random) -> str:
    return rng.choice(_CUSTOMER_LINES)


def solution(rng: random.Random) -> str:
    return rng.choice(_SOLUTIONS)
