"""Small files of the user's, written whole or not at all and readable by their owner only.

A file may be a link: what it leads to is read and replaced, and the link stays, if that is a file of ours. What is no
regular file is never opened, and nothing here waits for long.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Generator
from pathlib import Path

_LONGEST = 4 << 20
_MARK = b'"candor"'
_NOT_FOLLOWED = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


class Doubt(Exception):
    """What is there cannot be read or trusted."""


def read(path: Path) -> str | None:
    """The text of a file; `None` when there is none."""
    try:
        real, is_linked, found = _follow(path)
        if found is None:
            if is_linked:
                raise Doubt("it is a link to a file that is not there")
            return None
        if not stat.S_ISREG(found.st_mode):
            raise Doubt("it is not a regular file")
        with open(os.open(real, os.O_RDONLY | _NOT_FOLLOWED), "rb") as file:
            contents = file.read(_LONGEST + 1)
    except OSError as error:
        raise Doubt(error.strerror or str(error)) from None
    if len(contents) > _LONGEST:
        raise Doubt("it is too large")
    try:
        return contents.decode()
    except UnicodeDecodeError:
        raise Doubt("it is not UTF-8") from None


def write(path: Path, text: str) -> None:
    """Replaces a file, and makes the folder around it. A link stays where it leads to a file of ours."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace(_destination(path), text)


def replace(path: Path, text: str) -> None:
    """Replaces a file. Where it is a link, the link goes."""
    new = path.with_name(f".{path.name}.{os.getpid()}-{int.from_bytes(os.urandom(8), 'big'):016x}")
    try:
        _write_new(new, text)
        os.replace(new, path)
    except OSError:
        with contextlib.suppress(OSError):
            new.unlink()
        raise
    with contextlib.suppress(OSError):  # not every file system can
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _write_new(path: Path, text: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NOT_FOLLOWED, 0o600), "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def empty(path: Path) -> None:
    """Empties a file in place, which needs no room on the disk; makes an empty one where there is none."""
    path = _destination(path)
    if not os.path.lexists(path):
        return _write_new(path, "")
    if not _is_ours(path):
        raise OSError("it is no file of ours")
    for attempt in (False, True):
        try:
            if attempt:
                os.chmod(path, 0o600)
            with open(os.open(path, os.O_WRONLY | os.O_TRUNC | _NOT_FOLLOWED), "wb") as file:
                os.fsync(file.fileno())
            return None
        except OSError:
            if attempt:
                raise
    return None


def remove_temporaries(path: Path, locked: bool) -> None:
    """Deletes what killed processes left of writing. Without the lock, what is young is perhaps being written."""
    for place in {path, _destination(path)}:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            for name in os.listdir(place.parent):
                begin, _, number = name.removeprefix(f".{place.name}.").partition("-")
                is_ours = name.startswith(f".{place.name}.") and begin.isdigit() and len(number) == 16
                other = place.with_name(name)
                if is_ours and (locked or time.time() - other.lstat().st_mtime > 60):
                    other.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path) -> Generator[bool, None, None]:
    """Holds the lock of a file's folder for a while. Gives false where there are no locks; waits a second at most."""
    try:
        import fcntl

        folder = os.open(path.parent, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except (ImportError, OSError):
        yield False
        return
    try:
        for attempt in range(101):
            try:
                fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if attempt == 100:
                    raise OSError("another process is writing there") from None
                time.sleep(0.01)
        yield True
        fcntl.flock(folder, fcntl.LOCK_UN)  # a copy in a forked process would keep it
    finally:
        os.close(folder)


def _follow(path: Path) -> tuple[Path, bool, os.stat_result | None]:
    for links in range(32):
        try:
            found = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return path, links > 0, None
        _check_owner(path, found)
        if not stat.S_ISLNK(found.st_mode):
            return path, links > 0, found
        path = path.parent / os.readlink(path)
    raise Doubt("its links lead in a circle")


def _check_owner(path: Path, found: os.stat_result) -> None:
    """Checks that only this user may write to the folder of another user's file."""
    if not hasattr(os, "geteuid") or found.st_uid == os.geteuid():
        return
    folder = os.stat(path.parent)
    if folder.st_uid not in (os.geteuid(), 0) or folder.st_mode & 0o022:
        raise Doubt("it belongs to another user, in a folder that others may write to")


def _destination(path: Path) -> Path:
    try:
        real, is_linked, found = _follow(path)
        return real if is_linked and (found is None or _is_ours(real)) else path
    except (OSError, Doubt):
        return path


def _is_ours(path: Path) -> bool:
    try:
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            return False
        with open(os.open(path, os.O_RDONLY | _NOT_FOLLOWED), "rb") as file:
            contents = file.read(_LONGEST)
        return not contents or _MARK in contents
    except OSError:
        return False
