"""Conformance vectors: every line is said through the generated module, and the answer is compared.

Usage: vectors.py MODULE FILE…, with the generated modules on the path. Prints what was said and skipped; ends with 1 where
the answer differs.
"""

from __future__ import annotations

import importlib
import json
import re
import struct
import sys
from collections import Counter
from typing import Any

import candor
from candor import domains
from candor.record import Record
from candor.testing import Recorder


class Skip(Exception):
    """This voice cannot say a vector."""


def value_of(tagged: dict[str, Any]) -> Any:
    """The value behind a tag. Ints of vectors become ints, numbers as JSON writes them ints or floats."""
    ((tag, inner),) = tagged.items()
    if tag == "null":
        return None
    if tag == "bool":
        return inner
    if tag == "int":
        return int(inner)
    if tag == "double":
        return struct.unpack(">d", bytes.fromhex(inner))[0] if isinstance(inner, str) else float(inner)
    if tag == "text":
        units = inner if isinstance(inner, list) else list(struct.unpack(f"<{len(inner.encode('utf-16-le')) // 2}H", inner.encode("utf-16-le")))
        return struct.pack(f"<{len(units)}H", *units).decode("utf-16-le", "surrogatepass")
    if tag == "list":
        return [value_of(item) for item in inner]
    if tag == "object":
        return members_of(inner)
    if re.fullmatch("-0+", inner):
        raise Skip("Python's ints have no negative zero")
    return int(inner) if re.fullmatch("-?[0-9]+", inner) else float(inner)


def members_of(pairs: list[Any]) -> dict[str, Any]:
    """A dictionary; one with a key twice cannot be said."""
    members = {key: value_of(value) for key, value in pairs}
    if len(members) != len(pairs):
        raise Skip("a dictionary has each key once")
    return members


def given(domain: Any, value: Any) -> Any:
    """The value as a program of this catalogue gives it: parts behind permissions are callables."""
    if isinstance(domain, domains.ListOf) and isinstance(value, list):
        return [given(domain.item, item) for item in value]
    if isinstance(domain, domains.MapOf) and isinstance(value, dict):
        return {key: given(domain.value, item) for key, item in value.items()}
    if not isinstance(domain, domains.ObjectOf) or not isinstance(value, dict):
        return value
    shape = domain.shape()
    out, behind = {}, {}
    fields = {field.name: field for field in shape.fields}
    for field in shape.fields:
        if field.attribute.nullable and field.name not in value:
            raise Skip("what may be null and is left out is null")
    for key, inner in value.items():
        field = fields.get(key)
        if field is None:
            out[key] = inner
        else:
            target = behind.setdefault(field.behind, {}) if field.behind else out
            target[key] = given(field.attribute.domain, inner)
    for key, channel in shape.parts.items():
        if channel in behind:
            out[key] = lambda part=behind[channel]: part
    return out


def arguments(signal: candor.Signal, members: dict[str, Any]) -> dict[str, Any]:
    """The keywords of the signal's function."""
    out: dict[str, Any] = {}
    known = {member.name: member for member in signal.members}
    behind: dict[int, dict[str, Any]] = {}
    for name, member in known.items():
        if name not in members:
            if member.attribute.nullable:
                raise Skip("what may be null and is left out is null")
            continue
        is_structure = isinstance(member.attribute.domain, (domains.ListOf, domains.MapOf, domains.ObjectOf))
        if (is_structure or member.attribute.is_json) and isinstance(members[name], str):
            raise Skip("an emitter takes no JSON text")
        inner = given(member.attribute.domain, members[name])
        if member.behind:
            behind.setdefault(member.behind, {})[name] = inner
        else:
            out[member.keyword] = inner
    for name in members.keys() - known.keys():
        if name in out or name == "span":
            raise Skip("a keyword has this name")
        out[name] = members[name]
    return out | {"__behind__": behind}


