"""The stored choice: `telemetry.json`, the same file as that of Rust programs.

Doubt means off: a file that cannot be read, belongs to somebody else, was changed by hand or is of a later form is never
replaced by a notice. An off that cannot be written empties the file.
"""

# Files are of any form: what is in them is not known before it is looked at.
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownLambdaType=false

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

from . import files
from .agreement import Agreement, agreement_of, fingerprint, promised, written
from .consent import Remembered
from .definition import Catalogue, Consent, OptOut

FILE = "telemetry.json"
LAST_RUN = "last-run.json"
_FORM = 2
_ENTRY = frozenset(("version", "date", "granted", "agreed", "declined", "libraries", "installation_id", "reported",
                    "fingerprint"))  # fmt: skip

Entry = dict[str, Any]


class Stored(NamedTuple):
    """What the file says about a catalogue."""

    choice: Consent | None = None
    granted: list[str] | None = None
    date: str | None = None
    agreement: Agreement | None = None
    declined: str | None = None
    problem: str | None = None
    fingerprint: str | None = None

    def remembered(self, ask_first: bool = False, in_this_run: bool = False) -> Remembered:
        """What it says to the resolver."""
        default = (Consent.OFF, "the user has not agreed yet") if ask_first else Remembered().default
        if self.problem is not None:
            return Remembered((Consent.OFF, f"{self.problem}; that means off"), default)
        if self.choice is not None and self.date is not None:
            return Remembered((self.choice, f"chosen on {self.date[:10]}"), default)
        if self.date is not None or ask_first:
            return Remembered(None, default)
        why = "the notice was shown in this run" if in_this_run else "the notice was not shown yet"
        return Remembered(None, (Consent.OFF, why))

    def promised(self, catalogue: Catalogue) -> list[OptOut]:
        """The variables that the user was told of, and that this catalogue does not have."""
        return promised(self.agreement, catalogue) if self.agreement else []

    def has_declined(self, catalogue: Catalogue) -> bool:
        """Returns true if the user was asked to agree to what this catalogue lists, and did not."""
        return self.declined is not None and self.declined == fingerprint(written(agreement_of(catalogue)))


class Store:
    """Where the choice of a catalogue's user is kept: in the user's folder for settings, or in another one."""

    def __init__(self, catalogue: Catalogue, folder: str | os.PathLike[str] | None = None) -> None:
        self.catalogue = catalogue
        self.folder = _settings(catalogue.name) if folder is None else Path(folder)

    def read(self) -> Stored:
        """Reads the file. A problem means off."""
        path = self._path()
        if path is None:
            return Stored()
        try:
            entry = _find(_parse(files.read(path)), self.catalogue.name)
        except files.Doubt as doubt:
            return Stored(problem=f"{path}: {doubt}")
        if entry is None:
            return Stored()
        of = [entry.get(key) for key in ("version", "date", "granted", "agreed", "declined")]
        sealed = fingerprint(written(of))
        choice = _choice(self.catalogue, entry)
        return Stored(choice, entry.get("granted"), entry.get("date"), entry.get("agreed"), entry.get("declined"), None, sealed)

    def choose(self, choice: Consent) -> None:
        """Remembers what the user chose. Off deletes what was kept of earlier runs."""
        bits = self.catalogue.tidied(choice.bits)
        try:
            self._write(lambda entry: _agree(self.catalogue, entry, self.catalogue.names(bits)), bits)
        finally:
            if not bits and self.folder is not None:
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    (self.folder / LAST_RUN).unlink()

    def notice_shown(self) -> None:
        """Remembers that the user has seen what this catalogue lists. What they chose stays."""

        def change(entry: Entry | None) -> Entry:
            chosen = _choice(self.catalogue, entry) if entry else None
            names = None if chosen is None else self.catalogue.names(chosen.bits)
            return _agree(self.catalogue, entry, names)

        self._write(change, None)

    def decline(self) -> None:
        """Remembers that the user did not agree to more. What they agreed to before stays."""
        declined = fingerprint(written(agreement_of(self.catalogue)))
        self._write(lambda entry: {**entry, "declined": declined} if entry else _agree(self.catalogue, None, []), None)

    def _path(self) -> Path | None:
        return None if self.folder is None else self.folder / FILE

    def _write(self, change: Callable[[Entry | None], Entry], chosen: int | None) -> None:
        """Changes the entry of this catalogue. `chosen` is what the user chose, if they did."""
        path = self._path()
        if path is None:
            raise OSError("there is no folder for settings")
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.ExitStack() as stack:
            try:
                is_locked = stack.enter_context(files.locked(path))
            except OSError:
                if chosen is None:
                    raise
                is_locked = False  # a choice does not wait for others
            document: dict[str, Any]
            try:
                document = _parse(files.read(path)) or {"candor": _FORM, "catalogues": {}}
            except files.Doubt:
                if chosen is None:
                    raise
                document = {"candor": _FORM, "catalogues": {}, "others": "off"}
            try:
                entry = _find(document, self.catalogue.name)
            except files.Doubt:
                if chosen is None:
                    raise
                entry = None
            new = change(entry)
            new["fingerprint"] = _seal(self.catalogue.name, new)
            document["catalogues"][self.catalogue.name] = new
            import json

            with contextlib.suppress(OSError):
                files.remove_temporaries(path, is_locked)
            self._replace(path, json.dumps(document, ensure_ascii=False, indent=2) + "\n", chosen)

    def _replace(self, path: Path, text: str, chosen: int | None) -> None:
        """Writes the file. Where that fails, a choice of less than before empties it, so that the old one does not stay."""
        before = self.read()
        try:
            files.write(path, text)
        except OSError as error:
            if chosen is None or before.choice is not None and not before.choice.bits & ~chosen and chosen:
                raise
            try:
                files.replace(path, text)
                return
            except OSError:
                with contextlib.suppress(OSError):
                    files.empty(path)
            if self.read().problem is None and not chosen:
                with contextlib.suppress(OSError):
                    path.unlink()
                raise OSError(f"{path} could not be written, nor emptied: {error}") from error
            if chosen:
                raise


