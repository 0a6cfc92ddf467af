"""Decides which permissions are granted, and explains itself.

Layers are asked, strongest first; the first one that says anything decides: the environment, switches of the
application, the application itself, the stored choice, continuous integration, the default.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from .definition import Catalogue, Consent, OptOut

UNIVERSAL_OPT_OUTS = (OptOut("variable", "DO_NOT_TRACK"), OptOut("variable", "OTEL_SDK_DISABLED"))
"""The opt-outs that count for every catalogue."""

CONTINUOUS_INTEGRATION = (
    "CI", "CONTINUOUS_INTEGRATION", "GITHUB_ACTIONS", "GITLAB_CI", "TF_BUILD", "JENKINS_URL", "TEAMCITY_VERSION",
    "BUILDKITE", "CIRCLECI", "TRAVIS", "APPVEYOR", "DRONE", "CODEBUILD_BUILD_ID", "BITBUCKET_BUILD_NUMBER", "CIRRUS_CI",
    "WOODPECKER_CI",
)  # fmt: skip
"""The variables that tell continuous integration."""

_NO = frozenset(("", "0", "false", "no", "off", "n", "f", "disabled"))
_YES = frozenset(("1", "true", "yes", "on", "y", "t", "enabled"))


class Layer(NamedTuple):
    """One of the places that consent is decided in, with what it says and why."""

    name: str
    consent: Consent | None
    reason: str
    decided: bool


class Decision(NamedTuple):
    """A decision about consent, and why it was made."""

    consent: Consent
    reason: str
    layers: tuple[Layer, ...]

    def __str__(self) -> str:
        return f"{self.consent} ({self.reason})"


class Remembered(NamedTuple):
    """The user's answer as the stored choice and as the default; `None` where it says nothing."""

    choice: tuple[Consent, str] | None = None
    default: tuple[Consent, str] = (Consent.DEFAULT, "nobody said otherwise")


def switches_off(opt_out: OptOut, value: str) -> bool:
    """Returns true if a value of this variable switches off. An unknown word does."""
    word = "".join(c.lower() if c.isascii() else c for c in value.strip())
    return word not in _YES if opt_out.off_when_false else word not in _NO


def decide(
    catalogue: Catalogue,
    explicit: Consent | None = None,
    remembered: Remembered = Remembered(),
    *,
    promised: Iterable[OptOut] = (),
    off: Iterable[OptOut] = (),
    environment: Mapping[str, str] | None = None,
) -> Decision:
    """Asks every layer. `promised` are opt-outs that the user was told of; `off` are the switches that are off."""
    variables = os.environ if environment is None else environment
    said: list[tuple[str, tuple[Consent, str] | None]] = [("environment", _opted_out(catalogue, promised, variables))]
    if any(one.kind != "variable" for one in catalogue.opt_out):
        said.append(("switches", _switched_off(catalogue, off)))
    said += [
        ("application", None if explicit is None else (explicit, "the application set it")),
        ("stored choice", remembered.choice),
        ("continuous integration", _integrated(variables)),
        ("default", remembered.default),
    ]
    first = next(place for place, (_, says) in enumerate(said) if says is not None)
    consent, reason = said[first][1] or remembered.default
    layers = [
        Layer(name, says[0] if says else None, says[1] if says else "", place == first)
        for place, (name, says) in enumerate(said)
    ]
    return Decision(Consent(catalogue.tidied(consent.bits)), reason, tuple(layers))


def _opted_out(
    catalogue: Catalogue, promised: Iterable[OptOut], variables: Mapping[str, str]
) -> tuple[Consent, str] | None:
    own = [one for one in (*UNIVERSAL_OPT_OUTS, *catalogue.opt_out, *promised) if one.kind == "variable"]
    for one in own:
        value = variables.get(one.name)
        if value is not None and switches_off(one, value):
            return Consent.OFF, f"the environment has {one.name}={value}"
    return None


def _switched_off(catalogue: Catalogue, off: Iterable[OptOut]) -> tuple[Consent, str] | None:
    is_off = set(off)
    became = {"flag": "was given", "command": "was run"}
    for one in catalogue.opt_out:
        if one in is_off:
            return Consent.OFF, f"the {one.kind} {one.name} {became.get(one.kind, 'is off')}"
    return None


def _integrated(variables: Mapping[str, str]) -> tuple[Consent, str] | None:
    for name in CONTINUOUS_INTEGRATION:
        if variables.get(name, "").strip().lower() not in _NO:
            return Consent.OFF, f"{name} says that nobody is here to ask"
    return None
