"""OTLP protobuf: writing what passed, and reading what a collector answers.

<https://github.com/open-telemetry/opentelemetry-proto/tree/v1.9.0/opentelemetry/proto>
"""

# Values of the program are of any type: what is in them is not known before it is looked at.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from __future__ import annotations

import os
from collections.abc import Iterator
from struct import pack
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .definition import Attribute, Catalogue
    from .record import Record

MARKER = "candor.channels"
"""Name of the attribute that says which permissions a signal needed beyond the default."""

_ALL = (1 << 64) - 1
_SHORT = [bytes([number]) for number in range(128)]


def varint(number: int) -> bytes:
    """A whole number in as few bytes as it needs."""
    if number < 128:
        return _SHORT[number]
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(tag: bytes, contents: bytes) -> bytes:
    """A field that begins with its length."""
    return tag + varint(len(contents)) + contents


def any_value(value: Any) -> bytes:
    """An `AnyValue`. Null is one with nothing in it."""
    kind: type[Any] = type(value)
    if kind is str:
        return field(b"\x0a", value.encode())
    if kind is bool:
        return b"\x10\x01" if value else b"\x10\x00"
    if kind is int:
        return b"\x18" + varint(value & _ALL)
    if kind is float:
        return b"\x21" + pack("<d", value)
    if kind is list:
        return field(b"\x2a", b"".join([field(b"\x0a", any_value(item)) for item in value]))
    if kind is dict:
        entry = [field(b"\x0a", field(b"\x0a", key.encode()) + field(b"\x12", any_value(it))) for key, it in value.items()]
        return field(b"\x32", b"".join(entry))
    return b""


def json_text(value: Any) -> str:
    """A value as JSON text."""
    import json

    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _written(attribute: Attribute, value: Any) -> bytes:
    return any_value(json_text(value) if attribute.is_json and value is not None else value)


def _attributes(tag: bytes, values: list[tuple[Attribute, Any]]) -> bytes:
    pairs = [field(tag, one.key + field(b"\x12", _written(one, value))) for one, value in values]
    return b"".join(pairs)


def element(record: Record) -> bytes:
    """A span or a log record, as a field of its scope."""
    signal, end = record.signal, pack("<Q", record.end_time)
    marker = record.marker()
    if signal.kind == "span":
        head = [b"\x0a\x10", _id(16), b"\x12\x08", _id(8), field(b"\x2a", signal.name.encode()), b"\x30\x01\x39"]
        head += [pack("<Q", record.start_time), b"\x41", end]
        tag, dropped = b"\x4a", b"\x50"
    else:
        head = [b"\x09", end, field(b"\x62", signal.name.encode())]
        tag, dropped = b"\x32", b"\x38"
    values = record.kept
    if signal.body is not None:
        head += [field(b"\x2a", _written(one, value)) for one, value in values if one is signal.body]
        values = [pair for pair in values if pair[0] is not signal.body]
    head.append(_attributes(tag, values))
    if marker:
        head.append(field(tag, field(b"\x0a", MARKER.encode()) + field(b"\x12", any_value(marker))))
    count = record.dropped()
    if count:
        head.append(dropped + varint(count))
    if record.failed and signal.kind == "span":
        head.append(b"\x7a\x02\x18\x02")
    return field(b"\x12", b"".join(head))


def request(catalogue: Catalogue, process: Record | None, elements: list[bytes]) -> bytes:
    """An `ExportTraceServiceRequest` or an `ExportLogsServiceRequest`, which have the same numbers."""
    service = field(b"\x0a", b"service.name")
    resource = field(b"\x0a", service + field(b"\x12", any_value(catalogue.service)))
    if process is not None:
        resource += _attributes(b"\x0a", process.kept)
        dropped = process.dropped()
        resource += b"\x10" + varint(dropped) if dropped else b""
    scope = field(b"\x0a", catalogue.name.encode()) + field(b"\x12", catalogue.version.encode())
    group = field(b"\x0a", resource) + field(b"\x12", field(b"\x0a", scope) + b"".join(elements))
    return field(b"\x0a", group)


def _id(length: int) -> bytes:
    drawn = os.urandom(length)
    return drawn if any(drawn) else b"\x01" * length


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a message: their numbers and contents. Ends where it cannot be read."""
    at = 0
    while at < len(message):
        tag, at = _read_varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _read_varint(message, at)
            yield number, value
            continue
        length = {1: 8, 5: 4}.get(wire, -1)
        if wire == 2:
            length, at = _read_varint(message, at)
        if length < 0 or at + length > len(message):
            return
        yield number, message[at : at + length]
        at += length


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(message) and shift < 70:
        byte = message[at]
        value |= (byte & 127) << shift
        at += 1
        shift += 7
        if byte < 128:
            return value & _ALL, at
    return 0, len(message)


def rejected(answer: bytes) -> int:
    """The number of signals that a collector refused of a request that it took: OTLP's partial success."""
    for number, message in fields(answer):
        if number == 1 and isinstance(message, bytes):
            for inner, count in fields(message):
                if inner == 1 and isinstance(count, int):
                    return count if count < 1 << 63 else 0
    return 0