def _settings(name: str) -> Path | None:
    """The user's folder for settings. Without a home, nothing is remembered."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA", "")
    else:
        home = os.path.expanduser("~")
        here = os.path.join(home, ".config") if os.path.isabs(home) else ""
        if sys.platform == "darwin":
            here = os.path.join(home, "Library", "Preferences")
        given = os.environ.get("XDG_CONFIG_HOME", "") if sys.platform != "darwin" else ""
        base = given if os.path.isabs(given) else here
    return Path(base, name) if os.path.isabs(base) else None


def _agree(catalogue: Catalogue, entry: Entry | None, granted: list[str] | None) -> Entry:
    """The entry after the user saw what this catalogue lists."""
    kept = entry if entry and granted != [] else {}
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    new: Entry = {"version": catalogue.version, "date": now}
    if granted is not None:
        new["granted"] = granted
    new["agreed"] = agreement_of(catalogue)
    return new | {key: kept[key] for key in ("libraries", "installation_id", "reported") if key in kept}


def _choice(catalogue: Catalogue, entry: Entry) -> Consent | None:
    """The user's choice. A channel that is on by default and that they were never shown comes with the default."""
    granted, agreed = entry.get("granted"), entry.get("agreed")
    if granted is None or agreed is None:
        return None
    known = {one.name: one.bit for one in catalogue.channels} | {"default": 1, "opt_in": 2}
    bits = 0
    for name in granted:
        bits |= known.get(name, 0)
    for one in catalogue.channels:
        if "default" in granted and one.is_on and one.name not in agreed.get("channels", {}):
            bits |= one.bit
    return Consent(catalogue.tidied(bits))


def _parse(text: str | None) -> dict[str, Any] | None:
    """The document of a file."""
    import json

    if text is None:
        return None
    if not text:
        raise files.Doubt("it is empty")
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except ValueError as error:
        place = f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "a part of it"
        raise files.Doubt(f"{place} is not as it was written") from None
    form = document.get("candor") if isinstance(document, dict) else None
    if type(form) is not int:
        raise files.Doubt("line 1, column 1 is not as it was written")
    if form != _FORM:
        raise files.Doubt(f"it has form {form}, which this version of the program does not know")
    catalogues = document.get("catalogues")
    if not isinstance(catalogues, dict) or document.keys() - {"candor", "catalogues", "others"} or document.get("others", "off") != "off":
        raise files.Doubt("a part of it is not as it was written")
    return dict(document)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key is there twice")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _find(document: dict[str, Any] | None, name: str) -> Entry | None:
    """The entry of a catalogue, once it is known to be as it was written."""
    if document is None:
        return None
    catalogues: dict[str, Any] = document["catalogues"]
    if name in catalogues:
        entry: Entry = catalogues[name]
        if not _is_sealed(name, entry):
            raise files.Doubt(f"its entry for {name} was changed")
        if not _is_known(entry):
            raise files.Doubt(f"its entry for {name} says what this version of the program does not know")
        return entry
    if "others" in document:
        raise files.Doubt("it replaced one that could not be read")
    if not all(_is_sealed(other, entry) for other, entry in catalogues.items()):
        raise files.Doubt("one of its entries was changed")
    return None


def _is_known(entry: Entry) -> bool:
    """Returns true if an entry says nothing that is not known here, and is whole."""
    granted, agreed = entry.get("granted"), entry.get("agreed")
    shown = [entry.get(key) is not None for key in ("version", "date", "agreed")]
    if entry.keys() - _ENTRY or any(shown) != all(shown):
        return False
    if not any(shown):
        return granted is None and entry.get("declined") is None
    if not isinstance(agreed, dict) or agreed.keys() - {"endpoint", "elsewhere", "opt_out", "opt_in", "rotates", "channels", "items"}:
        return False
    if granted is None:
        return True
    names = {"default", "opt_in", *agreed.get("channels", {})}
    alone = not agreed.get("channels") and granted == ["opt_in"]
    return granted == sorted(set(granted)) and set(granted) <= names and not alone


def _is_sealed(name: str, entry: Any) -> bool:
    return isinstance(entry, dict) and entry.get("fingerprint") == _seal(name, entry)


def _seal(name: str, entry: Entry) -> str:
    """The fingerprint of an entry: over the catalogue's name and all members."""
    members = [_canonical(key, entry[key]) for key in sorted(entry) if key != "fingerprint"]
    return fingerprint(_debug(name) + "".join(members))


def _canonical(name: str, value: Any) -> str:
    if isinstance(value, dict):
        inner = "".join(_canonical(key, value[key]) for key in sorted(value, key=str.encode))
        return f"{_debug(name)}:{{{inner}}}"
    return f"{_debug(name)}:{written(value)}"


def _debug(text: str) -> str:
    """A text as Rust shows it to programmers."""
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0", '"': '\\"', "\\": "\\\\"}

    def shown(character: str) -> str:
        if character in named:
            return named[character]
        return character if character.isprintable() else f"\\u{{{ord(character):x}}}"

    return '"' + "".join(map(shown, text)) + '"'
