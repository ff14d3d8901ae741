"""SOQL text -> Query: the part of the language that data pipelines use."""

from typing import Any

from sandbox.salesforce.soql_tree import Combination, Comparison, Query, malformed, tokens

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
        is_count = self._accept("count")
        if is_count:
            self._expect("(")
            self._expect(")")
        fields = [] if is_count else self._fields()
        self._expect("from")
        name = self._word()
        where = self._either() if self._accept("where") else None
        order: list[tuple[str, bool, bool | None]] = []
        if self._accept("order"):
            self._expect("by")
            order.append(self._order())
            while self._accept(","):
                order.append(self._order())
        limit = int(self._take("number")) if self._accept("limit") else None
        offset = int(self._take("number")) if self._accept("offset") else 0
        if self._place < len(self._tokens):
            raise malformed(f"unexpected token: {self._tokens[self._place][1]}")
        return Query(tuple(fields), name, where, tuple(order), limit, offset, is_count)

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
        parts = [self._both()]
        while self._accept("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Combination("or", tuple(parts))

    def _both(self) -> Any:
        parts = [self._one()]
        while self._accept("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Combination("and", tuple(parts))

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

    def _word(self) -> str:
        return self._take("word")

    def _take(self, kind: str) -> str:
        found, text = self._tokens[self._place] if self._place < len(self._tokens) else ("end", "<EOF>")
        if found != kind:
            raise malformed(f"unexpected token: {text}")
        self._place += 1
        return text
