"""What a user agreed to, in enough detail to tell what a later catalogue collects beyond it.

The same records, names and fingerprints as in Rust: one person has one choice, whatever language a program is written in.
"""

# Files are of any form: what is in them is not known before it is looked at.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .consent import UNIVERSAL_OPT_OUTS
from .definition import DEFAULT, OPT_IN, Attribute, Catalogue, Object, OptOut, Signal
from .domains import Boolean, Domain, Double, Int, ListOf, MapOf, ObjectOf, OneOf, Text, Timestamp, double_text

Agreement = dict[str, Any]
_MAX = 1.7976931348623157e308
_EXACT = 1 << 53


def agreement_of(catalogue: Catalogue) -> Agreement:
    """The agreement to all that a catalogue lists."""
    first = catalogue.endpoints[0].url if catalogue.endpoints else None
    elsewhere = {
        signal_name(one): url for one in catalogue.signals if (url := _address(catalogue, one)) not in (None, first)
    }
    out: Agreement = {"endpoint": first}
    if elsewhere:
        out["elsewhere"] = dict(sorted(elsewhere.items()))
    out["opt_out"] = [_opt_out(one) for one in catalogue.opt_out]
    out["opt_in"] = catalogue.opt_in
    if catalogue.rotates is not None and catalogue.installation_id:
        out["rotates"] = catalogue.rotates
    if catalogue.channels:
        out["channels"] = {one.name: {"on": one.is_on} for one in sorted(catalogue.channels, key=lambda one: one.name)}
    out["items"] = dict(sorted(_items(catalogue)))
    return out


def _items(catalogue: Catalogue) -> Iterator[tuple[str, dict[str, Any]]]:
    for signal in catalogue.signals:
        yield signal_name(signal), _item(catalogue, signal.needs, None, signal.every)
        for member in signal.members:
            needs = signal.needs | member.attribute.needs
            yield f"{signal_name(signal)}: {member.attribute.name}", _item(catalogue, needs, member.attribute)
            yield from _field_items(catalogue, member.attribute)
    for member in catalogue.resource:
        yield f"resource: {member.attribute.name}", _item(catalogue, member.attribute.needs, member.attribute)
        yield from _field_items(catalogue, member.attribute)


def _field_items(catalogue: Catalogue, attribute: Attribute) -> Iterator[tuple[str, dict[str, Any]]]:
    for shape, name, field in _fields(attribute.domain):
        yield f"object {shape.id}: {name}", _item(catalogue, field.needs, field)


def _item(catalogue: Catalogue, needs: int, attribute: Attribute | None, every: int = 0) -> dict[str, Any]:
    channels = catalogue.names(needs & ~DEFAULT)
    out: dict[str, Any] = {"channels": channels} if channels else {}
    if every:
        out["every"] = every
    if attribute is not None:
        out["values"] = values_of(attribute.domain, attribute.cuts)
        if attribute.nullable:
            out["nullable"] = True
    return out


def _fields(domain: Domain) -> Iterator[tuple[Object, str, Attribute]]:
    """The fields of all objects that a domain leads to."""
    if isinstance(domain, ListOf):
        yield from _fields(domain.item)
    elif isinstance(domain, MapOf):
        yield from _fields(domain.value)
    elif isinstance(domain, ObjectOf):
        shape = domain.shape()
        yield from ((shape, field.name, field.attribute) for field in shape.fields)
        for field in shape.fields:
            yield from _fields(field.attribute.domain)


def signal_name(signal: Signal) -> str:
    """The name of a signal in agreements."""
    return f"{signal.kind} {signal.name}"


def _address(catalogue: Catalogue, signal: Signal) -> str | None:
    return catalogue.endpoints[signal.endpoint].url if signal.endpoint < len(catalogue.endpoints) else None


def _opt_out(one: OptOut) -> Any:
    if one.kind == "variable":
        return {"variable_off_when_false": one.name} if one.off_when_false else one.name
    return {one.kind: one.name}


def values_of(domain: Domain, cuts: bool) -> Any:
    """A domain as it stands in an agreement."""
    if isinstance(domain, Text):
        return {"text": {"max_length": domain.most, "pattern": domain.pattern, "cut": cuts}}
    if isinstance(domain, Boolean):
        return "boolean"
    if isinstance(domain, Int):
        return {"int": {"minimum": domain.least, "maximum": domain.most}}
    if isinstance(domain, Double):
        least, most = (math.copysign(_MAX, one) if math.isinf(one) else float(one) for one in domain)
        return {"double": {"minimum": least, "maximum": most}}
    if isinstance(domain, Timestamp):
        return "timestamp"
    if isinstance(domain, OneOf):
        if not domain.is_open and all(type(one) is str for one in domain.members):
            return {"one_of": list(domain.members)}
        return {"choice": {"members": list(domain.members), "open": domain.is_open}}
    if isinstance(domain, ObjectOf):
        return {"object": domain.shape().id}
    if isinstance(domain, ListOf):
        return {"list": {"of": values_of(domain.item, cuts), "max_items": domain.most}}
    if isinstance(domain, MapOf):
        keys = values_of(domain.key, False)
        return {"map": {"keys": keys, "of": values_of(domain.value, cuts), "max_items": domain.most}}
    return {"json": {"max_depth": domain.depth, "max_length": domain.most}}


