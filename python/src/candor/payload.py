"""The payload form: one JSON object per signal, for people, schemas and validation."""

from __future__ import annotations

from typing import Any

from .record import Record


def payload(record: Record, process: Record | None = None) -> dict[str, Any]:
    """The payload of what passed."""
    signal = record.signal
    out: dict[str, Any] = {"kind": signal.kind, "name": signal.name}
    if signal.kind == "span":
        out["startTimeUnixNano"], out["endTimeUnixNano"] = str(record.start_time), str(record.end_time)
        if record.failed:
            out["status"] = {"code": 2}
    else:
        out["timeUnixNano"] = str(record.end_time)
    out["attributes"] = {one.name: value for one, value in record.kept if one is not signal.body}
    for one, value in record.kept:
        if one is signal.body:
            out["body"] = value
    marker, dropped = record.marker(), record.dropped()
    if marker:
        out["channels"] = marker
    if process is not None and process.kept:
        out["resource"] = {one.name: value for one, value in process.kept}
    if dropped:
        out["droppedAttributesCount"] = dropped
    return out