def say(module: Any, vector: dict[str, Any]) -> Recorder:
    """Emits a vector's members at its consent."""
    catalogue = module.CATALOGUE
    signal = next(one for one in catalogue.signals if one.id == vector["signal"])
    recorder = Recorder(catalogue)
    recorder._state.bits = catalogue.bits(vector["consent"])
    keywords = arguments(signal, members_of(vector["members"]))
    behind = keywords.pop("__behind__")
    function = getattr(module, next(name for name, one in vars(module._signals).items() if one is signal))
    parts = {member.behind for member in signal.members if member.behind}
    names = {candor.OPT_IN: "opt_in"} | {channel.bit: channel.name for channel in catalogue.channels}
    for channel in parts:
        def part(channel: int = channel) -> dict[str, Any]:
            assert not channel & ~recorder._state.bits, "a part was asked for without permission"
            return behind.get(channel, {})

        keywords[names[channel]] = part
    function(recorder, **keywords)
    return recorder


def plain(value: Any) -> Any:
    """A value that tells apart what Python holds equal: `True` and `1`, `1` and `1.0`, `0.0` and `-0.0`."""
    if isinstance(value, list):
        return ["list", *map(plain, value)]
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    return [type(value).__name__, struct.pack(">d", value).hex() if isinstance(value, float) else value]


def differences(signal: candor.Signal, vector: dict[str, Any], recorder: Recorder) -> list[str]:
    """What is not as expected: members, their order, counts and reasons."""
    expected = vector["filtered"]
    if (expected["payload"] is not None) != bool(recorder.records):
        return [f"the signal passes: {bool(recorder.records)}"]
    if not recorder.records:
        return []
    record: Record = recorder.records[0]
    kept = {attribute.name: value for attribute, value in record.kept}
    left, right = plain({key: value_of(value) for key, value in expected["payload"]}), plain(kept)
    found = [f"`{key}` is {right.get(key)} and not {left.get(key)}" for key in left.keys() | right.keys() if left.get(key) != right.get(key)]
    order = [member.name for member in signal.members if member.name in kept]
    if list(kept) != order:
        found.append(f"the order is {list(kept)}")
    if record.dropped() != expected["dropped"]:
        found.append(f"{record.dropped()} dropped and not {expected['dropped']}")
    reasons = {(one["path"], one["why"]): one.get("count", 1) for one in expected.get("reasons", []) if one["why"] != "consent"}
    heard = {note: count for note, count in record.reasons().items() if note[1] != "consent"}
    if reasons != heard:
        found.append(f"reasons {heard} and not {reasons}")
    return found


def admits(module: Any, vector: dict[str, Any]) -> bool:
    """Returns true if the whole value of an attribute passes, with every permission."""
    catalogue = module.CATALOGUE
    attribute = next(one for one in vars(module._attributes).values() if isinstance(one, candor.Attribute) and one.id == vector["attribute"])
    record = Record(catalogue, catalogue.signals[0], (1 << 30) - 1)
    value = value_of(vector["value"])
    passed = attribute.check(given(attribute.domain, value), record)
    return passed is not domains.REFUSED and not record.notes and plain(passed) == plain(passed)


def run(module: Any, lines: list[str]) -> tuple[Counter[str], list[str]]:
    """Says every line. Returns the counts and the differences."""
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for line in lines:
        vector = json.loads(line)
        if "signal" not in vector:
            counts["not about a signal"] += 1
            continue
        signal = next(one for one in module.CATALOGUE.signals if one.id == vector["signal"])
        try:
            found = differences(signal, vector, say(module, vector))
        except Skip as skip:
            counts[str(skip)] += 1
            continue
        counts["said"] += 1
        wrong += [f"{found}\n  {line[:1500]}"] if found else []
    return counts, wrong


if __name__ == "__main__":
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    for name, path in zip(sys.argv[1::2], sys.argv[2::2]):
        with open(path, encoding="utf-8") as file:
            more, differing = run(importlib.import_module(name), [line for line in file if line.startswith("{")])
        counts += more
        wrong += differing
    for why, count in counts.most_common():
        print(f"{count:7} {why}")
    print(f"{len(wrong):7} differences")
    for one in wrong[:8]:
        print(one)
    sys.exit(bool(wrong) or counts["said"] < 50)
