"""The command line: ``python -m engine compare`` and ``python -m engine simulate``."""
