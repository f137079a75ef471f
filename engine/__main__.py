"""``python -m engine``: see `engine.cli`."""

import io
import sys

from engine.cli.main import main

if __name__ == "__main__":
    # Redirected output may not be UTF-8; our text contains − and any alphabet.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(main())
