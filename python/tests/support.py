"""What the tests share: generated modules and vectors of the catalogues, and a collector on loopback."""

from __future__ import annotations

import gzip
import http.server
import importlib
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = {
    "core": "tests/vectors/core.yaml",
    "crewai": "schema/crewai",
    "demo": "tests/fixtures/demo.yaml",
    "channels": "tests/fixtures/channels.yaml",
    "resource": "tests/fixtures/resource.yaml",
    "endpoints": "tests/fixtures/endpoints.yaml",
    "installed": "tests/fixtures/installed.yaml",
    "switches": "tests/fixtures/switches.yaml",
    "nasty": "tests/fixtures/nasty.yaml",
    "agreed": "tests/fixtures/consent/agreed.yaml",
    "grown": "tests/fixtures/consent/grown.yaml",
    "notes": "examples/notes/telemetry.yaml",
}
COMMAND = os.environ.get("CANDOR_COMMAND", str(ROOT / "target/debug/candor"))
"""The command that generates; `cargo build -p candor-cli` makes it."""

_FOLDER = tempfile.TemporaryDirectory(prefix="candor-python-")
sys.path.insert(0, _FOLDER.name)


class Project:
    """Catalogues as generated modules."""

    def module(self, name: str) -> Any:
        """The generated module of a catalogue."""
        made = Path(_FOLDER.name, f"{name}_telemetry.py")
        if not made.exists():
            out = Path(_FOLDER.name, name)
            arguments = ["generate", CATALOGUES[name], "--out", str(out), "--language", "python"]
            subprocess.run([COMMAND, *arguments], cwd=ROOT, check=True, capture_output=True)
            (module,) = (out / "python").glob("*.py")
            made.write_bytes(module.read_bytes())
            importlib.invalidate_caches()
        return importlib.import_module(made.stem)

    def vectors(self, name: str, count: int) -> list[str]:
        """Lines of vectors."""
        arguments = ["vectors", CATALOGUES[name], "--count", str(count)]
        done = subprocess.run([COMMAND, *arguments], cwd=ROOT, check=True, capture_output=True, text=True)
        return done.stdout.splitlines()

    def written_vectors(self) -> list[str]:
        """The vectors that people wrote."""
        files = sorted((ROOT / "tests/vectors/core").glob("*.jsonl"))
        lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
        return [line for line in lines if line.startswith("{")]


class Collector:
    """A collector that remembers requests, and answers what a test tells it."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                outer.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                status, headers, answer = outer.answers.pop(0) if outer.answers else (200, {}, b"")
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def bodies(self, path: str = "/v1/traces") -> list[bytes]:
        """The bodies that came to a path."""
        return [body for to, _, body in self.requests if to == path]

    def close(self) -> None:
        """Stops."""
        self.server.shutdown()
        self.server.server_close()
