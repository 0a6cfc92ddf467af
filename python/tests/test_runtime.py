"""The runtime: consent, the parts behind permissions, the wire, failures, forks and the end of the program."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import unittest
from pathlib import Path
from typing import Any
from unittest import mock

import candor
from candor import Consent, Pipeline
from candor.testing import Recorder
from support import ROOT, Collector, Project

PROJECT = Project()
SOURCES = f"{ROOT / 'python/src'}{os.pathsep}{ROOT / 'generated/python'}"


def clean(**variables: str) -> Any:
    """An environment in which nothing switches off."""
    return mock.patch.dict(os.environ, {"PATH": os.environ.get("PATH", ""), "HOME": "/nowhere", **variables}, clear=True)


class Case(unittest.TestCase):
    """A collector, the catalogue `demo`, and a clean environment."""

    def setUp(self) -> None:
        patch = clean()
        patch.start()
        self.addCleanup(patch.stop)
        self.demo = PROJECT.module("demo")
        self.collector = Collector()
        self.addCleanup(self.collector.close)

    def pipeline(self, **options: Any) -> Pipeline:
        made = Pipeline(self.demo.CATALOGUE, endpoint=self.collector.url, **{"consent": Consent.DEFAULT} | options)
        self.addCleanup(made.shutdown, 0.1)
        return made


class Parts(Case):
    """What stands behind a permission is not computed without it."""

    def test_a_part_is_called_only_with_permission(self) -> None:
        called: list[str] = []

        def secret() -> dict[str, Any]:
            called.append("secret")
            return {"secret": "canary"}

        def note() -> dict[str, Any]:
            called.append("note")
            return {"note": "canary"}

        part = {"name": "a", "opt_in": note}
        for consent, expected in ((Consent.DEFAULT, []), (Consent.OFF, []), (Consent.OPTED_IN, ["note", "secret"])):
            called.clear()
            recorder = Recorder(self.demo.CATALOGUE, consent)
            self.demo.everything(recorder, flag=True, part_one=part, opt_in=secret)
            self.assertEqual(called, expected)
            self.assertEqual("canary" in str(recorder.payloads()), bool(expected))

    def test_a_signal_behind_a_permission_reads_nothing_without_it(self) -> None:
        recorder = Recorder(self.demo.CATALOGUE)
        self.demo.hidden(recorder, opt_in=lambda: self.fail("it was read"))
        self.assertEqual(recorder.payloads(), [])

    def test_nothing_is_raised_whatever_is_given(self) -> None:
        class Hostile(dict):  # type: ignore[type-arg]
            def __iter__(self) -> Any:
                raise RuntimeError

            keys = items = get = __len__ = __iter__

        def fails() -> Any:
            raise KeyError("x")

        recorder = Recorder(self.demo.CATALOGUE, Consent.OPTED_IN)
        loop: list[Any] = []
        loop.append(loop)
        for value in (Hostile(), loop, object(), b"x", float("nan"), 2**70, "\ud800", Hostile):
            self.demo.everything(recorder, flag=value, number=value, part_one=value, parts=[value], opt_in=value)
        self.demo.everything(recorder, flag=True, opt_in=fails)
        self.demo.everything(recorder)
        self.demo.everything(recorder, flag=True, unlisted="x")
        self.assertEqual(recorder.reasons()["unlisted", "unknown"], 1)
        self.assertEqual(recorder.reasons()["opt_in", "value"], 9)
        self.assertEqual(recorder.reasons()["flag", "missing"], 1)
        with self.assertRaises(AssertionError):
            recorder.assert_nothing_beyond(["Everything"])

    def test_what_changes_later_is_not_sent(self) -> None:
        recorder = Recorder(self.demo.CATALOGUE)
        words = ["a"]
        self.demo.everything(recorder, flag=True, words=words)
        words[0] = "later"
        self.assertEqual(recorder.payloads()[0]["attributes"]["words"], ["a"])


class Wire(Case):
    """What a collector gets."""

    def test_the_bytes_are_what_a_preview_shows(self) -> None:
        try:
            from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
        except ImportError:
            self.skipTest("opentelemetry-proto is not installed")
        pipeline = self.pipeline(consent=Consent.OPTED_IN)
        values = dict(flag=True, number=3, ratio=0.5, numbers=[1, 2], word="wörd", colour="light blue", hex="nope",
                      part_one={"name": "a", "size?": -1, "opt_in": lambda: {"note": "n"}}, parts_json=[{"name": "b"}],
                      opt_in=lambda: {"secret": "s", "secret_number": -(2**63)})  # fmt: skip
        shown = pipeline.preview(self.demo.everything, **values)
        assert shown is not None
        with pipeline.start() as span:
            self.demo.everything(pipeline, span=span, **values)
        self.assertTrue(pipeline.flush())
        request = ExportTraceServiceRequest.FromString(self.collector.bodies()[0])
        span = request.resource_spans[0].scope_spans[0].spans[0]
        self.assertEqual([one.value.string_value for one in request.resource_spans[0].resource.attributes], ["demo"])
        self.assertEqual(span.name, "Everything")
        self.assertEqual((len(span.trace_id), len(span.span_id)), (16, 8))
        self.assertEqual(span.dropped_attributes_count, 1)
        sent = {pair.key: foreign(pair.value) for pair in span.attributes}
        self.assertEqual(sent.pop("candor.channels"), "opt_in")
        self.assertEqual(sent["parts.json"], '[{"name":"b"}]')
        sent["parts.json"] = [{"name": "b"}]
        self.assertEqual(sent, shown["attributes"])
        self.assertLessEqual(span.start_time_unix_nano, span.end_time_unix_nano)

    def test_events_go_to_logs(self) -> None:
        pipeline = self.pipeline()
        self.demo.noted(pipeline, flag=True)
        self.assertTrue(pipeline.flush())
        self.assertEqual(len(self.collector.bodies("/v1/logs")), 1)
        self.assertIn(b"demo.noted", self.collector.bodies("/v1/logs")[0])

    def test_large_bodies_are_compressed(self) -> None:
        pipeline = self.pipeline()
        for _ in range(50):
            self.demo.everything(pipeline, flag=True)
        self.assertTrue(pipeline.flush())
        self.assertEqual(self.collector.requests[0][1]["content-encoding"], "gzip")
        self.assertEqual(pipeline.stats().sent, 50)

    def test_what_fails_is_tried_again_and_what_is_rejected_counts(self) -> None:
        self.collector.answers = [(503, {"Retry-After": "0"}, b""), (200, {}, b"\x0a\x02\x08\x01")]
        pipeline = self.pipeline()
        self.demo.everything(pipeline, flag=True)
        self.demo.everything(pipeline, flag=True)
        self.assertTrue(pipeline.flush())
        self.assertEqual(len(self.collector.requests), 2)
        stats = pipeline.stats()
        self.assertEqual((stats.emitted, stats.sent, stats.dropped), (2, 1, 1))
        self.assertEqual(pipeline.last_failure(), "the collector rejected a part of a request")

    def test_what_has_no_room_is_dropped(self) -> None:
        pipeline = self.pipeline(capacity=5000)
        self.collector.answers = [(503, {"Retry-After": "5"}, b"")]
        for _ in range(500):
            self.demo.everything(pipeline, flag=True, word="abcde")
        stats = pipeline.stats()
        self.assertGreater(stats.dropped, 0)
        self.assertEqual(stats.emitted, stats.sent + stats.dropped + stats.queued)

    def test_less_consent_drops_what_waits(self) -> None:
        pipeline = self.pipeline()
        self.demo.everything(pipeline, flag=True)
        pipeline.set_consent(Consent.OFF)
        self.assertTrue(pipeline.flush())
        self.assertEqual((self.collector.requests, pipeline.stats().dropped), ([], 1))

    def test_a_proxy_is_never_gone_around(self) -> None:
        proxy = Collector()
        self.addCleanup(proxy.close)
        with clean(http_proxy=proxy.url):
            pipeline = self.pipeline()
            self.demo.everything(pipeline, flag=True)
            self.assertTrue(pipeline.flush())
        self.assertEqual(len(proxy.requests), 1)
        self.assertEqual(proxy.requests[0][0], f"{self.collector.url}/v1/traces")
        with clean(ALL_PROXY="socks5://127.0.0.1:1"):
            self.demo.everything(pipeline, flag=True)
            self.assertTrue(pipeline.flush())
        self.assertIn("nothing is sent around it", pipeline.last_failure() or "")
        with clean(http_proxy=proxy.url, NO_PROXY="127.0.0.0/8"):
            self.demo.everything(pipeline, flag=True)
            self.assertTrue(pipeline.flush())
        self.assertEqual(len(self.collector.requests), 1)


def foreign(value: Any) -> Any:
    """A value as protobuf's own decoder reads it."""
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [foreign(item) for item in value.array_value.values]
    if kind == "kvlist_value":
        return {pair.key: foreign(pair.value) for pair in value.kvlist_value.values}
    return None if kind is None else getattr(value, kind)


