"""Sends spans with OpenTelemetry's own SDK, as a program without Candor does.

    python client.py http://127.0.0.1:4318

Reads a span per line, in JSON: `{"name": …, "attributes": {…}}`, with `"resource"` for attributes beside `service.name`
and `"exception"` for a message to fail with.
"""

import json
import sys

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


def send(endpoint: str, span: dict):
    resource = Resource({"service.name": "demo", **span.get("resource", {})})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", compression=Compression.Gzip, timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    try:
        with provider.get_tracer("demo").start_as_current_span(span["name"], attributes=span["attributes"]):
            if "exception" in span:
                raise ValueError(span["exception"])
    except ValueError:
        pass
    assert provider.force_flush(5000), "nobody takes the span"
    provider.shutdown()


for line in sys.stdin:
    send(sys.argv[1], json.loads(line))
