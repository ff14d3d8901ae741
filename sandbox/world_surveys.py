"""Surveys: offered a day after solving, answered by some, answered again by few."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.world_desk import Desk, Ticket
from sandbox.world_ids import ulid
from sandbox.world_lines import change
from sandbox.world_support import custom_fields
from sandbox.world_time import DAY, HOUR, iso, months_before, seconds

CES_FROM = seconds("2025-05-01T00:00:00+00:00")
OFFERED_RATE, ANSWERED_RATE = 0.82, 0.21
WITHOUT_OFFER_RATE = 0.008  # of the answered ones: no offer in the history (F-7)
CHANGED_RATE, CHANGED_AGAIN_RATE = 0.06, 0.25
WITHOUT_NUMBER_RATE = 0.03  # of the CES answers: good or bad only
POSITIVE = {"ssat_2pt": 0.94, "ces_7pt": 0.88, "csat_custom": 0.80}
# The drop: one region, two months (the fourth and third last), both of them CES.
DROP_REGION, DROP_MONTHS, POSITIVE_IN_THE_DROP = "EMEA", (4, 2), 0.52
CUSTOMER_WORDS = {True: "Quick and clear, thank you", False: "Still not solved"}


@dataclass(slots=True)
class Rating:
    """One answer: positive, negative or neutral, with its number where the instrument has numbers."""

    at: int
    polarity: str
    number: int | None

    @property
    def word(self) -> str:
        return "good" if self.polarity == "positive" else "bad"


@dataclass(slots=True)
class Survey:
    instrument: str
    offered_at: int | None
    ratings: list[Rating] = field(default_factory=list)


def is_in_the_drop(desk: Desk, at: int) -> bool:
    first, after = (months_before(desk.world.now, months) for months in DROP_MONTHS)
    return first <= at < after


def survey(desk: Desk, ticket: Ticket) -> None:
    """Offered a day after solving; about a fifth answers within days, a few change their mind."""
    rng = desk.world.rng
    offered_at = ticket.solved_at[-1] + DAY + rng.randrange(30, 200)
    if rng.random() > OFFERED_RATE or not desk.happens(offered_at):
        return
    instrument = "ces_7pt" if offered_at >= CES_FROM else "ssat_2pt"
    if ticket.source == "us_government":
        instrument = "csat_custom"
    planned = Survey(instrument, offered_at)
    if rng.random() < ANSWERED_RATE:
        at = offered_at + rng.randrange(HOUR, 4 * DAY)
        planned.ratings.append(_first_rating(desk, ticket, instrument, at))
        while instrument != "csat_custom" and rng.random() < (
            CHANGED_AGAIN_RATE if planned.ratings[1:] else CHANGED_RATE
        ):
            at += rng.randrange(HOUR, 9 * HOUR)
            is_positive = planned.ratings[-1].polarity != "positive"
            planned.ratings.append(_rating(desk, instrument, at, is_positive))
        planned.ratings = [rating for rating in planned.ratings[:3] if desk.happens(rating.at)]
        can_do_without_offer = planned.ratings and instrument == "ssat_2pt"
        if can_do_without_offer and rng.random() < WITHOUT_OFFER_RATE:
            planned.offered_at = None
            desk.world.occurred["survey_without_offer"] += 1
    _write_survey(desk, ticket, planned)
    desk.truth.survey(ticket, planned)


def _first_rating(desk: Desk, ticket: Ticket, instrument: str, at: int) -> Rating:
    is_dropped = ticket.account is not None and ticket.account.region == DROP_REGION and is_in_the_drop(desk, at)
    share = POSITIVE_IN_THE_DROP if is_dropped and instrument == "ces_7pt" else POSITIVE[instrument]
    return _rating(desk, instrument, at, desk.world.rng.random() < share)


def _rating(desk: Desk, instrument: str, at: int, is_positive: bool) -> Rating:
    rng, polarity = desk.world.rng, "positive" if is_positive else "negative"
    if instrument == "ssat_2pt":
        return Rating(at, polarity, None)
    if instrument == "ces_7pt":
        # 1 to 4 is negative in the mapping workflow_1_4_bad.
        number = rng.choice((5, 6, 6, 7, 7)) if is_positive else rng.randrange(1, 5)
        return Rating(at, polarity, number)
    number = rng.choice((4, 5, 5)) if is_positive else rng.choice((1, 2, 3))
    return Rating(at, "neutral" if number == 3 else polarity, number)


def _write_survey(desk: Desk, ticket: Ticket, planned: Survey) -> None:
    rng = desk.world.rng
    if planned.instrument == "ces_7pt" and rng.random() < WITHOUT_NUMBER_RATE:
        for rating in planned.ratings:
            rating.number = None
    response = None
    if planned.offered_at is not None:
        desk.ticket(ticket, planned.offered_at, {"satisfaction_rating": {"score": "offered"}})
        if planned.instrument == "csat_custom":
            response = ulid(planned.offered_at, rng)
            _write_response(desk, ticket, response, planned.offered_at, _sent(ticket, planned.offered_at))
    for rating in planned.ratings:
        values: dict[str, Any] = {"satisfaction_rating": {"score": rating.word}}
        if rng.random() < 0.4:
            values["satisfaction_rating"]["comment"] = CUSTOMER_WORDS[rating.word == "good"]
        if planned.instrument == "ces_7pt" and rating.number is not None:
            values["custom_fields"] = custom_fields(ticket.region, rating.number)
        desk.ticket(ticket, rating.at, values)
        if response:
            _write_response(desk, ticket, response, rating.at, {"answers": [_answer(rating)]})


def _write_response(desk: Desk, ticket: Ticket, response: str, at: int, values: dict[str, Any]) -> None:
    desk.put(change(at, "zendesk", "survey_response", response, values, instance=ticket.source))


def _sent(ticket: Ticket, at: int) -> dict[str, Any]:
    zrn = f"zen:ticket:{ticket.id}"
    return {
        "responder_id": str(ticket.requester.id),
        "expires_at": iso(at + 28 * DAY),
        "subject_zrns": [zrn],
        "subjects": [{"id": str(ticket.id), "type": "ticket", "zrn": zrn}],
        "survey": {"id": "01HSURVEY0000000000000CSAT", "version": 1, "state": "enabled"},
        "answers": [],
    }


def _answer(rating: Rating) -> dict[str, Any]:
    category = {"positive": "good", "negative": "bad", "neutral": "neutral"}[rating.polarity]
    question = {"type": "rating_scale_numeric", "id": "01HQUESTION0000000000RATED", "sub_type": "customer_satisfaction"}
    stamp = iso(rating.at)
    return {
        "type": "rating_scale", "rating": rating.number, "rating_category": category, "question": question,
        "created_at": stamp, "updated_at": stamp,
    }  # fmt: skip
