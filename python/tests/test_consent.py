"""Consent and the stored choice: the matrix, doubt, what a later catalogue adds, and one file with Rust."""

from __future__ import annotations

import functools
import itertools
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Any, Iterator
from unittest import mock

from candor import Consent, OptOut, Pipeline, Store, stored
from candor.http import Answer
from support import ROOT, Project

PROJECT = Project()
MATRIX = json.loads(Path(__file__).with_name("consent_matrix.json").read_text("utf-8"))
WORDS = {"off": Consent.OFF, "on": Consent.DEFAULT, "share": Consent.OPTED_IN, "opted-in": Consent.OPTED_IN}


class Case(unittest.TestCase):
    """A folder, a catalogue of an older version and its successor, and what would be sent."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name, "settings")
        self.file = self.folder / "telemetry.json"
        patch = mock.patch.dict(os.environ, {"PATH": os.environ.get("PATH", ""), "HOME": folder.name}, clear=True)
        patch.start()
        self.addCleanup(patch.stop)
        self.sent: list[bytes] = []
        self.agreed, self.grown = PROJECT.module("agreed"), PROJECT.module("grown")

    def send(self, _: str, body: bytes) -> Answer:
        self.sent.append(body)
        return Answer(True)

    def pipeline(self, module: Any, **options: Any) -> Pipeline:
        options = {"endpoint": "http://127.0.0.1:1", "send": self.send, "store": Store(module.CATALOGUE, self.folder)} | options
        made = Pipeline(module.CATALOGUE, **options)
        self.addCleanup(made.shutdown, 1)
        return made


def cases() -> Iterator[tuple[dict[str, str], bool, bool, str, str | None]]:
    """Every environment, state of the store and setting of the application."""
    spelt = [(word, True) for word in MATRIX["yes"]] + [(word, False) for word in MATRIX["no"]]
    environments: list[tuple[dict[str, str], bool]] = [({}, False)]
    environments += [({MATRIX["opt_outs"][0]: word}, off) for word, off in spelt]
    environments += [({name: word}, off) for name in MATRIX["opt_outs"][1:] for word, off in (spelt[1], spelt[11], spelt[13])]
    for state, (variables, off), ci, explicit in itertools.product(MATRIX["states"], environments, (False, True), MATRIX["explicit"]):
        yield variables | (MATRIX["ci"] if ci else {}), off, ci, state, explicit


class Matrix(Case):
    """Everything that decides, against everything else: the decision, its reason, and the bytes that are sent."""

    def states(self) -> dict[str, str]:
        """The files of all states of the store, each written once."""
        texts, store = {}, Store(self.agreed.CATALOGUE, self.folder)
        store.notice_shown()
        texts["shown"] = self.file.read_text("utf-8")
        for word in ("off", "on", "share"):
            store.choose(WORDS[word])
            texts[word] = self.file.read_text("utf-8")
        return texts

    def test_every_opt_out_spelling_choice_and_surrounding(self) -> None:
        count, texts = 0, self.states()
        patch = mock.patch("candor.stored.fingerprint", functools.lru_cache(None)(stored.fingerprint))
        patch.start()
        self.addCleanup(patch.stop)
        for variables, off, ci, state, explicit in cases():
            if count % 138 == 0:
                self.file.unlink(missing_ok=True)
                self.file.write_text(texts[state], "utf-8") if state in texts else None
            given = {"off": off, "ci": ci, "state": state, "explicit": explicit}
            rule = next(r for r in MATRIX["rules"] if all(given[k] == v for k, v in r.items() if k in given))
            with mock.patch.dict(os.environ, variables):
                pipeline = self.pipeline(self.agreed, consent=WORDS.get(explicit or ""))
            context = f"{variables} {state} {explicit}: {pipeline.decision}"
            self.assertEqual(str(pipeline.consent), rule["consent"], context)
            self.assertTrue(pipeline.decision.reason.startswith(rule["reason"]), context)
            self.sent.clear()
            signal = pipeline.catalogue.signals[0]
            function = getattr(self.agreed, next(n for n, one in vars(self.agreed._signals).items() if one is signal))
            function(pipeline, same=True, opt_in=lambda: {"title": "Taxes"})
            pipeline.shutdown(5)
            self.assertEqual(bool(self.sent), rule["consent"] != "off", context)
            self.assertEqual(any(b"Taxes" in body for body in self.sent), rule["consent"] == "opted-in", context)
            count += 1
        self.assertEqual(count, 23 * 2 * 5 * 3)


class Doubt(Case):
    """Doubt means off, and is never replaced by a notice."""

    def test_what_was_changed_is_off(self) -> None:
        store = Store(self.agreed.CATALOGUE, self.folder)
        store.choose(Consent.OPTED_IN)
        sound = self.file.read_text("utf-8")
        for text in ("", "{", sound.replace('"opt_in"', '"opt_ni"'), sound.replace('"candor": 2', '"candor": 3'), sound[:-9],
                     sound.replace('"date"', '"dta"'), "[]", sound.replace("2026", "2025").replace("2027", "2025")):  # fmt: skip
            self.file.write_text(text, "utf-8")
            pipeline = self.pipeline(self.agreed)
            self.assertEqual(pipeline.consent, Consent.OFF, text[:80])
            self.assertIn("that means off", pipeline.decision.reason)
            with self.assertRaises(Exception):
                store.notice_shown()
            self.assertEqual(self.file.read_text("utf-8"), text)
        store.choose(Consent.DEFAULT)
        self.assertEqual(self.pipeline(self.agreed).consent, Consent.DEFAULT)

    def test_what_is_no_file_is_off(self) -> None:
        self.folder.mkdir()
        self.file.mkdir()
        self.assertEqual(self.pipeline(self.agreed).consent, Consent.OFF)
        self.file.rmdir()
        if hasattr(os, "mkfifo"):
            os.mkfifo(self.file)
            self.assertIn("not a regular file", self.pipeline(self.agreed).decision.reason)

    def test_off_deletes_and_the_file_is_private(self) -> None:
        pipeline = self.pipeline(self.agreed)
        pipeline.choose(Consent.DEFAULT)
        (self.folder / "last-run.json").write_text("{}")
        (self.folder / ".telemetry.json.1-0123456789abcdef").write_text("{}")
        self.assertEqual(self.file.stat().st_mode & 0o777, 0o600)
        pipeline.choose(Consent.OFF)
        self.assertEqual([one.name for one in self.folder.iterdir()], ["telemetry.json"])
        self.assertEqual(pipeline.consent, Consent.OFF)


class Growth(Case):
    """What goes beyond an agreement is held back until the user saw it."""

    def test_the_first_run_sends_nothing_and_says_so(self) -> None:
        pipeline = self.pipeline(self.agreed)
        notice = pipeline.notice_due()
        assert notice is not None
        self.assertIn("Nothing is reported in this run.", str(notice))
        self.assertIn("NOTEBOOK_NO_TELEMETRY=1", str(notice))
        self.assertIn("http://127.0.0.1:1", str(notice))
        pipeline.notice_shown()
        self.assertEqual((pipeline.consent, pipeline.notice_due()), (Consent.OFF, None))
        later = self.pipeline(self.agreed)
        self.assertEqual((later.consent, later.notice_due()), (Consent.DEFAULT, None))

    def test_a_later_catalogue_is_held_back_where_it_is_wider(self) -> None:
        Store(self.agreed.CATALOGUE, self.folder).choose(Consent.DEFAULT)
        pipeline = self.pipeline(self.grown)
        notice = pipeline.notice_due()
        assert notice is not None
        wider = {name.partition(": ")[2] for name in notice.added if name.startswith("span")}
        for name in ("longer", "cut", "matched", "wider", "members"):
            self.assertIn(name, wider)
        for name in ("same", "shorter", "narrower", "ratio", "fewer"):
            self.assertNotIn(name, wider)
        self.assertIn("This is held back in this run.", str(notice))
        signal = pipeline.catalogue.signals[0]
        held = pipeline._state.held[signal.id]
        self.assertIn("wider", held)
        self.assertNotIn("narrower", held)
        pipeline.choose(Consent.DEFAULT)
        self.assertIsNone(pipeline.notice_due())

    def test_a_question_is_answered_and_remembered(self) -> None:
        pipeline = self.pipeline(self.agreed, ask_first=True)
        self.assertEqual(pipeline.decision.reason, "the user has not agreed yet")
        self.assertIs(pipeline.ask(lambda text: " YES \n" if "[y/N]" in text else ""), True)
        self.assertEqual(pipeline.consent, Consent.DEFAULT)
        self.assertIsNone(pipeline.ask(lambda _: self.fail("asked again")))
        self.file.unlink()
        self.assertIs(self.pipeline(self.agreed, ask_first=True).ask(lambda _: "yes, but"), False)
        self.assertEqual(Store(self.agreed.CATALOGUE, self.folder).read().choice, Consent.OFF)

    def test_switches_of_the_application(self) -> None:
        switches = PROJECT.module("switches")
        other = next(one for one in switches.CATALOGUE.opt_out if one.kind != "variable")
        options: dict[str, Any] = {"consent": Consent.OPTED_IN, "store": None}
        self.assertEqual(self.pipeline(switches, off=[other], **options).consent, Consent.OFF)
        self.assertEqual(self.pipeline(switches, off=[OptOut("flag", "--unlisted")], **options).consent, Consent.OPTED_IN)


class OneFile(Case):
    """A program in Rust and one in Python share the choice."""

    def test_each_reads_what_the_other_wrote(self) -> None:
        notes = Path(os.environ.get("CANDOR_NOTES", ROOT / "target/debug/examples/notes"))
        if not notes.exists():
            self.skipTest("`cargo build --example notes` was not run")
        module = PROJECT.module("notes")
        home = {"HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        with mock.patch.dict(os.environ, home):
            store = Store(module.CATALOGUE)
            for word in ("share", "on", "off"):
                subprocess.run([notes, "telemetry", word], check=True, capture_output=True, env=home)
                self.assertEqual((store.read().choice, store.read().problem), (WORDS[word], None))
            for word, said in (("share", "opted-in"), ("on", "default"), ("off", "off")):
                store.choose(WORDS[word])
                done = subprocess.run([notes, "telemetry", "status"], capture_output=True, text=True, env=home)
                self.assertIn(f"telemetry: {said} (chosen on", done.stdout)


if __name__ == "__main__":
    unittest.main()
