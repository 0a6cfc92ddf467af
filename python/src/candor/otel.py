"""A filter around an exporter of OpenTelemetry's SDK: only spans and attributes of the catalogue pass.

What a program reports through OpenTelemetry's own API is held to the catalogue and to consent before it is exported:
unknown spans and attributes are left out and counted, values go through the same domains as everywhere.
"""

# What OpenTelemetry hands over is of any type.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .definition import Signal
from .domains import ListOf, MapOf, ObjectOf
from .pipeline import Emitter
from .record import Record


class SpanFilter:
    """A `SpanExporter` that passes on what the catalogue lists and consent allows."""

    def __init__(self, inner: Any, emitter: Emitter) -> None:
        self.inner, self.emitter = inner, emitter
        self.passed = self.stopped = self.values_dropped = 0
        self._signals = {one.name: one for one in emitter._state.catalogue.signals if one.kind == "span"}

    def export(self, spans: Sequence[Any]) -> Any:
        """Exports what may pass. Spans that may not are counted as stopped."""
        from opentelemetry.sdk.trace.export import SpanExportResult

        allowed = [one for one in map(self._filtered, spans) if one is not None]
        self.stopped += len(spans) - len(allowed)
        self.passed += len(allowed)
        return self.inner.export(allowed) if allowed else SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Shuts the exporter down."""
        self.inner.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Flushes the exporter."""
        return bool(self.inner.force_flush(timeout_millis))

    def _filtered(self, span: Any) -> Any:
        try:
            signal = self._signals.get(span.name)
            record = None if signal is None else self.emitter.begin(signal)
            if signal is None or record is None or signal.every:
                return None
            attributes = self._sifted(signal, record, dict(span.attributes or {}))
            self.values_dropped += record.dropped()
            return _rebuilt(span, attributes)
        except Exception:  # what cannot be judged does not pass
            return None

    def _sifted(self, signal: Signal, record: Record, given: dict[str, Any]) -> dict[str, Any]:
        for member in signal.members:
            attribute, value = member.attribute, given.pop(member.name, None)
            structure = isinstance(attribute.domain, (ObjectOf, MapOf)) or attribute.is_json
            if isinstance(value, str) and (structure or isinstance(attribute.domain, ListOf)):
                value = _parsed(value)
            granted = not (attribute.needs | member.behind) & ~record.consent
            if granted and member.required:
                record.required(attribute, value)
            elif granted:
                record.optional(attribute, value)
        record.rest(given)
        out = {one.name: _flat(value, one.is_json) for one, value in record.kept if value is not None}
        marker = record.marker()
        return out | ({"candor.channels": marker} if marker else {})


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _flat(value: Any, is_json: bool) -> Any:
    """A span's attributes have no structure: what has one is JSON text."""
    nested = isinstance(value, dict) or isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if is_json or nested else value


def _rebuilt(span: Any, attributes: dict[str, Any]) -> Any:
    """The span with these attributes and nothing else that a program writes: no events, links or resource of its own."""
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import Status

    return ReadableSpan(
        name=span.name, context=span.context, parent=span.parent, attributes=attributes, kind=span.kind,
        status=Status(span.status.status_code), start_time=span.start_time, end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope, resource=_service(span.resource),
    )  # fmt: skip


def _service(resource: Any) -> Any:
    from opentelemetry.sdk.resources import Resource

    name = resource.attributes.get("service.name") if resource is not None else None
    return Resource({"service.name": name} if isinstance(name, str) else {})


