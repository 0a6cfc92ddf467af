"""Tests of what a program reports: in memory, with every permission that the test grants."""

from __future__ import annotations

from typing import Any

from .definition import OPT_IN, Catalogue, Consent
from .payload import payload
from .pipeline import Emitter, Resource, State
from .record import Record


class Recorder(Emitter):
    """Keeps what a program reports, as payloads. Nothing is sent, and the environment does not count."""

    __slots__ = ("records",)

    def __init__(
        self, catalogue: Catalogue, consent: Consent = Consent.DEFAULT, *, resource: Resource | None = None
    ) -> None:
        self.records: list[Record] = []
        state = State(catalogue, self.records.append)
        state.bits, state.resource = catalogue.tidied(consent.bits), resource
        super().__init__(state)

    def payloads(self, name: str | None = None) -> list[dict[str, Any]]:
        """What was reported so far; of one signal where its name is given."""
        process = self._state.process_record()
        return [payload(record, process) for record in self.records if name in (None, record.signal.name)]

    def reasons(self) -> dict[tuple[str, str], int]:
        """How many values were not reported as they were given, by path and reason."""
        counts: dict[tuple[str, str], int] = {}
        for record in self.records:
            for note, count in record.reasons().items():
                counts[note] = counts.get(note, 0) + count
        return counts

    def assert_nothing_beyond(self, names: list[str]) -> None:
        """Fails if a signal with another name was reported, or if a value was refused."""
        beyond = sorted({record.signal.name for record in self.records} - set(names))
        if beyond:
            raise AssertionError(f"reported beyond {names}: {beyond}")
        refused = {note: count for note, count in self.reasons().items() if note[1] in ("unknown", "value", "missing")}
        if refused:
            raise AssertionError(f"values were refused: {refused}")

    def assert_only_default(self) -> None:
        """Fails if something was reported that needed more than the default."""
        for record in self.records:
            if record.used & OPT_IN or record.marker():
                raise AssertionError(f"{record.signal.name} needed {record.marker()}")
