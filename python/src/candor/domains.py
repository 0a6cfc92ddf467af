"""Domains: what a value may be, and the value as it is sent.

A domain is compiled into a check: a function of a value and the record that it goes to. The check returns a copy that
the program cannot change any more, or `REFUSED`. What it leaves out inside a value, it notes on the record.
"""

# Values of the program are of any type: what is in them is not known before it is looked at.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from .definition import Object
    from .record import Record

    Check = Callable[[object, Record], Any]

REFUSED: Any = object()
"""What a check returns for a value that does not pass."""

# Why a value is not sent as it was given: the words that conformance vectors use.
UNKNOWN, CONSENT, VALUE, MISSING, CUT, REPLACED = "unknown", "consent", "value", "missing", "cut", "replaced"

_LEAST, _BEYOND = -(2**63), 2**63
_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_TIMESTAMP = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?Z")
_PATTERN_PART = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\$", re.DOTALL)


def text_of(value: object) -> str | None:
    """The text that a value is. A subclass gives its contents; half a surrogate pair is no text."""
    if not isinstance(value, str):
        return None
    text = value if type(value) is str else str.__str__(value)
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            return None
    return text


def whole_of(value: object) -> int | None:
    """The whole number of 64 bits that a value is: an int, or a double such as `3.0`. A boolean is none."""
    if isinstance(value, float):
        number = float.__float__(value)
        return int(number) if _LEAST <= number < _BEYOND and number.is_integer() else None
    if isinstance(value, int) and not isinstance(value, bool):
        whole = int.__int__(value)
        return whole if _LEAST <= whole < _BEYOND else None
    return None


