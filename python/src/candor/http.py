"""OTLP over HTTP: one request, through the proxy that the user's environment names.

A proxy that cannot be used is an error: nothing is sent around it. SOCKS proxies cannot be used here. Takes nothing from
the user's OpenTelemetry environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

USER_AGENT = "candor-python/0.1.0"
_COMPRESS_FROM = 1024
_LONGEST_ANSWER = 64 << 10
_AGAIN = frozenset((429, 502, 503, 504))


class Answer(NamedTuple):
    """What became of a request: taken, or a reason, and the seconds after which it may be tried again."""

    taken: bool
    body: bytes = b""
    failure: str = ""
    again: bool = False
    after: float | None = None


class Unusable(Exception):
    """There is no way to the endpoint that the user's environment allows."""


def send(url: str, body: bytes, timeout: float, environment: Mapping[str, str] | None = None) -> Answer:
    """Sends one protobuf body. Never raises."""
    headers = {"Content-Type": "application/x-protobuf", "User-Agent": USER_AGENT}
    try:
        if len(body) >= _COMPRESS_FROM:
            import gzip

            body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
        return _request(url, body, headers, timeout, os.environ if environment is None else environment)
    except (Unusable, ValueError) as error:
        return Answer(False, failure=str(error) or type(error).__name__)
    except Exception as error:
        return Answer(False, failure=f"no answer: {type(error).__name__}: {error}", again=True)


def _request(url: str, body: bytes, headers: dict[str, str], timeout: float, environment: Mapping[str, str]) -> Answer:
    from http.client import HTTPConnection, HTTPSConnection
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    host, is_https = parts.hostname, parts.scheme.lower() == "https"
    if not host or parts.scheme.lower() not in ("http", "https"):
        raise Unusable("the endpoint is not a URL of http or https")
    port = parts.port or (443 if is_https else 80)
    proxy = proxy_for(host, port, is_https, environment)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    to, at, secure = (proxy.host, proxy.port, proxy.is_https) if proxy else (host, port, is_https)
    if proxy and secure and is_https:
        raise Unusable(f"`{proxy.variable}` names a proxy of https, which cannot carry https here")
    connection = (HTTPSConnection if secure or is_https else HTTPConnection)(to, at, timeout=timeout)
    if proxy and is_https:
        connection.set_tunnel(host, port, proxy.headers)
    elif proxy:
        shown = f"[{host}]" if ":" in host else host
        path, headers = f"http://{shown}:{port}{path}", headers | proxy.headers
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        status, later = answer.status, answer.getheader("Retry-After", "").strip()
        if 200 <= status < 300:
            return Answer(True, answer.read(_LONGEST_ANSWER))
        seconds = float(later) if later.isascii() and later.isdigit() else None
        return Answer(False, failure=f"the collector answered {status}", again=status in _AGAIN, after=seconds)
    finally:
        connection.close()


class Proxy(NamedTuple):
    """A proxy, and the variable that names it."""

    variable: str
    host: str
    port: int
    is_https: bool
    headers: dict[str, str]


def proxy_for(host: str, port: int, is_https: bool, environment: Mapping[str, str]) -> Proxy | None:
    """The proxy for an endpoint: the variable for its scheme first, then `ALL_PROXY`, then that of the other scheme."""
    if _is_exempt(host, port, environment):
        return None
    schemes = ("https_proxy", "all_proxy", "http_proxy") if is_https else ("http_proxy", "all_proxy", "https_proxy")
    for name in (variable for scheme in schemes for variable in (scheme, scheme.upper())):
        value = environment.get(name, "").strip()
        if not value:
            continue
        if name == "HTTP_PROXY" and "REQUEST_METHOD" in environment:
            raise _unusable(name, "in a CGI program, a request can set this variable")
        return _parse(name, value)
    return None


def _unusable(variable: str, why: str) -> Unusable:
    return Unusable(f"`{variable}` names a proxy that cannot be used, and nothing is sent around it: {why}")


def _parse(variable: str, value: str) -> Proxy:
    from base64 import b64encode
    from urllib.parse import unquote, urlsplit

    scheme, _, rest = value.rpartition("://")
    scheme = scheme.lower() or "http"
    if scheme not in ("http", "https"):
        raise _unusable(variable, f"the scheme `{scheme}`" if scheme.isalnum() and scheme.isascii() else "its scheme")
    try:
        parts = urlsplit(f"{scheme}://{rest}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _unusable(variable, "its value is not the address of a proxy") from None
    if not host or any(c.isspace() for c in value) or port == 0 or parts.netloc.endswith(":"):
        raise _unusable(variable, "its value is not the address of a proxy")
    headers = {}
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        headers["Proxy-Authorization"] = "Basic " + b64encode(pair.encode()).decode()
    return Proxy(variable, host, port or (443 if scheme == "https" else 80), scheme == "https", headers)


def _is_exempt(host: str, port: int, environment: Mapping[str, str]) -> bool:
    """Returns true if `NO_PROXY` lists the host: a name and those below it, an address, a range, each perhaps with a port."""
    listed = next((v for v in (environment.get(name, "").strip() for name in ("no_proxy", "NO_PROXY")) if v), "")
    return any(_lists(entry, _normal(host), port) for entry in listed.replace(",", " ").split())


def _normal(host: str) -> str:
    return host.lstrip("[").rstrip("]").rstrip(".").lower()


def _lists(entry: str, host: str, port: int) -> bool:
    before, colon, only = entry.rpartition(":")
    if colon and only.isascii() and only.isdigit() and (before.endswith("]") or ":" not in before):
        if int(only) != port:
            return False
        entry = before
    if entry == "*":
        return True
    from ipaddress import ip_address, ip_network

    entry = _normal(entry)
    try:
        address = ip_address(host)
    except ValueError:
        name = entry[2:] if entry.startswith("*.") else entry.lstrip(".")
        below = bool(name) and host.endswith("." + name) and len(host) > len(name) + 1
        return below or (bool(name) and host == name and not entry.startswith("*."))
    try:
        return address in ip_network(entry, strict=False)
    except (ValueError, TypeError):
        return False
