"""Why the two fits differ, as numbers: which clusters pull, by how much, and why."""
