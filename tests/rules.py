"""Which tests hold which rule, read from the tests themselves: the last column of docs/rules.md.

A test holds a rule when its docstring names the rule's number, a dbt unit test when its description does. Ranges count:
"E-31 to E-33". `python -m tests.rules` writes the column anew.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "rules.md"
NUMBER = re.compile(r"\b((?:R-(?:EST|BP|CP|NT|FB|PL)|E|F)-)(\d+)(?: to (?:\1)(\d+))?\b")
ROW = re.compile(r"^\| ((?:R-[A-Z]+|E|F)-\d+) \| (.*?) \|(?: (.*) )?\|$")


def numbers(text: str) -> set[str]:
    """The rules that a text names."""
    found = set()
    for prefix, first, last in NUMBER.findall(text):
        found |= {f"{prefix}{number}" for number in range(int(first), int(last or first) + 1)}
    return found


def held_by() -> dict[str, list[str]]:
    """Rule -> names of the tests that hold it, each as `folder/file::test`."""
    held = defaultdict(set)
    for name, text in (*_functions(), *_unit_tests()):
        for number in numbers(text):
            held[number].add(name)
    return {number: sorted(names) for number, names in held.items()}


def _functions() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield f"{path.relative_to(ROOT / 'tests')}::{node.name}", ast.get_docstring(node) or ""


def _unit_tests() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "dbt_project" / "models").rglob("*.yml")):
        for test in yaml.safe_load(path.read_text()).get("unit_tests", ()):
            yield f"dbt::{test['name']}", test.get("description", "")


def page() -> str:
    """docs/rules.md as it should be: its own words, with the column of tests made anew."""
    held = held_by()
    lines = []
    for line in PAGE.read_text().splitlines():
        row = ROW.match(line)
        lines.append(f"| {row[1]} | {row[2]} | {_column(held.get(row[1], []))} |" if row else line)
    return "\n".join(lines) + "\n"


def _column(names: list[str]) -> str:
    return "<br>".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    PAGE.write_text(page())
