"""From a file or a data frame and a formula to the arrays the models are computed from."""
