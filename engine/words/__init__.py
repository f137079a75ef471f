"""A comparison explained in English sentences: the only place that knows the language."""
