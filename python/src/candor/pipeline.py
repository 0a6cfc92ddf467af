"""The pipeline: consent, the filter and the sender of one process."""

from __future__ import annotations

import atexit
import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .consent import Decision, Remembered, decide
from .definition import OPT_IN, Catalogue, Channel, Consent, OptOut, Signal
from .http import send
from .record import Record
from .sender import Send, Sender, Stats

SHUTDOWN_LIMIT = 1.0
"""The longest time in seconds that the end of the program waits."""

_EMPTY: Mapping[str, object] = {}

Resource = Callable[[Record], None]
"""The attributes of the process, as generated code gives them."""


class Span:
    """The times of a span that lasts. Use it with `with`, or pass it when the span ends."""

    __slots__ = ("failed", "start")

    def __init__(self) -> None:
        self.start, self.failed = time.time_ns(), False

    def fail(self) -> None:
        """Marks the span as failed."""
        self.failed = True

    def __enter__(self) -> Span:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self.failed |= kind is not None


class Emitter:
    """What generated functions report to: a pipeline, or a handle of it with an opt-in switch of its own."""

    __slots__ = ("__weakref__", "_sharing", "_state")

    def __init__(self, state: State, sharing: bool | None = None) -> None:
        self._state, self._sharing = state, sharing

    @property
    def consent(self) -> Consent:
        """The consent of this handle now."""
        return Consent(self._bits())

    def _bits(self) -> int:
        bits = self._state.bits
        if self._sharing is None or not bits:
            return bits
        return bits | OPT_IN if self._sharing else bits & ~OPT_IN

    def sharing(self, share: bool) -> Emitter:
        """The same pipeline for one instance that has its own opt-in switch. Off stays off."""
        return Emitter(self._state, bool(share))

    def begin(self, signal: Signal, span: object = None, unknown: Mapping[str, object] = _EMPTY) -> Record | None:
        """Begins a signal. `None` when consent does not allow it: nothing is read or built then."""
        state = self._state
        if signal.needs & ~state.bits and self._sharing is None:
            return None
        turn = state.turn()
        bits = self._bits()
        if signal.needs & ~bits or signal.id in state.held_signals:
            return None
        if signal.every:
            state.count("unclaimed")
            return None
        record = Record(state.catalogue, signal, bits, state.held.get(signal.id, _NONE), state.put)
        record.turn = turn
        if isinstance(span, Span):
            record.start_time, record.failed = span.start, span.failed
        if unknown:
            record.rest(unknown)
        return record

    def preview(self, emit: Callable[..., None], **values: Any) -> dict[str, Any] | None:
        """The payload that a generated function would send now for these values. `None` when nothing would be sent."""
        from .payload import payload

        state, caught = self._state, list[Record]()
        looking = State(state.catalogue, caught.append)
        looking.bits, looking.held, looking.held_signals = state.bits, state.held, state.held_signals
        emit(Emitter(looking, self._sharing), **values)
        return payload(caught[0], state.process_record()) if caught else None


_NONE: frozenset[str] = frozenset()


class State:
    """What all handles of a pipeline share."""

    def __init__(self, catalogue: Catalogue, put: Callable[[Record], None]) -> None:
        self.catalogue, self.put = catalogue, put
        self.bits = 0
        self.held_signals: frozenset[str] = _NONE
        """The signals that the user has not agreed to yet."""
        self.held: dict[str, frozenset[str]] = {}
        """The attributes that the user has not agreed to yet, by signal; those of the process by an empty name."""
        self.resource: Resource | None = None
        self.turn: Callable[[], int] = lambda: 0
        """How often consent was withdrawn."""
        self.count: Callable[[str], None] = lambda _: None

    def process_record(self) -> Record | None:
        """What passes of the attributes of the process."""
        if self.resource is None:
            return None
        record = Record(self.catalogue, RESOURCE, self.bits, self.held.get("", _NONE))
        self.resource(record)
        return record


RESOURCE = Signal("resource", "", "", 0)