def _kind(values: Any) -> tuple[str, Any]:
    """The kind of values, and what bounds them. Enums are of one kind, however they are written."""
    if isinstance(values, str):
        return values, None
    ((kind, inner),) = values.items()
    return ("choice", {"members": inner, "open": False}) if kind == "one_of" else (kind, inner)


def _within(most: int | None, longest: int | None) -> bool:
    return most is None or longest is not None and longest <= most


def covers(old: Any, new: Any) -> bool:
    """Returns true if `old` admits every value that `new` does."""
    (was, a), (now, b) = _kind(old), _kind(new)
    if now == "choice":
        if was == "choice" and b["open"] and not a["open"]:
            return False
        judge = _domain(old)
        return all(_judges(judge, member) for member in b["members"])
    if was == "double" and now == "int":
        inside = (-_EXACT <= one <= _EXACT and a["minimum"] <= one <= a["maximum"] for one in (b["minimum"], b["maximum"]))
        return (a["minimum"], a["maximum"]) == (-_MAX, _MAX) or all(inside)
    if was != now:
        return False
    if now == "text":
        return _within(a["max_length"], b["max_length"]) and a["pattern"] in (None, b["pattern"])
    if now in ("int", "double"):
        empty = now == "int" and b["minimum"] > b["maximum"]
        return bool(empty or a["minimum"] <= b["minimum"] and b["maximum"] <= a["maximum"])
    if now == "list":
        return _within(a["max_items"], b["max_items"]) and (b["max_items"] == 0 or covers(a["of"], b["of"]))
    if now == "map":
        inner = b["max_items"] == 0 or covers(a["keys"], b["keys"]) and covers(a["of"], b["of"])
        return _within(a["max_items"], b["max_items"]) and inner
    if now == "json":
        return _within(a["max_depth"], b["max_depth"]) and _within(a["max_length"], b["max_length"])
    return bool(a == b)


def _domain(values: Any) -> Domain | None:
    kind, inner = _kind(values)
    plain: dict[str, Callable[[], Domain]] = {
        "text": lambda: Text(inner["max_length"], inner["pattern"]),
        "boolean": Boolean,
        "int": lambda: Int(inner["minimum"], inner["maximum"]),
        "double": lambda: Double(inner["minimum"], inner["maximum"]),
        "timestamp": Timestamp,
        "choice": lambda: OneOf(tuple(inner["members"])),
    }
    return plain[kind]() if kind in plain else None


def _judges(domain: Domain | None, member: Any) -> bool:
    from .domains import REFUSED
    from .record import scratch

    return domain is not None and domain.check(False)(member, scratch()) is not REFUSED


def _admits(old: Any, new: Any) -> bool:
    """A text that may be cut is wider than one that may not."""
    cuts = [isinstance(one, dict) and one.get("text", {}).get("cut", False) for one in (old, new)]
    return covers(old, new) and (cuts[0] or not cuts[1])


def promised(agreed: Agreement, catalogue: Catalogue) -> list[OptOut]:
    """The variables that were promised to switch everything off, and are none of this catalogue's."""
    now = {*UNIVERSAL_OPT_OUTS, *catalogue.opt_out}
    return [one for one in map(_agreed, agreed["opt_out"]) if one.kind == "variable" and one not in now]


def _agreed(one: Any) -> OptOut:
    if isinstance(one, str):
        return OptOut("variable", one)
    ((kind, name),) = one.items()
    return OptOut("variable", name, True) if kind == "variable_off_when_false" else OptOut(kind, name)


class Beyond:
    """What of a catalogue goes beyond an agreement: signals, attributes by signal, and the names of all that does."""

    def __init__(self) -> None:
        self.signals: set[str] = set()
        self.attributes: dict[str, frozenset[str]] = {}
        self.names: list[str] = []


