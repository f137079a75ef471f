"""What a command leaves behind: lines on standard output, and files that are whole or not there."""

from __future__ import annotations

import errno
import os
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.errors import DataError


def show(text: str) -> None:
    """Write a text and a line break to standard output.

    Raises
    ------
    BrokenPipeError
        The reader, such as ``head``, has seen enough.
    DataError
        Standard output is closed, or on a disk that is full.
    """
    if sys.stdout is None:  # how Python starts where it is closed
        raise DataError("Standard output is closed.")
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        discard_rest()
        raise
    except OSError as error:
        discard_rest()
        raise DataError(f"Standard output cannot be written ({reason(error)}).") from None


def complain(text: str) -> None:
    """Write a line to standard error, if it takes any."""
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(" ".join(text.split()) + "\n")
            sys.stderr.flush()


def discard_rest() -> None:
    """Let what standard output still holds go nowhere: Python would try again at its end."""
    with suppress(OSError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def reason(error: OSError) -> str:
    """Return what the operating system says is wrong."""
    return os.strerror(error.errno) if error.errno else str(error)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a new file to write beside ``target``, whose place it takes once it is whole.

    Where the writing ends in an exception, Ctrl+C among them, the new file is removed, and what
    was there before stays. Pipes and devices, which cannot be replaced, are given as they are.

    Raises
    ------
    OSError
        No file can be written there.
    """
    target = Path(os.path.realpath(target))  # a link stays a link
    if target.exists():
        if not target.is_file():
            yield target
            return
        if not os.access(target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    unfinished = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        unfinished.touch()
        yield unfinished
        if target.exists():
            shutil.copymode(target, unfinished)
        unfinished.replace(target)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