def double_of(value: object) -> float | None:
    """The finite double that is nearest to a number."""
    if isinstance(value, float):
        number = float.__float__(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        try:
            number = float(int.__int__(value))
        except OverflowError:
            return None
    else:
        return None
    return number if math.isfinite(number) else None


def is_timestamp(text: str) -> bool:
    """Returns true for RFC 3339 in UTC, from 1970 to 9999, on a day of the calendar."""
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        return False
    year, month, day = (int(part) for part in found.group(1, 2, 3))
    if year < 1970 or not 1 <= month <= 12:
        return False
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 1 <= day <= _MONTHS[month - 1] + leap


def _matcher(pattern: str) -> Callable[[str], object]:
    """Compiles an anchored pattern. `$` means the end of the text and nothing before it, as everywhere but in Python."""

    def part(found: re.Match[str]) -> str:
        return r"\Z" if found[0] == "$" else found[0].replace("||", "|") if found[0][0] == "[" else found[0]

    try:
        return re.compile(_PATTERN_PART.sub(part, pattern)).fullmatch
    except Exception:  # a pattern that does not compile admits nothing
        return lambda _: None


class Text(NamedTuple):
    """A text of at most so many characters, and like a pattern."""

    most: int | None = None
    pattern: str | None = None

    def check(self, cuts: bool) -> Check:
        """Compiles the domain."""
        most = math.inf if self.most is None else self.most
        match = None if self.pattern is None else _matcher(self.pattern)
        cuts = cuts and match is None

        def check(value: Any, record: Record) -> Any:
            if type(value) is not str or not value.isascii():
                text = text_of(value)
                if text is None:
                    return REFUSED
                value = text
            if len(value) > most:
                if not cuts:
                    return REFUSED
                record.notes.append((None, CUT))
                value = value[: int(most)]
            if match is not None and match(value) is None:
                return REFUSED
            record.size += len(value)
            return value

        return check


class Boolean(NamedTuple):
    """True or false."""

    def check(self, cuts: bool) -> Check:
        """Compiles the domain."""
        return lambda value, _: value if value is True or value is False else REFUSED


class Int(NamedTuple):
    """A whole number of 64 bits."""

    least: int = _LEAST
    most: int = _BEYOND - 1

    def check(self, cuts: bool) -> Check:
        """Compiles the domain."""
        least, most = self

        def check(value: Any, _: Record) -> Any:
            number = value if type(value) is int else whole_of(value)
            return number if number is not None and least <= number <= most else REFUSED

        return check


class Double(NamedTuple):
    """A finite number."""

    least: float = -math.inf
    most: float = math.inf

    def check(self, cuts: bool) -> Check:
        """Compiles the domain."""
        least, most = self

        def check(value: Any, _: Record) -> Any:
            number = double_of(value)
            return number if number is not None and least <= number <= most else REFUSED

        return check


class Timestamp(NamedTuple):
    """A point in time: a `datetime` that knows its zone, or RFC 3339 in UTC."""

    def check(self, cuts: bool) -> Check:
        """Compiles the domain."""

        def check(value: Any, _: Record) -> Any:
            if isinstance(value, datetime):
                if value.tzinfo is None:
                    return REFUSED
                value = value.astimezone(timezone.utc).replace(tzinfo=None).isoformat() + "Z"
            text = text_of(value)
            return text if text is not None and is_timestamp(text) else REFUSED

        return check


Member = str | bool | int | float


class OneOf(NamedTuple):
    """One of these members. An open one takes the last of them for every other value of their types."""

    members: tuple[Member, ...]
    is_open: bool = False

    def member(self, value: object) -> Any:
        """The member that a value is; a number is if it means the same."""
        text, is_boolean, whole, double = text_of(value), isinstance(value, bool), whole_of(value), double_of(value)
        for member in self.members:
            kind = type(member)
            if kind is str:
                same = text == member
            elif kind is bool:
                same = is_boolean and value is member
            else:
                same = (whole if kind is int else double) == member
            if same:
                return member
        return REFUSED

    def is_alike(self, value: object) -> bool:
        """Returns true for a value of the type of some member."""
        kinds = {type(member) for member in self.members}
        if isinstance(value, str):
            return str in kinds and text_of(value) is not None
        if isinstance(value, bool):
            return bool in kinds
        return (int in kinds or float in kinds) and double_of(value) is not None

    def check(self, cuts: bool) -> Check:
        """Compiles the domain."""
        texts = frozenset(member for member in self.members if type(member) is str)

        def check(value: Any, record: Record) -> Any:
            if type(value) is str and value in texts:
                return value
            member = self.member(value)
            if member is REFUSED and self.is_open and self.is_alike(value):
                record.notes.append((None, REPLACED))
                return self.members[-1]
            return member

        return check


class ListOf(NamedTuple):
    """A list that keeps the items that pass. What is beyond its length counts once."""

    item: Domain
    most: int | None = None

    def check(self, cuts: bool) -> Check:
        """Compiles the domain."""
        most, of_item = self.most, self.item.check(cuts)

        def check(value: Any, record: Record) -> Any:
            if isinstance(value, (str, bytes, bytearray, memoryview)) or not isinstance(value, Sequence):
                return REFUSED
            kept: list[Any] = []
            for item in value:
                if item is None:
                    continue
                if len(kept) == most:
                    record.notes.append((None, VALUE))
                    break
                passed = of_item(item, record)
                if passed is REFUSED:
                    record.notes.append((None, VALUE))
                else:
                    kept.append(passed)
            return kept

        return check


class MapOf(NamedTuple):
    """A map that keeps the entries that pass, by their keys. What is beyond its size counts once."""

    key: Text | OneOf
    value: Domain
    most: int | None = None

    def check(self, cuts: bool) -> Check:
        """Compiles the domain."""
        most, of_value = self.most, self.value.check(cuts)
        of_key = self.key.member if isinstance(self.key, OneOf) else None
        of_text = self.key.check(False)

        def check(value: Any, record: Record) -> Any:
            if not isinstance(value, Mapping):
                return REFUSED
            kept: dict[str, Any] = {}
            for key, inner in value.items():
                if inner is None:
                    continue
                if len(kept) == most:
                    record.notes.append((None, VALUE))
                    break
                name = text_of(key)
                passed = REFUSED if name is None else of_key(name) if of_key else of_text(name, record)
                if passed is not REFUSED:
                    passed = of_value(inner, record)
                if passed is REFUSED or name is None:
                    record.notes.append((None, VALUE))
                else:
                    kept[name] = passed
            return kept

        return check


class Json(NamedTuple):
    """Any JSON value, nested so deeply and of so many characters without white space."""

    depth: int
    most: int

    def check(self, cuts: bool) -> Check:
        """Compiles the domain."""

        def check(value: Any, record: Record) -> Any:
            copied, length = _json(value, self.depth)
            if copied is REFUSED or length > self.most:
                return REFUSED
            record.size += length
            return copied

        return check


def double_text(number: float) -> str:
    """The digits of a double, as JSON and conformance vectors write them."""
    mantissa, exponent, power = repr(number).partition("e")
    return mantissa + exponent + (str(int(power)) if power else "")


def _quoted(text: str) -> int:
    length = 2 + len(text)
    for character in text:
        if character in '"\\\n\r\t':
            length += 1
        elif character < " ":
            length += 5
    return length


def _json(value: Any, depth: int) -> tuple[Any, int]:
    """A copy with its numbers as they are sent, and its length. `REFUSED` for what JSON cannot say."""
    if value is None or value is True or value is False:
        return value, 5 if value is False else 4
    if isinstance(value, str):
        text = text_of(value)
        return (REFUSED, 0) if text is None else (text, _quoted(text))
    if isinstance(value, (int, float)):
        whole = whole_of(value) if isinstance(value, int) else None
        if whole is not None:
            return whole, len(str(whole))
        number = double_of(value)
        return (REFUSED, 0) if number is None else (number, len(double_text(number)))
    if depth < 1 or isinstance(value, (bytes, bytearray, memoryview)):
        return REFUSED, 0
    if isinstance(value, Mapping):
        return _json_object(value, depth - 1)
    return _json_list(value, depth - 1) if isinstance(value, Sequence) else (REFUSED, 0)


def _json_list(value: Sequence[Any], depth: int) -> tuple[Any, int]:
    kept: list[Any] = []
    length = 1
    for item in value:
        copied, size = _json(item, depth)
        if copied is REFUSED:
            return REFUSED, 0
        kept.append(copied)
        length += size + 1
    return kept, max(length, 2)


def _json_object(value: Mapping[Any, Any], depth: int) -> tuple[Any, int]:
    kept: dict[str, Any] = {}
    length = 1
    for key, item in value.items():
        name = text_of(key)
        copied, size = _json(item, depth)
        if copied is REFUSED or name is None:
            return REFUSED, 0
        kept[name] = copied
        length += _quoted(name) + 1 + size + 1
    return kept, max(length, 2)


class ObjectOf(NamedTuple):
    """An object of the catalogue. One that lacks a required field is refused, and counts once."""

    shape: Callable[[], Object]

    def check(self, cuts: bool) -> Check:
        """Compiles the domain: how the object's fields are sifted."""
        shape = self.shape
        return lambda value, record: record.structure(shape(), value)


Domain = Text | Boolean | Int | Double | Timestamp | OneOf | ListOf | MapOf | Json | ObjectOf