class Pipeline(Emitter):
    """Decides about consent, filters, queues and sends.

    `endpoint` replaces the catalogue's first one. `off` are flags, settings and commands of the catalogue that are
    switched off. `send` replaces the network.
    """

    __slots__ = ("_channels", "_explicit", "_off", "_sender", "decision")

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        endpoint: str | None = None,
        endpoints: dict[str, str] | None = None,
        consent: Consent | None = None,
        channels: dict[str, bool] | None = None,
        resource: Resource | None = None,
        off: Iterable[OptOut] = (),
        capacity: int = 1 << 20,
        max_age: float = 5.0,
        timeout: float = 10.0,
        send: Send | None = None,
    ) -> None:
        urls = _urls(catalogue, endpoint, endpoints or {})
        state = State(catalogue, lambda record: sender.put(record))
        state.resource = resource
        super().__init__(state)
        sender = Sender(catalogue, urls, send or _over_http(timeout), capacity, max_age, state.process_record)
        state.turn, state.count = lambda: sender.withdrawn, sender.count
        self._sender, self._explicit, self._off = sender, consent, tuple(off)
        self._channels = channels or {}
        self.decision = self.reload()
        atexit.register(_at_exit, weakref.ref(sender))

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue."""
        return self._state.catalogue

    def set_consent(self, consent: Consent) -> None:
        """Changes consent for the whole process, as far as the environment allows."""
        self._explicit = consent
        self.reload()

    def reload(self) -> Decision:
        """Decides about consent again, so that a choice made meanwhile counts."""
        decision = self._decide()
        state, before = self._state, self._state.bits
        state.bits = decision.consent.bits
        if before & ~state.bits:
            self._sender.withdraw()
        self.decision = decision
        return decision

    def _decide(self) -> Decision:
        decision = decide(self.catalogue, self._explicit, Remembered(), off=self._off)
        bits = decision.consent.bits
        for channel in self.catalogue.channels if bits else ():
            if channel.name in self._channels:
                bits = _switched(self.catalogue, bits, channel, self._channels[channel.name])
        if bits and not any(self._sender.urls):
            return decision._replace(consent=Consent.OFF, reason="there is no endpoint to send to")
        return decision._replace(consent=Consent(self.catalogue.tidied(bits)))

    def start(self) -> Span:
        """Starts the clock of a span that lasts."""
        return Span()

    def stats(self) -> Stats:
        """Counts the outcome of all signals so far."""
        return self._sender.stats()

    def reasons(self) -> dict[str, int]:
        """How many values were not sent as they were given, by reason."""
        return dict(self._sender.reasons)

    def last_failure(self) -> str | None:
        """Why a request was not taken, the latest time."""
        return self._sender.failure

    def flush(self, limit: float = 5.0) -> bool:
        """Sends what waits. Returns true if all of it was sent or dropped within the limit in seconds."""
        return self._sender.flush(limit)

    def shutdown(self, limit: float = SHUTDOWN_LIMIT) -> bool:
        """Sends what waits and ends the sender. Later signals are dropped."""
        return self._sender.flush(limit, close=True)


def _switched(catalogue: Catalogue, bits: int, channel: Channel, on: bool) -> int:
    if on:
        return bits | channel.grants
    for other in catalogue.channels:
        if not channel.bit & ~other.grants:
            bits &= ~other.bit
    return bits & ~channel.bit


def _urls(catalogue: Catalogue, endpoint: str | None, named: dict[str, str]) -> tuple[str | None, ...]:
    """The address of every endpoint; `None` for one that speaks no OTLP, to which nothing is sent."""
    urls = [named.get(one.name, one.url) if one.is_otlp else None for one in catalogue.endpoints]
    if endpoint is not None:
        urls[:1] = [endpoint]
    return tuple(urls)


def _over_http(timeout: float) -> Send:
    return lambda url, body: send(url, body, timeout)


def _at_exit(sender: weakref.ref[Sender]) -> None:
    here = sender()
    if here is not None:
        here.flush(SHUTDOWN_LIMIT, close=True)
