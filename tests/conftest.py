"""What all tests share."""

from hypothesis import settings

# A slow machine is no reason to fail, and what fails for one must fail for everybody.
settings.register_profile("betwixt", deadline=None, derandomize=True)
settings.load_profile("betwixt")
