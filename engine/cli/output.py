"""What a command writes: lines on standard output, and files that are complete or absent."""

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

    Parameters
    ----------
    text
        One or more lines.

    Raises
    ------
    BrokenPipeError
        The reader, such as ``head``, has seen enough.
    DataError
        Standard output is closed, or leads to a full disk.
    """
    if sys.stdout is None:  # It was closed when Python started.
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
    """Write one line to standard error, if that is possible.

    Parameters
    ----------
    text
        The message. Its line breaks become blanks.
    """
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(" ".join(text.split()) + "\n")
            sys.stderr.flush()


def discard_rest() -> None:
    """Discard what standard output still buffers, which Python would try to write on exit."""
    with suppress(OSError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def reason(error: OSError) -> str:
    """Return what the operating system says is wrong.

    Parameters
    ----------
    error
        The error of a system call.
    """
    return os.strerror(error.errno) if error.errno else str(error)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a new file beside ``target``, which replaces it once it is complete.

    If writing ends in an exception, Ctrl+C included, the new file is removed and the old one
    stays. Pipes and devices cannot be replaced, so they are yielded as they are.

    Parameters
    ----------
    target
        Where the file should be in the end.

    Yields
    ------
    Path
        The file to write to.

    Raises
    ------
    OSError
        No file can be written there.
    """
    target = Path(os.path.realpath(target))  # so that a link stays a link
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
