"""The estimators: pooled, within, between and mixed, all fitted to moments of the clusters."""
