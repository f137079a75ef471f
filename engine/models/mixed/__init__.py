"""The linear mixed model of one grouping: its criterion, its optimum and its results."""
