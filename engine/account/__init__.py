"""What is known of a comparison, as numbers: which clusters pull, by how much, and why."""
