"""Constants that generated code is made of: attributes, objects, signals and the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .domains import Domain
from .wire import varint

DEFAULT = 1
"""The permission for what is collected by default."""
OPT_IN = 2
"""The permission behind the opt-in."""

_NAMED_ON = 20
_ON_BY_DEFAULT = DEFAULT | ((1 << 30) - (1 << _NAMED_ON))


class Attribute:
    """One named value: its domain, and the permission that it needs."""

    __slots__ = ("check", "cuts", "domain", "id", "is_json", "key", "name", "needs", "nullable")

    def __init__(
        self, id: str, needs: int, domain: Domain, *, name: str = "", json: bool = False, cut: bool = False,
        nullable: bool = False,
    ) -> None:
        self.id, self.needs, self.domain, self.name = id, needs, domain, name or id
        self.is_json, self.cuts, self.nullable = json, cut, nullable
        self.check = domain.check(cut)
        key = self.name.encode()
        self.key = b"\x0a" + varint(len(key)) + key
        """The key as it stands in an OTLP `KeyValue`."""


class Member:
    """An attribute as a signal or an object has it."""

    __slots__ = ("attribute", "behind", "keyword", "name", "required")

    def __init__(self, attribute: Attribute, required: bool, name: str, keyword: str, behind: int) -> None:
        self.attribute, self.required, self.name, self.keyword = attribute, required, name, keyword
        self.behind = behind
        """The permission without which it is not read; zero if there is none beyond the signal's."""


def required(attribute: Attribute, *, name: str = "", keyword: str = "", behind: int = 0) -> Member:
    """A member that must be there."""
    name = name or attribute.name
    return Member(attribute, True, name, keyword or name, behind)


def optional(attribute: Attribute, *, name: str = "", keyword: str = "", behind: int = 0) -> Member:
    """A member that may be missing."""
    name = name or attribute.name
    return Member(attribute, False, name, keyword or name, behind)


class Object:
    """A named structure. Fields behind a permission come from a callable, by the key of that permission."""

    __slots__ = ("fields", "guarded", "id", "known", "names", "parts", "plain")

    def __init__(self, id: str, fields: Iterable[Member], parts: dict[str, int] | None = None) -> None:
        self.id, self.fields, self.parts = id, tuple(fields), parts or {}
        self.plain = tuple(field for field in self.fields if not field.behind)
        self.guarded = tuple(
            (key, channel, tuple(field for field in self.fields if field.behind == channel))
            for key, channel in self.parts.items()
        )
        self.names = frozenset(field.name for field in self.fields)
        self.known = self.names | frozenset(self.parts)


class Signal:
    """A span or an event."""

    __slots__ = ("body", "endpoint", "every", "id", "kind", "members", "name", "needs")

    def __init__(
        self, kind: str, id: str, name: str, needs: int, members: Iterable[Member] = (), *, every: int = 0,
        endpoint: int = 0, body: Attribute | None = None,
    ) -> None:
        self.kind, self.id, self.name, self.needs, self.members = kind, id, name, needs, tuple(members)
        self.every, self.endpoint, self.body = every, endpoint, body


class Channel:
    """A permission with a switch of its own, which the catalogue names."""

    __slots__ = ("bit", "brief", "grants", "is_on", "name", "title")

    def __init__(self, name: str, number: int, title: str, brief: str, grants: int) -> None:
        self.name, self.bit, self.title, self.brief, self.grants = name, 1 << number, title, brief, grants
        self.is_on = number >= _NAMED_ON


class OptOut:
    """A switch that turns everything off: a variable, flag, setting or command."""

    __slots__ = ("kind", "name", "off_when_false")

    def __init__(self, kind: str, name: str, off_when_false: bool = False) -> None:
        self.kind, self.name, self.off_when_false = kind, name, off_when_false

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OptOut) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[str, str, bool]:
        return self.kind, self.name, self.off_when_false


class Endpoint:
    """A place where signals go: OTLP, or JSON by a body of the program's own."""

    __slots__ = ("is_otlp", "name", "url")

    def __init__(self, name: str, url: str, is_otlp: bool = True) -> None:
        self.name, self.url, self.is_otlp = name, url, is_otlp


