"""Telemetry that tells the truth: the runtime under the code that `candor generate` writes for Python."""

from .consent import CONTINUOUS_INTEGRATION, UNIVERSAL_OPT_OUTS, Decision, Layer, decide
from .definition import (
    DEFAULT,
    OPT_IN,
    Attribute,
    Catalogue,
    Channel,
    Consent,
    Endpoint,
    Member,
    Object,
    OptOut,
    Signal,
    lenient,
    optional,
    required,
)
from .domains import Boolean, Double, Int, Json, ListOf, MapOf, ObjectOf, OneOf, Text, Timestamp
from .pipeline import SHUTDOWN_LIMIT, Emitter, Pipeline, Resource, Span
from .notice import Notice
from .record import Record
from .sender import Stats
from .stored import Store, Stored
from .values import JsonValue, Moment

__version__ = "0.1.0"

__all__ = [
    "CONTINUOUS_INTEGRATION",
    "DEFAULT",
    "OPT_IN",
    "SHUTDOWN_LIMIT",
    "UNIVERSAL_OPT_OUTS",
    "Attribute",
    "Boolean",
    "Catalogue",
    "Channel",
    "Consent",
    "Decision",
    "Double",
    "Emitter",
    "Endpoint",
    "Int",
    "Json",
    "JsonValue",
    "Layer",
    "ListOf",
    "MapOf",
    "Member",
    "Moment",
    "Notice",
    "Object",
    "ObjectOf",
    "OneOf",
    "OptOut",
    "Pipeline",
    "Record",
    "Resource",
    "Signal",
    "Span",
    "Stats",
    "Store",
    "Stored",
    "Text",
    "Timestamp",
    "decide",
    "lenient",
    "optional",
    "required",
]
