"""The page of rules says which tests hold each of them, and none is without."""

from tests.rules import PAGE, ROW, held_by, numbers, page

# What is promised for notices once they are delivered.
TO_COME: set[str] = set()


def on_page() -> list[str]:
    return [row[1] for line in PAGE.read_text().splitlines() if (row := ROW.match(line))]


def test_every_rule_has_a_test() -> None:
    held = held_by()
    assert [rule for rule in on_page() if rule not in held and rule not in TO_COME] == []
    assert [rule for rule in TO_COME if rule in held] == []


def test_tests_name_rules_that_exist_and_each_rule_stands_once() -> None:
    assert sorted(held_by().keys() - set(on_page())) == []
    assert len(on_page()) == len(set(on_page()))


def test_the_page_names_the_tests_of_today() -> None:
    assert PAGE.read_text() == page(), "run `python -m tests.rules`"


def test_ranges_and_lists_of_rules_are_read() -> None:
    assert numbers("E-31 to E-33, and R-NT-5.") == {"E-31", "E-32", "E-33", "R-NT-5"}
    assert numbers("CODE-1, RE-2 and E-x") == set()
