"""Standard errors, degrees of freedom and intervals for estimates at hand."""
