"""Mail addresses: which one a message may be sent to."""

import re

# What every mail server takes: one mailbox, no display name, no quoting, nothing that could begin a new header.
ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z]{1,63}"
)
LONGEST = 254


def is_address(text: str | None) -> bool:
    """RFC 5321 without its quoted and literal forms, which no directory of colleagues has."""
    if not text or len(text) > LONGEST or not ADDRESS.fullmatch(text):
        return False
    local = text.split("@")[0]
    return not (local.startswith(".") or local.endswith(".") or ".." in local)
