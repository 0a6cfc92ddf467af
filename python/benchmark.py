"""Candor beside opentelemetry-sdk: CPU time per event, in one run. Prints ratios; quote nothing else.

Usage: PYTHONPATH=python/src python python/benchmark.py, with opentelemetry-sdk and its OTLP exporter installed.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any, Callable

import candor
from candor.http import Answer

COUNT = 2000


def catalogue() -> tuple[candor.Signal, candor.Catalogue, list[candor.Attribute], list[candor.Attribute]]:
    """Twelve attributes, four of them opt-in texts."""
    kinds: list[Any] = [candor.Int()] * 4 + [candor.Boolean()] * 2 + [candor.Double(), candor.ListOf(candor.Text(64), 8)]
    plain = [candor.Attribute(f"plain_{at}", candor.DEFAULT, kind) for at, kind in enumerate(kinds)]
    secret = [candor.Attribute(f"secret_{at}", candor.OPT_IN, candor.Text(256)) for at in range(4)]
    members = [candor.required(one) for one in plain] + [candor.optional(one, behind=candor.OPT_IN) for one in secret]
    signal = candor.Signal("span", "measured", "Measured", candor.DEFAULT, members)
    return signal, candor.Catalogue("bench", "Bench", "1.0.0", "bench", signals=[signal], opt_in="share"), plain, secret


VALUES: list[Any] = [1, 2, 3, 4, True, False, 0.5, ["a", "b", "c"]]
TEXTS = ["a text of some length"] * 4


def per_event(run: Callable[[], None], finish: Callable[[], None]) -> tuple[float, float]:
    """Microseconds of the calling thread, and of all threads, per event: the best of seven rounds."""
    best = [float("inf")] * 2
    for _ in range(7):
        thread, process = time.thread_time(), time.process_time()
        for _ in range(COUNT):
            run()
        producer = time.thread_time() - thread
        finish()
        best = [min(a, b / COUNT * 1e6) for a, b in zip(best, (producer, time.process_time() - process))]
    return best[0], best[1]


def ours(consent: candor.Consent) -> tuple[float, float]:
    """The generated shape of a function, encoded and discarded."""
    signal, known, plain, secret = catalogue()
    pipeline = candor.Pipeline(known, endpoint="http://127.0.0.1:1", consent=consent, capacity=1 << 24, send=lambda *_: Answer(True))

    def emit() -> None:
        record = pipeline.begin(signal)
        if record is None:
            return
        for one, value in zip(plain, VALUES):
            record.required(one, value)
        if record.grants(candor.OPT_IN):
            more = record.call("opt_in", lambda: dict(zip(range(4), TEXTS)))
            for at, one in enumerate(secret):
                record.optional(one, more.pop(at, None))  # type: ignore[call-overload]
            record.rest(more)
        record.end()

    return per_event(emit, lambda: (pipeline.flush(60), None)[1])


def theirs() -> tuple[float, float]:
    """A span with a batch processor; encoded to OTLP and discarded."""
    from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

    class Discard(SpanExporter):
        def export(self, spans: Any) -> SpanExportResult:
            encode_spans(spans).SerializeToString()
            return SpanExportResult.SUCCESS

    provider = TracerProvider()
    processor = BatchSpanProcessor(Discard(), max_queue_size=COUNT * 2)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("bench")
    attributes = {f"plain_{at}": value for at, value in enumerate(VALUES)} | {f"secret_{at}": text for at, text in enumerate(TEXTS)}

    def emit() -> None:
        span = tracer.start_span("Measured")
        for key, value in attributes.items():
            span.set_attribute(key, value)
        span.end()

    return per_event(emit, lambda: (processor.force_flush(), None)[1])


def import_time(module: str) -> float:
    """Milliseconds of an interpreter that imports a module, beyond an empty one: the best of nine."""
    def run(text: str) -> float:
        started = time.monotonic()
        subprocess.run([sys.executable, "-c", text], check=True)
        return time.monotonic() - started

    return 1000 * (min(run(f"import {module}") for _ in range(9)) - min(run("pass") for _ in range(9)))


if __name__ == "__main__":
    peer = theirs()
    print(f"opentelemetry-sdk: producer {peer[0]:.1f} µs, all threads to bytes {peer[1]:.1f} µs")
    for name, consent in (("opted in", candor.Consent.OPTED_IN), ("default", candor.Consent.DEFAULT), ("off", candor.Consent.OFF)):
        own = ours(consent)
        print(f"candor, {name}: producer {own[0]:.2f} µs ({peer[0] / own[0]:.1f}×), to bytes {own[1]:.2f} µs ({peer[1] / own[1]:.1f}×)")
    print(f"import: candor {import_time('candor'):.0f} ms, opentelemetry.sdk.trace {import_time('opentelemetry.sdk.trace'):.0f} ms")
