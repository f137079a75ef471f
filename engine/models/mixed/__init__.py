"""The linear mixed model with one grouping factor: its criterion, its optimum, its results."""
