"""Type checkers find the mistakes that the derive finds in Rust, on the lines where they are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from support import ROOT

FILE = Path(__file__).parent / "typing/mistakes.py"
PATHS = [str(ROOT / "python/src"), str(ROOT / "generated/python")]


class Mistakes(unittest.TestCase):
    """The lines of errors are the lines that are marked."""

    def check(self, command: list[str], line: str) -> None:
        environment = {**os.environ, "MYPYPATH": os.pathsep.join(PATHS)}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=ROOT)
        found = {int(number) for number in re.findall(line, done.stdout)}
        marked = {at for at, text in enumerate(FILE.read_text("utf-8").splitlines(), 1) if "# MISTAKE" in text}
        self.assertEqual(found, marked, done.stdout + done.stderr)

    def test_mypy(self) -> None:
        try:
            import mypy  # noqa: F401
        except ImportError:
            self.skipTest("mypy is not installed")
        with tempfile.TemporaryDirectory() as cache:
            self.check([sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, str(FILE)], r"mistakes\.py:(\d+): error")

    def test_pyright(self) -> None:
        command = Path(sys.executable).with_name("pyright")
        if not command.exists() or shutil.which("node") is None:
            self.skipTest("pyright is not installed")
        with tempfile.TemporaryDirectory(dir=FILE.parent) as folder:
            settings = Path(folder, "pyrightconfig.json")
            paths = ", ".join(f'"{path}"' for path in PATHS)
            settings.write_text(f'{{"include": ["../{FILE.name}"], "extraPaths": [{paths}], "typeCheckingMode": "strict"}}')
            self.check([str(command), "--pythonpath", sys.executable, "-p", folder], r"mistakes\.py:(\d+):\d+ - error")


if __name__ == "__main__":
    unittest.main()
