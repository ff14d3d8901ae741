"""The rules for first submissions against labelled texts: how often they are right, and when they must not judge."""

import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.macros import rendered

FOLDER = Path(__file__).parent / "submissions"
HELD_OUT = "held_out"
# Label -> the rule, and the least precision and recall.
RULES = {
    "c": ("{{ call_request('words') }} is not null", 0.9, 0.85),
    "s": ("{{ has_steps('text') }}", 0.9, 0.85),
    "e": ("{{ has_expected('text') }}", 0.9, 0.85),
    "o": ("{{ has_onset('text') }}", 0.9, 0.85),
    "a": ("{{ has_current('text') }}", 0.9, 0.85),
    "f": ("{{ has_frequency('text') }}", 0.8, 0.85),
    "i": ("{{ has_impact('text') }}", 0.75, 0.85),
    "r": ("{{ has_recent_changes('text') }}", 0.75, 0.85),
}


def labelled() -> Iterator[tuple[str, str, str]]:
    for path in sorted(FOLDER.glob("*.txt")):
        for line in path.read_text().splitlines():
            labels, _, text = line.partition("|")
            yield path.stem, labels, text.replace("\\n", "\n")


@cache
def judged() -> list[tuple]:
    """(file, labels, text, is English, one verdict per rule)."""
    with duckdb.connect() as connection:
        connection.execute("create table submissions(file varchar, labels varchar, body varchar)")
        connection.executemany("insert into submissions values (?, ?, ?)", list(labelled()))
        rules = ", ".join(rendered("practices", rule) for rule, _, _ in RULES.values())
        return connection.sql(
            f"""select file, labels, body, {rendered("practices", "{{ is_english('words') }}")}, {rules}
            from (select *, {rendered("practices", "{{ marked('words') }}")} as text
                from (select *, {rendered("practices", "{{ written('body') }}")} as words from submissions))"""
        ).fetchall()


def figures(label: str, rows: list[tuple]) -> tuple[float, float, int, int]:
    """Precision, recall, positives, negatives among the English texts."""
    place = 4 + list(RULES).index(label)
    pairs = [(label in row[1], bool(row[place])) for row in rows if "?" not in row[1]]
    right = sum(is_so and told for is_so, told in pairs)
    positives = sum(is_so for is_so, _ in pairs)
    told = sum(told for _, told in pairs)
    return right / max(told, 1), right / max(positives, 1), positives, len(pairs) - positives


def test_there_are_three_hundred_labelled_submissions() -> None:
    assert len(judged()) >= 300


@pytest.mark.parametrize("label", RULES)
@pytest.mark.parametrize("part", ["all", HELD_OUT])
def test_each_rule_is_right_as_often_as_it_must_be(label: str, part: str) -> None:
    """R-BP-3, R-BP-4, R-BP-5, R-BP-10, E-31, E-32, E-33: hard negatives and signatures are among them."""
    rows = [row for row in judged() if part in ("all", row[0])]
    precision, recall, positives, negatives = figures(label, rows)
    counted = f"of {positives} with it, {negatives} without"
    sys.stdout.write(f"\n{part} {label}: precision {precision:.3f}, recall {recall:.3f} {counted}\n")
    _, least_precision, least_recall = RULES[label]
    if part == HELD_OUT and positives < 10:
        least_precision = least_recall = 0.7  # one text is a tenth or more
    assert precision >= least_precision
    assert recall >= least_recall


def test_no_text_in_another_language_is_judged() -> None:
    """E-34: and few English ones are left out."""
    assert [text for _, labels, text, is_english, *_ in judged() if "?" in labels and is_english] == []
    english = [row for row in judged() if "?" not in row[1]]
    assert sum(row[3] for row in english) >= 0.97 * len(english)


def test_nothing_that_a_form_prints_is_taken_for_an_answer() -> None:
    """E-32: a template with empty sections says nothing, whatever its headings are called."""
    empty = [row for row in judged() if row[0] == "templates" and row[1] == ""]
    assert len(empty) >= 2
    assert [row for row in empty if any(row[4:])] == []
