"""Standard errors, degrees of freedom and intervals for models that are already fitted."""
