"""Model formulas: text to terms, and terms to columns of the design matrix."""
