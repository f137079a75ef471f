"""Model formulas: from text to terms, and from terms to columns of the design matrix."""