class Catalogue:
    """Everything that a program may report."""

    __slots__ = (
        "ask", "channels", "endpoints", "installation_id", "intro", "name", "opt_in", "opt_out", "resource", "rotates", "rows", "service",
        "signals", "title", "version",
    )

    def __init__(
        self, name: str, title: str, version: str, service: str, *, signals: Iterable[Signal],
        endpoints: Iterable[Endpoint] = (), opt_in: str | None = None, opt_out: Iterable[OptOut] = (),
        channels: Iterable[Channel] = (), ask: str | None = None, resource: Iterable[Member] = (),
        rows: Iterable[tuple[str, int]] = (), intro: str | None = None, installation_id: Iterable[str] = (),
        rotates: int | None = None,
    ) -> None:
        self.name, self.title, self.version, self.service = name, title, version, service
        self.signals, self.endpoints, self.opt_in = tuple(signals), tuple(endpoints), opt_in
        self.opt_out, self.channels, self.ask = tuple(opt_out), tuple(channels), ask
        self.resource, self.rows, self.intro, self.rotates = tuple(resource), tuple(rows), intro, rotates
        self.installation_id = tuple(installation_id)

    def bits(self, consent: Consent | Iterable[str]) -> int:
        """A consent as the numbers of this catalogue. A name that the catalogue does not have grants nothing."""
        if isinstance(consent, Consent):
            return self.tidied(consent.bits)
        known = {channel.name: channel.bit for channel in self.channels} | {"default": DEFAULT}
        if self.opt_in is not None:
            known["opt_in"] = OPT_IN
        bits = 0
        for name in consent:
            bits |= known.get(name, 0)
        return self.tidied(bits)

    def names(self, bits: int) -> list[str]:
        """The names of the channels in a consent, sorted."""
        names = [channel.name for channel in self.channels if bits & channel.bit]
        names += ["default"] if bits & DEFAULT else []
        return sorted(names + (["opt_in"] if bits & OPT_IN else []))

    def tidied(self, bits: int) -> int:
        """The same permissions; numbers that the catalogue does not use stand as in the default."""
        known = DEFAULT | OPT_IN
        for channel in self.channels:
            known |= channel.bit
        return bits & known | (_ON_BY_DEFAULT & ~known if bits & DEFAULT else 0)

    def reports_by_default(self) -> bool:
        """Returns true if anything is reported without opting in."""
        return any(not signal.needs & ~_ON_BY_DEFAULT for signal in self.signals)


class Consent:
    """A set of permissions: `Consent.OFF`, `Consent.DEFAULT`, `Consent.OPTED_IN`."""

    __slots__ = ("bits",)

    OFF: Consent
    DEFAULT: Consent
    OPTED_IN: Consent

    def __init__(self, bits: int = 0) -> None:
        self.bits = bits

    def includes(self, other: Consent) -> bool:
        """Returns true if everything in the other set is granted."""
        return not other.bits & ~self.bits

    def granting(self, channel: int) -> Consent:
        """The set with a channel."""
        return Consent(self.bits | channel)

    def refusing(self, channel: int) -> Consent:
        """The set without a channel."""
        return Consent(self.bits & ~channel)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Consent) and self.bits == other.bits

    def __hash__(self) -> int:
        return hash(self.bits)

    def __bool__(self) -> bool:
        return bool(self.bits)

    def __str__(self) -> str:
        words = {0: "off", _ON_BY_DEFAULT: "default", _ON_BY_DEFAULT | OPT_IN: "opted-in"}
        return words.get(self.bits, f"channels {self.bits:#x}")

    __repr__ = __str__


Consent.OFF = Consent(0)
Consent.DEFAULT = Consent(_ON_BY_DEFAULT)
Consent.OPTED_IN = Consent(_ON_BY_DEFAULT | OPT_IN)

F = TypeVar("F", bound=Callable[..., Any])


def lenient(function: F) -> F:
    """Lets untyped code leave out what is required: it is counted as missing, and the call does not fail.

    Type checkers still ask for it, as only the function's defaults at run time change.
    """
    code, given = function.__code__, function.__kwdefaults__ or {}
    keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    function.__kwdefaults__ = dict.fromkeys(keywords) | given
    return function
