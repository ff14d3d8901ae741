"""History by Bulk API 2.0: one query job for what REST would ask for in thousands of calls.

The job is ordered by (stamp, Id), so every page of its result leads to a keyset. The cursor names the job as well: a
run that ends while the org prepares the rows, or between two pages, leaves the rest to the next one.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from ingestion.errors import QuotaSpent, SourceError
from ingestion.pages import Cursor, Page
from ingestion.quota import Limiter
from ingestion.sources.salesforce.bulk_results import BadResults, ResultPage
from ingestion.sources.salesforce.records import normal_form
from ingestion.sources.salesforce.rows import Rows

RESULT_ROWS = 10_000
# A page is in memory as a whole: objects with hundreds of fields come in smaller ones.
RESULT_CELLS = 1_000_000
SLICE_ROWS = 2_000
FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0
LONGEST_WAIT = 3600.0


class BulkLost(SourceError):
    """A job that does not give what it should. `begin`: where its rows began, when those read are not to be trusted."""

    def __init__(self, text: str, begin: Cursor | None = None) -> None:
        super().__init__(text)
        self.begin = begin


@dataclass(frozen=True)
class Bulk:
    """`from_rows`: fewer come by REST; 0 never asks for a job."""

    limiter: Limiter
    say: Callable[[str], None]
    from_rows: int

    def is_worth(self, rows: Rows, conditions: list[str]) -> bool:
        if not self.from_rows:
            return False
        if rows.is_wide and rows.is_complete:
            return True  # one statement, however long: its rows cannot move while they are put together
        found = rows.count(conditions)
        return found is None or found > self.from_rows

    def pages(self, rows: Rows, conditions: list[str], at: Cursor) -> Iterator[Page]:
        """All rows that meet the conditions; goes on with the job of the cursor where there is one.

        Raises SourceError when REST has to go on, from the cursor of the last page or from `begin`.
        """
        if "job" not in at:
            job = rows.api.start_job(rows.statement(conditions), rows.entity, rows.deleted)
            at = at | {"job": job, "begin": at}
            yield Page([], at, end=False)
        try:
            yield from self._results(rows, at, self._finished(rows, at["job"]))
        except SourceError:
            with suppress(SourceError, QuotaSpent):
                rows.api.drop_job(at["job"])
            raise

    def _finished(self, rows: Rows, job: str) -> int:
        """Waits for a job where one can see it, and gives its number of rows. Raises QuotaSpent past the deadline."""
        waited, delay = 0.0, FIRST_DELAY
        while True:
            found = rows.api.job(job, rows.entity)
            if found.state == "JobComplete":
                return found.rows
            text = f"{rows.api.source}: bulk job {job} for {rows.entity} is {found.state} ({found.rows:,} rows so far)"
            if found.state in ("Failed", "Aborted"):
                raise BulkLost(f"{text}: {found.error[:200]}")
            if waited >= LONGEST_WAIT:
                raise BulkLost(f"{text} after {waited / 60:.0f} minutes")
            if self.limiter.deadline is not None and time.monotonic() + delay > self.limiter.deadline:
                raise QuotaSpent(f"{text}; the next run goes on with it")
            self.limiter.pause(delay, text)
            waited, delay = waited + delay, min(delay * 2, LONGEST_DELAY)

    def _results(self, rows: Rows, at: Cursor, expected: int) -> Iterator[Page]:
        job, normal, columns = at["job"], normal_form(rows.fields.kinds), tuple(rows.fields.kinds)
        size = min(RESULT_ROWS, RESULT_CELLS // len(columns) + 1)
        while True:
            locator, before, done = at.get("locator"), at.get("before", 0), at.get("done", 0)
            found = rows.api.results(job, locator, size, rows.entity)
            page = ResultPage(found.body, columns)
            total = before + page.count
            is_last = found.locator == "null" or (found.locator is None and total == expected)
            _check(page.count, found.rows, total, expected, is_last, at["begin"])
            if not page.count:
                yield Page([], after_job(at), end=True)
            elif done >= page.count:
                raise BadResults(f"a page has {page.count} rows and had more before")
            for part in page.rows(SLICE_ROWS, done):
                done += len(part)
                is_end = is_last and done == page.count
                records = [normal(row) for row in part]
                at = at | rows.reached(records) | {"done": done}
                if done == page.count:
                    at |= {"locator": found.locator, "before": total, "done": 0}
                if is_end:
                    # The rows are all here, and the org keeps a job for a week otherwise.
                    with suppress(SourceError, QuotaSpent):
                        rows.api.drop_job(job)
                yield Page(records, after_job(at) if is_end else at, is_end)
            if is_last:
                return


def _check(count: int, said: int | None, total: int, expected: int, is_last: bool, begin: Cursor) -> None:
    """Raises when job, headers and rows do not agree: a header that a proxy took away proves nothing (R23)."""
    if said is not None and said != count:
        raise BadResults(f"a page has {count} rows and should have {said}")
    if not is_last and total >= expected:
        raise BadResults(f"the job has {expected} rows, and more are to come after {total}")
    if not is_last and (said is None or not count):
        raise BadResults("a page does not say how many rows it has, or where the next one is")
    if is_last and total != expected:
        raise BulkLost(f"the result has {total} rows and the job {expected}", begin)
    if not total and said != 0:
        raise BadResults("the result is empty and does not say so")


def after_job(at: Cursor) -> Cursor:
    """The keyset alone."""
    return {name: at[name] for name in ("stamp", "id") if name in at}
