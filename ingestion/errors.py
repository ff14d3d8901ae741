"""What can go wrong while reading a source, said in one sentence that a user can act on."""


class SourceError(Exception):
    """One sentence: what failed, at which host or record, and what to do about it. Never holds a secret."""


class SettingsError(SourceError):
    """A setting or a mapped field is missing or unreadable; the sentence names it."""


class QuotaSpent(Exception):
    """The quota is used up for longer than this run may wait: stop reading, keep what was read."""


class TooSlow(Exception):
    """The server gave up on a page (504, 524, timeout): a smaller page may get through."""
