"""The filter: what of a signal's values may pass.

Generated code records one attribute after the other. A value passes if its permission was granted and its domain admits
it. A refused item costs the item, a refused required field its object, a refused attribute the attribute, never the
signal. Nothing here raises, whatever a program hands over.
"""

# Values of the program are of any type: what is in them is not known before it is looked at.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false, reportUnknownMemberType=false

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .domains import CONSENT, CUT, MISSING, REFUSED, REPLACED, UNKNOWN, VALUE

if TYPE_CHECKING:
    from .definition import Attribute, Catalogue, Member, Object, Signal

_COUNTED = frozenset((UNKNOWN, VALUE, MISSING))
_NOTHING: frozenset[str] = frozenset()


class Record:
    """A signal on its way through the filter: what passed so far, and what did not."""

    __slots__ = ("catalogue", "consent", "end_time", "failed", "held", "kept", "notes", "queue", "signal", "size",
                 "start_time", "turn", "used")  # fmt: skip

    def __init__(
        self, catalogue: Catalogue, signal: Signal, consent: int, held: frozenset[str] = _NOTHING,
        queue: Callable[[Record], None] | None = None,
    ) -> None:
        self.catalogue, self.signal, self.consent, self.held, self.queue = catalogue, signal, consent, held, queue
        self.kept: list[tuple[Attribute, Any]] = []
        """What passed, in order."""
        self.notes: list[tuple[str | None, str]] = []
        """What did not pass as it was given: the path, and why. Inside a value, `None` is the value itself."""
        self.size = 200
        """About how much memory it takes."""
        self.used = signal.needs
        self.failed, self.turn = False, 0
        self.start_time = self.end_time = time.time_ns()

    def required(self, attribute: Attribute, value: object) -> None:
        """Takes a value that must be there, where its permission was granted."""
        is_gone = value is None and not attribute.nullable or self.held and attribute.id in self.held
        if is_gone and not attribute.needs & ~self.consent:
            self.notes.append((attribute.name, MISSING))
        else:
            self.optional(attribute, value)

    def optional(self, attribute: Attribute, value: object) -> None:
        """Takes a value that may be missing."""
        if value is None or self.held or attribute.needs & ~self.consent:
            if value is None and not attribute.nullable:
                return
            passed = self._sift(attribute, attribute.name, value)
        else:  # the usual case, without a further call
            notes, used = self.notes, self.used
            mark = len(notes)
            try:
                passed = attribute.check(value, self)
            except Exception:
                passed = REFUSED
            if passed is REFUSED or len(notes) != mark:
                passed = self._noted(attribute.name, passed, mark, used)
            self.used |= 0 if passed is REFUSED else attribute.needs
        if passed is not REFUSED:
            self.kept.append((attribute, passed))

    def grants(self, channel: int) -> bool:
        """Returns true if this permission was granted."""
        return not channel & ~self.consent

    def call(self, name: str, part: Any) -> dict[str, object]:
        """Asks a callable for the values behind a permission. One that fails, or is none, gives no values."""
        if part is None:
            return {}
        try:
            given = part() if callable(part) else None
            if isinstance(given, Mapping):
                return dict(given)
        except Exception:  # the program's mistake costs these values, and nothing else
            pass
        self.notes.append((name, VALUE))
        return {}

    def rest(self, unknown: Mapping[Any, object]) -> None:
        """Counts the values whose names the catalogue does not have."""
        left = [name if type(name) is str else "?" for name, value in unknown.items() if value is not None]
        self.notes += [(name, UNKNOWN) for name in left]

    def end(self) -> None:
        """Lets the signal go."""
        if self.queue is not None:
            self.queue(self)

    def dropped(self) -> int:
        """The number of values that were left out."""
        return sum(1 for _, why in self.notes if why in _COUNTED)

    def marker(self) -> str:
        """The names of the permissions that it needed beyond the default."""
        return ",".join(name for name in self.catalogue.names(self.used) if name != "default")

    def _sift(self, attribute: Attribute, path: str, value: object) -> Any:
        """What passes of a value. Whatever goes wrong, it is the value that is refused."""
        if attribute.needs & ~self.consent or self.held and attribute.id in self.held:
            self.notes.append((path, CONSENT))
            return REFUSED
        if value is None:
            self.used |= attribute.needs
            return None
        mark, used = len(self.notes), self.used
        try:
            passed = attribute.check(value, self)
        except Exception:
            passed = REFUSED
        if passed is REFUSED or len(self.notes) != mark:
            passed = self._noted(path, passed, mark, used)
        self.used |= 0 if passed is REFUSED else attribute.needs
        return passed

    def _noted(self, path: str, passed: Any, mark: int, used: int) -> Any:
        """Names what was noted inside a value by its path. Of a refused value, only that it is."""
        if passed is REFUSED:
            del self.notes[mark:]
            self.notes.append((path, VALUE))
            self.used = used
            return REFUSED
        self.notes[mark:] = [(path if inner is None else f"{path}.{inner}", why) for inner, why in self.notes[mark:]]
        return passed

    def structure(self, shape: Object, value: Any) -> Any:
        """Takes an object: its fields, and those behind permissions from their callables."""
        if not isinstance(value, Mapping):
            return REFUSED
        given: dict[Any, object] = dict(value)
        mark, used = len(self.notes), self.used
        kept: dict[str, Any] = {}
        is_whole = self._fields(shape.plain, given, kept)
        for key, channel, fields in shape.guarded:
            if channel & ~self.consent:
                self.notes += [(field.name, CONSENT) for field in fields if given.get(field.name) is not None]
                continue
            more = self.call(key, given.get(key))
            self.rest({name: more[name] for name in more.keys() - shape.names})
            is_whole &= self._fields(fields, {**given, **more}, kept)
        if not given.keys() <= shape.known:
            self.rest({key: given[key] for key in given if key not in shape.known})
        if is_whole:
            return kept
        del self.notes[mark:]
        self.used = used
        return REFUSED

    def _fields(self, fields: tuple[Member, ...], given: dict[Any, object], kept: dict[str, Any]) -> bool:
        """Takes fields. Returns false if one is gone that must be there."""
        is_whole = True
        for field in fields:
            attribute, value = field.attribute, given.get(field.name)
            passed = REFUSED
            if value is not None or attribute.nullable:
                passed = self._sift(attribute, field.name, value)
            if passed is not REFUSED:
                kept[field.name] = passed
            elif field.required and not attribute.needs & ~self.consent:
                is_whole = False
        return is_whole

    def reasons(self) -> dict[tuple[str, str], int]:
        """How many values did not pass as they were given, by path and reason."""
        counts: dict[tuple[str, str], int] = {}
        for path, why in self.notes:
            counts[path or "", why] = counts.get((path or "", why), 0) + 1
        return counts

    def cut(self) -> int:
        """The number of texts that were cut."""
        return sum(1 for _, why in self.notes if why == CUT)

    def replaced(self) -> int:
        """The number of values that an open enum did not list."""
        return sum(1 for _, why in self.notes if why == REPLACED)


def scratch() -> Record:
    """A record that goes nowhere, to judge single values with."""
    from .definition import Catalogue, Signal

    return Record(Catalogue("", "", "", "", signals=()), Signal("span", "", "", 0), (1 << 30) - 1)
