"""Customer satisfaction surveys of the newer kind: one row per survey sent, answers filled in later."""

from collections.abc import Iterable

from sandbox import settings
from sandbox.changes import Change
from sandbox.timestamps import guide_time
from sandbox.zendesk.instance import Instance

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def apply(instance: Instance, change: Change) -> Iterable[Change]:
    """Sends a survey or changes its answers. An id that is no ULID is widened to one, sent at the change's time."""
    names = instance.survey_names
    if change.id not in names:
        names[change.id] = change.id if _is_ulid(change.id) else ulid(change.at, change.id)
    row_id = names[change.id]
    if change.delete or change.purge:
        instance.surveys.pop(row_id, None)
        return ()
    row = instance.surveys.get(row_id)
    if row is None:
        sent = ulid_ms(row_id)
        row = instance.surveys[row_id] = {
            "id": row_id,
            "responder_id": None,
            "expires_at": guide_time(sent + settings.SURVEY_OPEN_DAYS * 86_400_000),
            "subject_zrns": [],
            "subjects": [],
            "survey": {"id": SURVEY_ID, "version": 1, "state": "enabled"},
            "answers": [],
        }
    values = dict(change.set)
    ticket_id = values.pop("ticket_id", None)
    row.update(values)
    if ticket_id is not None:
        row["subject_zrns"] = [f"zen:ticket:{ticket_id}"]
    if row["subject_zrns"] and not row["subjects"]:
        row["subjects"] = [{"id": zrn.rsplit(":", 1)[1], "type": "ticket", "zrn": zrn} for zrn in row["subject_zrns"]]
    if row["responder_id"] is not None:
        row["responder_id"] = str(row["responder_id"])
    for answer in row["answers"]:
        answer.setdefault("created_at", guide_time(change.at))
        answer.setdefault("updated_at", guide_time(change.at))
    return ()


def ulid(at: int, seed: str) -> str:
    """A ULID of a time in milliseconds whose random part is the seed's text, padded."""
    tail = int.from_bytes(seed.encode()[-10:].rjust(10, b"\0"))
    number = (at << 80) | tail
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))


SURVEY_ID = ulid(0, "survey")


def ulid_ms(text: str) -> int:
    """The time inside a ULID, in milliseconds."""
    number = 0
    for letter in text[:10]:
        number = number * 32 + _ALPHABET.index(letter)
    return number


def _is_ulid(text: str) -> bool:
    return len(text) == 26 and all(letter in _ALPHABET for letter in text)
