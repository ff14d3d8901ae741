"""Every requirement is held by a test that names it, and the table in the docs shows which."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "ingestion.md"
# Those of Salesforce stand in test_salesforce*.py.
NUMBERS = range(1, 31)


def held() -> dict[int, list[str]]:
    """Number -> tests whose docstring names it."""
    found: dict[int, list[str]] = {number: [] for number in NUMBERS}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for number in re.findall(r"\bR(\d+)\b", (ast.get_docstring(node) or "").split("\n")[0]):
                    if int(number) in found:
                        found[int(number)].append(node.name)
    return found


def test_the_table_names_for_every_requirement_a_test_that_holds_it() -> None:
    listed = dict(re.findall(r"^\| R(\d+) \|.*\| ([^|]*) \|$", TABLE.read_text(), flags=re.MULTILINE))
    assert [int(number) for number in listed] == list(NUMBERS)
    tests = held()
    for number, cell in listed.items():
        named = re.findall(r"`(\w+)`", cell)
        wrong = [name for name in named if name not in tests[int(number)]]
        assert (number, wrong) == (number, [])
        assert named or "test_salesforce" in cell, f"R{number} is held by no test"
