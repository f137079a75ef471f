"""What all tests share."""

import os

# Before numpy is imported, as in app.py: two processes of tests share two processors.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest
from hypothesis import settings

# A slow machine is no reason to fail, and what fails for one must fail for everybody.
settings.register_profile("betwixt", deadline=None, derandomize=True)
settings.load_profile("betwixt")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip by name what takes too long for every day, unless it is asked for."""
    if "slow" in config.getoption("markexpr"):
        return
    for item in items:
        if "slow" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="slow: run with -m slow"))
