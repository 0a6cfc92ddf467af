"""The pipeline: consent, the filter and the sender of one process."""

from __future__ import annotations

import atexit
import time
import weakref
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .agreement import Beyond, beyond
from .consent import Decision, decide
from .definition import OPT_IN, Catalogue, Channel, Consent, OptOut, Signal
from .http import send
from .notice import Notice
from .record import Record
from .sender import Send, Sender, Stats
from .stored import Store, Stored

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

    `endpoint` replaces the catalogue's first one. With a `store`, nothing is sent before the user saw the notice, and what
    they chose counts; `command` is how they reach `on` and `off`. `off` are flags, settings and commands of the catalogue that are
    switched off. `send` replaces the network.
    """

    __slots__ = ("_ask_first", "_channels", "_command", "_explicit", "_off", "_sender", "_shown", "_store", "decision")

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        endpoint: str | None = None,
        endpoints: dict[str, str] | None = None,
        consent: Consent | None = None,
        channels: dict[str, bool] | None = None,
        resource: Resource | None = None,
        store: Store | None = None,
        ask_first: bool | None = None,
        command: str | None = None,
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
        self._channels, self._store, self._command = channels or {}, store, command
        self._ask_first = catalogue.ask is not None if ask_first is None else ask_first
        self._shown: tuple[Stored, str | None] | None = None
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
        decision, held = self._decide(self._store.read() if self._store else None)
        state, before = self._state, self._state.bits
        state.held_signals, state.held = frozenset(held.signals), held.attributes
        state.bits = decision.consent.bits
        if before & ~state.bits:
            self._sender.withdraw()
        self.decision = decision
        return decision

    def _decide(self, stored: Stored | None) -> tuple[Decision, Beyond]:
        """Asks every layer, and compares the catalogue with what the user agreed to."""
        catalogue, held = self.catalogue, Beyond()
        in_this_run = stored is not None and self._is_shown(stored)
        if stored is not None and in_this_run and self._shown is not None:
            stored = self._shown[0]
        remembered = Stored(date="").remembered(self._ask_first)
        if stored is not None:
            remembered = stored.remembered(self._ask_first, in_this_run)
        agreed = stored.promised(catalogue) if stored else []
        decision = decide(catalogue, self._explicit, remembered, promised=agreed, off=self._off)
        bits = decision.consent.bits
        layer = next((layer.name for layer in decision.layers if layer.decided), "")
        if stored is not None and stored.agreement is not None and bits and layer in ("stored choice", "default"):
            held = beyond(stored.agreement, catalogue, bits, stored.granted)
        for channel in catalogue.channels if bits else ():
            if channel.name in self._channels:
                bits = _switched(bits, channel, self._channels[channel.name], catalogue)
        if bits and not any(self._sender.urls):
            return decision._replace(consent=Consent.OFF, reason="there is no endpoint to send to"), held
        return decision._replace(consent=Consent(catalogue.tidied(bits))), held

    def _is_shown(self, stored: Stored) -> bool:
        """Returns true if a notice was shown in this run, and nothing was stored since."""
        return self._shown is not None and stored.problem is None and stored.fingerprint == self._shown[1]

    def notice_due(self) -> Notice | None:
        """The notice that the user must see before anything is sent, or more than they agreed to."""
        if self._store is None or not any(self._sender.urls):
            return None
        stored = self._store.read()
        if self._is_shown(stored) or stored.has_declined(self.catalogue):
            return None
        decision, held = self._decide(stored)
        is_first = decision.reason in ("the notice was not shown yet", "the user has not agreed yet")
        if not is_first and not held.names:
            return None
        urls = [url for url in self._sender.urls if url is not None]
        return Notice(self.catalogue, urls, self._command, [] if is_first else held.names)

    def notice_shown(self) -> None:
        """The user has seen the notice: what it tells of may be sent from the next run on."""
        if self._store is None:
            return
        before = self._store.read()
        try:
            self._store.notice_shown()
        finally:
            self._shown = self._shown or (before, self._store.read().fingerprint)
            self.reload()

    def choose(self, choice: Consent) -> None:
        """Remembers what the user chose, and lets it count at once. Off deletes what waits."""
        if self._store is None:
            raise OSError("the program keeps no store")
        try:
            self._store.choose(choice)
            self._shown = None
        finally:
            self.reload()

    def ask(self, answer: Callable[[str], str] = input) -> bool | None:
        """Asks the user whether this may be reported, where a notice is due. Whatever is not a yes is a no."""
        notice = self.notice_due()
        if notice is None or self._store is None:
            return None
        said = answer(f"{notice.body()}\n\n{self.catalogue.ask or 'May this be reported?'} [y/N] ")
        yes = said.strip().lower() in ("y", "yes")
        stored = self._store.read().choice
        by_default = self.catalogue.reports_by_default() or self.catalogue.opt_in is None
        if yes:
            self.choose(stored or (Consent.DEFAULT if by_default else Consent.OPTED_IN))
        elif notice.added:
            self._store.decline()
            self.reload()
        else:
            self.choose(Consent.OFF)
        return yes

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


def _switched(bits: int, channel: Channel, on: bool, catalogue: Catalogue) -> int:
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