def beyond(agreed: Agreement, catalogue: Catalogue, bits: int, granted: Iterable[str] | None) -> Beyond:
    """Compares today's catalogue with what the user agreed to, as far as this consent collects it."""
    out = Beyond()
    now, items = agreement_of(catalogue), agreed["items"]
    is_new_switch = catalogue.opt_in is not None and catalogue.opt_in != agreed["opt_in"]
    is_switched = bool(bits & OPT_IN) and is_new_switch
    channels: dict[str, Any] = agreed.get("channels", {})

    def had(channel: str) -> bool:
        if channel == "opt_in":
            return bool(bits & OPT_IN)
        return channel in granted if granted is not None else bool(channels.get(channel, {}).get("on"))

    def missing(name: str) -> bool:
        item = now["items"].get(name)
        needs = item.get("channels", []) if item else []
        asked = is_switched and "opt_in" in needs
        is_concerned = not _bits(catalogue, needs) & ~bits
        covered = item is not None and (not is_concerned or name in items and _covers(items[name], item, had))
        if not covered and not asked and name not in out.names:
            out.names.append(name)
        return asked or not covered

    out.names += _moves(agreed, catalogue, bits) + _broken(agreed, catalogue) + _kept_longer(agreed, catalogue)
    out.names += [f"`{catalogue.opt_in}` is what opts in"] if is_switched else []
    for one in catalogue.channels:
        if one.is_on and bits & one.bit and not channels.get(one.name, {}).get("on") and not had(one.name):
            out.names.append(f"`{one.name}` ({one.title}) is on by default")
    for signal in catalogue.signals:
        if signal.needs & ~bits:
            continue
        if missing(signal_name(signal)) or _agreed_address(agreed, signal) != _address(catalogue, signal):
            out.signals.add(signal.id)
            continue
        reached = [pair for one in signal.members for pair in _reached(signal_name(signal), one.attribute, bits)]
        out.attributes[signal.id] = frozenset([id for name, id in reached if missing(name)])
    reached = [pair for one in catalogue.resource for pair in _reached("resource", one.attribute, bits)]
    out.attributes[""] = frozenset([id for name, id in reached if missing(name)])
    return out


def _bits(catalogue: Catalogue, names: list[str]) -> int:
    known = {one.name: one.bit for one in catalogue.channels} | {"opt_in": OPT_IN}
    return sum(known.get(name, 1 << 31) for name in names)


def _reached(before: str, attribute: Attribute, bits: int) -> Iterator[tuple[str, str]]:
    yield f"{before}: {attribute.name}", attribute.id
    if not attribute.needs & ~bits:
        for shape, name, field in _fields(attribute.domain):
            yield f"object {shape.id}: {name}", field.id


def _covers(agreed: dict[str, Any], now: dict[str, Any], had: Callable[[str], bool]) -> bool:
    before, after = agreed.get("channels", []), now.get("channels", [])
    when = not before or all(map(had, before)) and all(map(had, after))
    often = agreed.get("every") is None or now.get("every") is not None and now["every"] >= agreed["every"]
    null = agreed.get("nullable", False) or not now.get("nullable", False)
    was, are = agreed.get("values"), now.get("values")
    return bool(when and often and null and (was == are if was is None or are is None else _admits(was, are)))


def _agreed_address(agreed: Agreement, signal: Signal) -> Any:
    return agreed.get("elsewhere", {}).get(signal_name(signal), agreed["endpoint"])


def _moves(agreed: Agreement, catalogue: Catalogue, bits: int) -> list[str]:
    now, before = (catalogue.endpoints[0].url if catalogue.endpoints else None), agreed["endpoint"]
    if len(catalogue.endpoints) <= 1 and not agreed.get("elsewhere") and now is not None and before != now:
        return [f"everything goes to {now}"]
    if now is None and before is not None:
        return [f"everything goes where the program says, and not to {before}"]
    known = [one for one in catalogue.signals if not one.needs & ~bits and signal_name(one) in agreed["items"]]
    pairs = [(signal_name(one), _address(catalogue, one), _agreed_address(agreed, one)) for one in known]
    return [f"{name} goes to {url}" for name, url, was in pairs if url is not None and url != was]


def _broken(agreed: Agreement, catalogue: Catalogue) -> list[str]:
    now = {*catalogue.opt_out, *UNIVERSAL_OPT_OUTS}
    gone = [one for one in map(_agreed, agreed["opt_out"]) if one not in now]
    words = {"variable": "{}=0", "flag": "the flag {}", "setting": "the setting {}", "command": "the command {}"}
    plain = [one.name if one.kind == "variable" and not one.off_when_false else words[one.kind].format(one.name) for one in gone]
    return [f"{name} no longer switches it off" for name in plain]


def _kept_longer(agreed: Agreement, catalogue: Catalogue) -> list[str]:
    before, now = agreed.get("rotates"), catalogue.rotates
    if not catalogue.installation_id or before is None or now is not None and now <= before:
        return []
    if now is None:
        return ["the installation id stays the same"]
    days, rest = divmod(now, 86400)
    return [f"the installation id is the same for {days} days" if not rest else f"the installation id is the same for {now} seconds"]


def written(value: Any) -> str:
    """JSON as Rust writes it, for fingerprints: numbers have their shortest digits."""
    import json

    if isinstance(value, dict):
        return "{" + ",".join(f"{written(key)}:{written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    if isinstance(value, float):
        plain = f"{value:.20f}".rstrip("0") if 1e-5 <= abs(value) < 1e-4 else ""
        return plain if plain and float(plain) == value else double_text(value)
    return json.dumps(value, ensure_ascii=False)


def fingerprint(text: str) -> str:
    """FNV-1a of a text, as in Rust."""
    hashed = 0xCBF29CE484222325
    for byte in text.encode():
        hashed = (hashed ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return f"{hashed:016x}"


