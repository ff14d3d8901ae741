"""Every requirement is held by a test that names it, and the table in the docs shows which."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "ingestion.md"
NUMBERS = range(1, 31)


def held() -> dict[str, set[int]]:
    """Test, as `ingestion/test_lists.py::test_…` -> the requirements that the first line of its docstring names."""
    return {
        f"{path.relative_to(ROOT / 'tests').as_posix()}::{node.name}": {
            int(number) for number in re.findall(r"\bR(\d+)\b", (ast.get_docstring(node) or "").split("\n")[0])
        }
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def listed() -> dict[int, list[str]]:
    """Requirement -> what the last cell of its row says, split at its commas."""
    rows = re.findall(r"^\| R(\d+) \|.*\| ([^|]*) \|$", TABLE.read_text(), flags=re.MULTILINE)
    return {int(number): cell.split(", ") for number, cell in rows}


def test_the_table_names_for_every_requirement_a_test_that_holds_it() -> None:
    """Each as `file::test`: a file alone, or a name that no file has, holds nothing."""
    tests = held()
    assert [*listed()] == [*NUMBERS]
    wrong = [
        (f"R{number}", named)
        for number, cell in listed().items()
        for named in cell
        if not re.fullmatch(r"`[\w/]+\.py::\w+`", named) or number not in tests.get(named.strip("`"), ())
    ]
    assert wrong == []
