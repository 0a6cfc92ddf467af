"""Makes a virtual environment with the packages that a test names, once, and prints where its Python is.

    python3 setup.py FOLDER PACKAGE==VERSION...

Where it fails, the last line on stderr is the reason. Exits with 3 where a package is there, but not built for this
platform and this Python.
"""

import pathlib
import subprocess
import sys

UNPACKAGED = 3


def main(folder: str, *packages: str) -> int:
    root = pathlib.Path(folder)
    python = root / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp = root / "packages.txt"
    wanted = "\n".join([sys.executable, sys.version, *packages])
    made = python.exists() and stamp.exists() and stamp.read_text() == wanted
    if not made:
        code = make(root, python, packages)
        if code != 0:
            return code
        stamp.write_text(wanted)
    print(python)
    return 0


def make(root: pathlib.Path, python: pathlib.Path, packages) -> int:
    venv = run(sys.executable, "-m", "venv", "--clear", str(root))
    if venv.returncode != 0:
        return fail(venv)
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1", "--only-binary", ":all:"]
    pip = run(str(python), "-m", "pip", "install", *options, *packages)
    if pip.returncode == 0:
        return 0
    # Where no index is reached, there is no matching distribution, either; pip tries again first, and says so.
    if "Retrying" in pip.stderr:
        pip.stderr += "pip reaches no index of packages"
        return fail(pip)
    return fail(pip, UNPACKAGED if "No matching distribution found" in pip.stderr else 1)


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, capture_output=True, text=True)


def fail(command: "subprocess.CompletedProcess[str]", code: int = 1) -> int:
    print(command.stdout + command.stderr, file=sys.stderr)
    return code


sys.exit(main(*sys.argv[1:]))
