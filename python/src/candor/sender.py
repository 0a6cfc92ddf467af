"""The queue and the thread behind it: what passed waits in bounded memory, and one daemon thread sends it.

A batch goes when half of the memory is used, when a signal has waited for five seconds, and on `flush` and `shutdown`.
A request that fails in a way that may pass is tried six times in all; pauses follow `Retry-After`, or double from half
a second with jitter. In a forked child everything begins anew: what waited is the parent's.
"""

from __future__ import annotations

import os
import threading
import time
import weakref
from collections.abc import Callable
from typing import NamedTuple

from .definition import Catalogue
from .http import Answer
from .record import Record
from .wire import element, rejected, request

ATTEMPTS = 6
_MOST = 512

Send = Callable[[str, bytes], Answer]


class Stats(NamedTuple):
    """Counts the outcome of everything: `emitted == sent + dropped + queued`."""

    emitted: int = 0
    sent: int = 0
    dropped: int = 0
    queued: int = 0
    values_dropped: int = 0
    values_truncated: int = 0
    not_due: int = 0
    unclaimed: int = 0


class Sender:
    """The signals that wait, and what became of the others."""

    def __init__(
        self, catalogue: Catalogue, urls: tuple[str | None, ...], send: Send, capacity: int, max_age: float,
        process: Callable[[], Record | None],
    ) -> None:
        self.catalogue, self.urls, self.send = catalogue, urls, send
        self.capacity, self.max_age, self.process = capacity, max_age, process
        self.is_closed = False
        self._begin()
        _SENDERS.add(self)

    def _begin(self) -> None:
        """Starts with nothing: at first, and in a forked child."""
        self.changed = threading.Condition(threading.Lock())
        self.waiting: list[Record] = []
        self.size = self.under_way = 0
        self.thread: threading.Thread | None = None
        self.due: float | None = None
        self.withdrawn = self.wanted = self.done = 0
        self.counts = dict.fromkeys(Stats._fields, 0)
        self.reasons: dict[str, int] = {}
        self.failure: str | None = None

    def put(self, record: Record) -> None:
        """Queues a signal; drops it when there is no room."""
        with self.changed:
            counts = self.counts
            counts["emitted"] += 1
            if record.notes:
                counts["values_dropped"] += record.dropped()
                counts["values_truncated"] += record.cut()
                for _, why in record.notes:
                    self.reasons[why] = self.reasons.get(why, 0) + 1
            if record.turn != self.withdrawn or self.is_closed or self.size + record.size > self.capacity or not self._is_started():
                counts["dropped"] += 1
                return
            was = self.size
            self.waiting.append(record)
            self.size = was + record.size
            if self.due is None:
                self.due = time.monotonic() + self.max_age
                self.changed.notify_all()
            elif was * 2 < self.capacity <= self.size * 2:
                self.changed.notify_all()

    def count(self, name: str) -> None:
        """Counts a signal that was dropped before it could be queued, for this reason."""
        with self.changed:
            for counter in ("emitted", "dropped", name):
                self.counts[counter] += 1

    def _is_started(self) -> bool:
        """Starts the thread where there is none. At the end of the interpreter there may be no more threads."""
        if self.thread is None:
            try:
                self.thread = threading.Thread(target=_run, args=(weakref.ref(self),), name="candor", daemon=True)
                self.thread.start()
            except RuntimeError:
                self.is_closed, self.thread = True, None
                return False
        return True

    def withdraw(self) -> None:
        """Drops what waits, and gives up what is tried again."""
        with self.changed:
            self.withdrawn += 1
            self._discard()
            self.changed.notify_all()

    def _discard(self) -> None:
        self.counts["dropped"] += len(self.waiting)
        self.waiting, self.size, self.due = [], 0, None

    def flush(self, limit: float, close: bool = False) -> bool:
        """Sends what waits. Returns true if all of it was sent or dropped within the limit."""
        with self.changed:
            self.is_closed |= close
            if self.thread is None:
                return True
            self.wanted += 1
            ticket = self.wanted
            self.changed.notify_all()
            done = self.changed.wait_for(lambda: self.done >= ticket, limit)
            if close:
                self._discard()
            return done

    def stats(self) -> Stats:
        """The counters now."""
        with self.changed:
            return Stats(**self.counts | {"queued": len(self.waiting) + self.under_way})

    def take(self) -> tuple[list[Record], int, int] | None:
        """Waits until something is due. `None` when the thread has nothing more to do."""
        with self.changed:
            while True:
                now = time.monotonic()
                if self.waiting and (self.wanted > self.done or self.size * 2 >= self.capacity or (self.due or 0) <= now):
                    batch, self.waiting = self.waiting[:_MOST], self.waiting[_MOST:]
                    self.size -= sum(record.size for record in batch)
                    self.under_way = len(batch)
                    self.due = now if self.waiting else None
                    return batch, self.withdrawn, self.wanted
                if not self.waiting and self.done < self.wanted:
                    self.done = self.wanted
                    self.changed.notify_all()
                if self.is_closed and not self.waiting:
                    return None
                self.changed.wait(None if self.due is None else max(self.due - now, 0))

    def deliver(self, batch: list[Record], withdrawn: int) -> None:
        """Encodes and sends a batch, a request for each endpoint and kind."""
        lanes: dict[tuple[int, str], list[Record]] = {}
        for record in batch:
            lanes.setdefault((record.signal.endpoint, record.signal.kind), []).append(record)
        for (place, kind), records in lanes.items():
            lost = len(records)
            try:
                url = self.urls[place] if place < len(self.urls) else None
                if url is not None:
                    body = request(self.catalogue, self.process(), [element(record) for record in records])
                    path = "/v1/traces" if kind == "span" else "/v1/logs"
                    lost = min(self._try(url.rstrip("/") + path, body, lost, withdrawn), lost)
            except Exception as error:
                self.failure = f"{type(error).__name__}: {error}"
            with self.changed:
                self.under_way -= len(records)
                self.counts["sent"] += len(records) - lost
                self.counts["dropped"] += lost

    def _try(self, url: str, body: bytes, count: int, withdrawn: int) -> int:
        """Sends one request, again after a while where that makes sense. Returns how many signals were lost."""
        for attempt in range(ATTEMPTS):
            if self.withdrawn != withdrawn:
                break
            answer = self.send(url, body)
            if answer.taken:
                lost = rejected(answer.body)
                self.failure = "the collector rejected a part of a request" if lost else self.failure
                return lost
            self.failure = answer.failure
            if not answer.again or attempt == ATTEMPTS - 1 or not self._pause(attempt, answer.after, withdrawn):
                break
        return count

    def _pause(self, attempt: int, after: float | None, withdrawn: int) -> bool:
        """Waits before the next attempt. Returns false when there shall be none."""
        jitter = 0.5 + int.from_bytes(os.urandom(2), "big") / 131072
        pause = min(after if after is not None else min(0.5 * 2**attempt, 60.0) * jitter, 60.0)
        with self.changed:
            ends = self.changed.wait_for(lambda: self.is_closed or self.withdrawn != withdrawn, pause)
        return not ends


_SENDERS: weakref.WeakSet[Sender] = weakref.WeakSet()


def _run(sender: weakref.ref[Sender]) -> None:
    """The thread. It takes no signals of the operating system: they go where they would go without it."""
    import signal

    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while (here := sender()) is not None:
        taken = here.take()
        if taken is None:
            return
        batch, withdrawn, _ = taken
        here.deliver(batch, withdrawn)


def _after_fork() -> None:
    for sender in list(_SENDERS):
        sender._begin()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
