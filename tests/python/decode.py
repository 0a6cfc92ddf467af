"""Decodes OTLP requests with OpenTelemetry's own classes and prints each as JSON, one per line.

Reads lines with the kind of the signals and the body in hexadecimal: `span 0a5d…`. A body with a field that OTLP does
not have is an error.
"""

import base64
import json
import sys

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

REQUESTS = {"span": ExportTraceServiceRequest, "event": ExportLogsServiceRequest}


def decode(kind: str, body: str):
    request = REQUESTS[kind].FromString(bytes.fromhex(body))
    known = REQUESTS[kind].FromString(bytes.fromhex(body))
    known.DiscardUnknownFields()
    assert known.SerializeToString() == request.SerializeToString(), "a field that OTLP does not have"
    return request


def to_json(request) -> str:
    """Protobuf's JSON, but with ids in hexadecimal, as OTLP wants them."""
    request = MessageToDict(request)
    for group in request.get("resourceSpans", []):
        for span in (span for scope in group["scopeSpans"] for span in scope["spans"]):
            for name in ("traceId", "spanId"):
                span[name] = base64.b64decode(span[name]).hex()
    return json.dumps(request)


for line in sys.stdin.readlines():  # all of it first: whoever writes it does not read yet
    print(to_json(decode(*line.split())))
