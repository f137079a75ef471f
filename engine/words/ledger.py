"""The ledger in one sentence."""

from __future__ import annotations

import numpy as np

from engine.account.ledger import Ledger, is_moved
from engine.words.numbers import number, plural


def ledger_in_words(account: Ledger, term: int, standard_error: float, most: int = 5) -> str:
    """Say in one sentence which clusters moved a coefficient most, and what they add up to.

    Parameters
    ----------
    account
        The ledger of p coefficients.
    term
        Position of the coefficient, from 0 to p − 1.
    standard_error
        Its OLS standard error, which decides whether it moves at all.
    most
        How many clusters are named; the others are added up.
    """
    if not is_moved(account, term, standard_error):
        return f"No cluster moves {account.names[term]}: each pulls at it alike in both models."
    moves = account.contributions[:, term]
    difference = float(account.difference[term])
    order = np.argsort(-np.abs(moves), kind="stable")
    listed = [f"cluster {account.levels[j]} {number(moves[j], difference)}" for j in order[:most]]
    if len(order) > most:
        rest = plural(len(order) - most, "other")
        listed.append(f"{rest} {number(moves[order[most:]].sum(), difference)}")
    return f"{account.names[term]} moves by {number(difference)}: {', '.join(listed)}."
