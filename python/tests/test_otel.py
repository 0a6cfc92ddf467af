"""The filter around OpenTelemetry's SDK."""

from __future__ import annotations

import unittest

from candor import Consent
from candor.otel import SpanFilter
from candor.testing import Recorder
from support import Project

try:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
except ImportError:
    raise unittest.SkipTest("opentelemetry-sdk is not installed") from None


class Filter(unittest.TestCase):
    """Only what the catalogue lists and consent allows is exported."""

    def exported(self, consent: Consent, name: str, **attributes: object) -> list[dict[str, object]]:
        demo = Project().module("demo")
        memory = InMemorySpanExporter()
        self.filter = SpanFilter(memory, Recorder(demo.CATALOGUE, consent))
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.filter))
        with provider.get_tracer("test").start_as_current_span(name) as span:
            for key, value in attributes.items():
                span.set_attribute(key, value)  # type: ignore[arg-type]
            span.add_event("secret event", {"secret": "canary"})
        for one in memory.get_finished_spans():
            self.assertEqual((list(one.events), list(one.resource.attributes)), ([], ["service.name"]))
        return [dict(one.attributes or {}) for one in memory.get_finished_spans()]

    def test_attributes_pass_at_their_consent(self) -> None:
        given = {"flag": True, "number": 99, "word": "abc", "secret": "canary", "unlisted": 1, "parts.json": '[{"name": "a", "note": "canary"}]'}
        self.assertEqual(self.exported(Consent.DEFAULT, "Everything", **given), [{"flag": True, "word": "abc", "parts.json": '[{"name":"a"}]'}])
        self.assertEqual(self.filter.values_dropped, 2)
        (opted_in,) = self.exported(Consent.OPTED_IN, "Everything", **given)
        self.assertEqual((opted_in["secret"], opted_in["candor.channels"]), ("canary", "opt_in"))

    def test_other_spans_are_stopped(self) -> None:
        for consent, name in ((Consent.OPTED_IN, "Unlisted"), (Consent.OFF, "Everything"), (Consent.DEFAULT, "Hidden")):
            self.assertEqual(self.exported(consent, name, flag=True), [])
            self.assertEqual(self.filter.stopped, 1)


if __name__ == "__main__":
    unittest.main()