class Consents(Case):
    """Layers and handles."""

    def test_an_instance_has_its_own_switch(self) -> None:
        pipeline = self.pipeline()
        self.assertEqual(pipeline.sharing(True).consent, Consent.OPTED_IN)
        self.assertEqual(self.pipeline(consent=Consent.OPTED_IN).sharing(False).consent, Consent.DEFAULT)
        self.assertEqual(self.pipeline(consent=Consent.OFF).sharing(True).consent, Consent.OFF)

    def test_the_environment_is_stronger_than_the_application(self) -> None:
        for value, off in (("1", True), ("true", True), ("jawohl", True), ("0", False), (" OFF ", False), ("", False)):
            with clean(DEMO_NO_TELEMETRY=value):
                self.assertEqual(not self.pipeline().consent, off, value)
        with clean(CI="1"):
            self.assertEqual(self.pipeline(consent=None).consent, Consent.OFF)
            self.assertEqual(self.pipeline().consent, Consent.DEFAULT)

    def test_the_decision_explains_itself(self) -> None:
        with clean(DO_NOT_TRACK="1"):
            decision = self.pipeline().decision
        self.assertEqual(str(decision), "off (the environment has DO_NOT_TRACK=1)")
        self.assertEqual([layer.name for layer in decision.layers if layer.decided], ["environment"])

    def test_named_channels(self) -> None:
        channels = PROJECT.module("channels")
        catalogue = channels.CATALOGUE
        recorder = Recorder(catalogue)
        recorder._state.bits = catalogue.bits(["default", "crash_reports"])
        channels.used(recorder, runs=1, crash_reports=lambda: {"where": "here"}, speed=lambda: self.fail("read"))
        (shown,) = recorder.payloads()
        self.assertEqual((shown["attributes"], shown["channels"]), ({"runs": 1, "where": "here"}, "crash_reports"))


