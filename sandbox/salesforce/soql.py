"""SOQL text -> Query: the part of the language that data pipelines use."""

from typing import Any

from sandbox import settings
from sandbox.salesforce.errors import malformed, refused
from sandbox.salesforce.soql_tree import Combination, Comparison, Query, tokens

_OPERATORS = {"=", "!=", "<>", "<", "<=", ">", ">="}


def parse(text: str) -> Query:
    """Raises the 400 MALFORMED_QUERY that names the unexpected token."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._place = 0

    def query(self) -> Query:
        self._expect("select")
        is_count, count_of, count_as = self._count()
        fields = [] if is_count or count_of else self._fields()
        self._expect("from")
        name = self._word()
        where = self._either() if self._accept("where") else None
        order: list[tuple[str, bool, bool | None]] = []
        if self._accept("order"):
            self._expect("by")
            order.append(self._order())
            while self._accept(","):
                order.append(self._order())
        limit = self._number() if self._accept("limit") else None
        offset = self._number() if self._accept("offset") else 0
        if offset > settings.SOQL_OFFSET_ROWS:
            message = f"Maximum SOQL offset allowed is {settings.SOQL_OFFSET_ROWS}"
            raise refused("NUMBER_OUTSIDE_VALID_RANGE", message)
        if self._place < len(self._tokens):
            raise malformed(f"unexpected token: '{self._tokens[self._place][1]}'")
        return Query(tuple(fields), name, where, tuple(order), limit, offset, is_count, count_of, count_as)

    def _count(self) -> tuple[bool, str | None, str]:
        """COUNT(), or COUNT(field) with the name of its column."""
        if not self._accept("count"):
            return False, None, ""
        self._expect("(")
        if self._accept(")"):
            return True, None, ""
        field = self._word()
        self._expect(")")
        return False, field, self._word() if self._peek() != ("word", "from") else "expr0"

    def _fields(self) -> list[str]:
        fields = [self._field()]
        while self._accept(","):
            fields.append(self._field())
        return fields

    def _field(self) -> str:
        name = self._word()
        if name.lower() == "fields" and self._accept("("):
            name = f"FIELDS({self._word().upper()})"
            self._expect(")")
        return name

    def _order(self) -> tuple[str, bool, bool | None]:
        field = self._word()
        descending = self._accept("desc")
        if not descending:
            self._accept("asc")
        nulls_last = None
        if self._accept("nulls"):
            nulls_last = self._accept("last") or not self._accept("first")
        return field, descending, nulls_last

    def _either(self) -> Any:
        """ANDs or ORs: SOQL asks for parentheses where both meet, so the other word is left over."""
        parts = [self._one()]
        operator = next((word for word in ("and", "or") if self._peek() == ("word", word)), None)
        while operator and self._accept(operator):
            parts.append(self._one())
        return Combination(operator, tuple(parts)) if operator else parts[0]

    def _one(self) -> Any:
        if self._accept("not"):
            return Combination("not", (self._one(),))
        if self._accept("("):
            inside = self._either()
            self._expect(")")
            return inside
        field = self._word()
        if self._accept("not"):
            self._expect("in")
            return Comparison(field, "not in", self._values())
        if self._accept("in"):
            return Comparison(field, "in", self._values())
        if self._accept("like"):
            return Comparison(field, "like", ("text", self._take("text")))
        kind, sign = self._peek()
        if kind != "sign" or sign not in _OPERATORS:
            raise malformed(f"unexpected token: {sign}")
        self._place += 1
        return Comparison(field, "!=" if sign == "<>" else sign, self._value())

    def _values(self) -> list[tuple[str, str]]:
        self._expect("(")
        values = [self._value()]
        while self._accept(","):
            values.append(self._value())
        self._expect(")")
        return values

    def _value(self) -> tuple[str, str]:
        kind, text = self._tokens[self._place] if self._place < len(self._tokens) else ("end", "")
        if kind in ("sign", "end"):
            raise malformed(f"unexpected token: {text or '<EOF>'}")
        self._place += 1
        return kind, text

    def _peek(self) -> tuple[str, str]:
        if self._place >= len(self._tokens):
            return "end", "<EOF>"
        kind, text = self._tokens[self._place]
        return kind, text.lower() if kind == "word" else text

    def _accept(self, text: str) -> bool:
        kind, found = self._peek()
        if found == text and kind in ("word", "sign"):
            self._place += 1
            return True
        return False

    def _expect(self, text: str) -> None:
        if not self._accept(text):
            raise malformed(f"expecting '{text}', found '{self._peek()[1]}'")

    def _number(self) -> int:
        text = self._take("number")
        if not text.isdigit():
            raise malformed(f"unexpected token: '{text}'")
        return int(text)

    def _word(self) -> str:
        return self._take("word")

    def _take(self, kind: str) -> str:
        found, text = self._tokens[self._place] if self._place < len(self._tokens) else ("end", "<EOF>")
        if found != kind:
            raise malformed(f"unexpected token: {text}")
        self._place += 1
        return text
