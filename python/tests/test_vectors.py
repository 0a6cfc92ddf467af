"""Every vector gives the same answer here as in Rust, and a planted mutation is found."""

from __future__ import annotations

import importlib
import unittest
from typing import Any
from unittest import mock

from candor import domains
from support import Project

import vectors

COUNT = 16000
"""Vectors of each of the two large catalogues, of which about two in three can be said in Python."""


class Vectors(unittest.TestCase):
    """The naive oracle of the code generator against the filter."""

    @classmethod
    def setUpClass(cls) -> None:
        """Generates the modules and the vectors."""
        cls.project = Project()
        cls.modules = {name: cls.project.module(name) for name in ("core", "crewai", "demo", "channels")}

    def test_every_answer_is_the_same(self) -> None:
        said = 0
        for name, module in self.modules.items():
            count = COUNT if name in ("core", "crewai") else 4000
            lines = self.project.vectors(name, count)
            lines += self.project.written_vectors() if name == "core" else []
            counts, wrong = vectors.run(module, lines)
            print(f"{name}: {counts['said']} said, {sum(counts.values()) - counts['said']} skipped, {len(wrong)} differ")
            self.assertEqual(wrong, [], wrong[:3])
            said += counts["said"]
        self.assertGreaterEqual(said, 20000)

    def test_a_planted_mutation_is_found(self) -> None:
        """Each kind of domain is broken once: the vectors of one catalogue must see it."""
        lines = self.project.vectors("core", 4000) + self.project.written_vectors()
        for name, target, broken in mutations():
            with self.subTest(name), mock.patch(target, broken):
                module = importlib.reload(self.modules["core"])
                _, wrong = vectors.run(module, lines)
                self.assertNotEqual(wrong, [], f"{name} is not seen")
        importlib.reload(self.modules["core"])


def mutations() -> list[tuple[str, str, Any]]:
    """A mistake for each kind of domain."""

    def always(passes: Any) -> Any:
        return lambda self, cuts: passes

    def loose_list(self: Any, cuts: bool) -> Any:
        return lambda value, record: list(value) if isinstance(value, (list, tuple)) else domains.REFUSED

    def loose_map(self: Any, cuts: bool) -> Any:
        return lambda value, record: dict(value) if isinstance(value, dict) else domains.REFUSED

    def utf16(value: str) -> int:
        return len(value.encode("utf-16-le", "surrogatepass")) // 2

    def text_by_units(self: Any, cuts: bool) -> Any:
        most = self.most if self.most is not None else 1 << 62
        match = domains._matcher(self.pattern) if self.pattern else lambda _: True
        ok = lambda value: isinstance(value, str) and utf16(value) <= most and match(value)
        return lambda value, record: value if ok(value) else domains.REFUSED

    def matcher(pattern: str) -> Any:
        import re

        return re.compile(pattern).search

    def bool_is_int(value: Any) -> Any:
        return int(value) if isinstance(value, (bool, int)) and -(2**63) <= value < 2**63 else None

    def any_double(value: Any) -> Any:
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def no_leap(text: str) -> bool:
        return bool(domains._TIMESTAMP.fullmatch(text))

    d = "candor.domains."
    return [
        ("text: length in UTF-16", d + "Text.check", text_by_units),
        ("pattern: `$` before a last newline", d + "_matcher", matcher),
        ("int: a boolean is one", d + "whole_of", bool_is_int),
        ("double: NaN is one", d + "double_of", any_double),
        ("boolean: 1 is true", d + "Boolean.check", always(lambda value, _: bool(value) if value in (0, 1) else domains.REFUSED)),
        ("timestamp: 29 February every year", d + "is_timestamp", no_leap),
        ("enum: compared as Python compares", d + "OneOf.member", lambda self, value: next((m for m in self.members if m == value), domains.REFUSED)),
        ("enum: an open one is closed", d + "OneOf.is_alike", lambda self, value: False),
        ("list: items are not judged", d + "ListOf.check", loose_list),
        ("map: entries are not judged", d + "MapOf.check", loose_map),
        ("json: depth does not count", d + "Json.check", always(lambda value, _: domains._json(value, 99)[0])),
        ("object: required fields are optional", "candor.record.Record._fields", optional_fields),
    ]


def optional_fields(self: Any, fields: Any, given: Any, kept: Any) -> bool:
    """Takes fields, and demands none."""
    for field in fields:
        value = given.get(field.name)
        if value is not None or field.attribute.nullable:
            passed = self._sift(field.attribute, field.name, value)
            if passed is not domains.REFUSED:
                kept[field.name] = passed
    return True


if __name__ == "__main__":
    unittest.main()