class Ends(unittest.TestCase):
    """The end of the program, forks and threads."""

    def program(self, text: str, url: str, **variables: str) -> tuple[float, int, str]:
        begin = "import crewai_telemetry as t, candor, os, sys, time\n" f"p = candor.Pipeline(t.CATALOGUE, endpoint={url!r}, consent=candor.Consent.DEFAULT)\n" "emit = lambda: t.tool_usage(p, crewai_version='1', tool_name='x', attempts=1)\n"
        environment = {"PYTHONPATH": SOURCES, "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.environ.get("PATH", ""), **variables}
        started = time.monotonic()
        done = subprocess.run([sys.executable, "-c", begin + text], env=environment, capture_output=True, text=True, timeout=60)
        return time.monotonic() - started, done.returncode, done.stdout + done.stderr

    def test_the_end_sends_what_waits(self) -> None:
        collector = Collector()
        self.addCleanup(collector.close)
        _, code, said = self.program("emit()", collector.url)
        self.assertEqual((code, said, len(collector.requests)), (0, "", 1))

    def test_a_collector_that_is_not_there_costs_a_second_at_most(self) -> None:
        import socket

        with socket.socket() as silent:
            silent.bind(("127.0.0.1", 0))
            silent.listen()
            without, code, said = self.program("sys.exit(3)", "http://127.0.0.1:1")
            self.assertEqual((code, said), (3, ""))
            for url in (f"http://127.0.0.1:{silent.getsockname()[1]}", "http://127.0.0.1:1", "http://nowhere.invalid"):
                took, code, said = self.program("emit(); sys.exit(3)", url)
                self.assertEqual((code, said), (3, ""), url)
                self.assertLess(took - without, 3.0 if os.environ.get("CI") else 2.5, url)

    @unittest.skipUnless(hasattr(os, "fork"), "no forks here")
    def test_a_child_sends_its_own_and_nothing_of_its_parent(self) -> None:
        collector = Collector()
        self.addCleanup(collector.close)
        text = "emit()\npid = os.fork()\nif pid == 0:\n    emit(); emit()\n    assert p.stats().emitted == 2, p.stats()\n    p.shutdown(); os._exit(0)\nassert os.waitpid(pid, 0)[1] == 0\nassert p.stats().emitted == 1"
        _, code, said = self.program(text, collector.url)
        self.assertEqual((code, said), (0, ""))
        self.assertEqual(sum(body.count(b"Tool Usage") for body in collector.bodies()), 3)

    def test_threads(self) -> None:
        collector = Collector()
        self.addCleanup(collector.close)
        text = "import threading\nts = [threading.Thread(target=lambda: [emit() for _ in range(500)]) for _ in range(8)]\n[x.start() for x in ts]; [x.join() for x in ts]\np.flush()\ns = p.stats()\nassert s.emitted == 4000 == s.sent + s.dropped, s"
        _, code, said = self.program(text, collector.url)
        self.assertEqual((code, said), (0, ""))

    def test_the_package_is_small_and_needs_nothing(self) -> None:
        files = [file for file in Path(ROOT, "python/src/candor").rglob("*") if file.suffix in (".py", ".typed")]
        self.assertLess(sum(file.stat().st_size for file in files), 60000 * 2)
        text = "import sys; before = set(sys.modules); import candor; print(sorted(m for m in set(sys.modules) - before if m.split('.')[0] in ('requests', 'urllib3', 'opentelemetry', 'typing_extensions', 'http', 'json', 'ssl')))"
        done = subprocess.run([sys.executable, "-c", text], env={"PYTHONPATH": SOURCES, "PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True, text=True)
        self.assertEqual(done.stdout.strip(), "[]")


if __name__ == "__main__":
    unittest.main()
