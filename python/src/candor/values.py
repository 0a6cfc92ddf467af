"""The types of values in generated signatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Union

Moment = Union[str, datetime]
"""A point in time: RFC 3339 in UTC, or a `datetime` that knows its zone."""

JsonValue = Union[None, bool, int, float, str, Sequence["JsonValue"], Mapping[str, "JsonValue"]]
"""Any JSON value."""
