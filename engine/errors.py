"""The family of errors a person can mend: each message says what was found and what to do."""


class BetwixtError(Exception):
    """Base of every error whose message is written for the person using the program."""


class DataError(BetwixtError):
    """The data cannot be read, or do not hold what the model needs."""


class FitError(BetwixtError):
    """The data were read, but this model has no answer on them."""


class ScenarioError(BetwixtError):
    """The wishes for a simulated data set contradict each other."""


class FormulaError(BetwixtError):
    """The formula text is not one of the model formulas this program reads.

    Parameters
    ----------
    reason
        What was found and what to do.
    text
        The formula as it was typed.
    position
        Index of the offending character in ``text``.
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        self.reason = reason
        self.text = text
        self.position = position
        super().__init__(f"{reason} (character {position + 1} of the formula)")

    def pointer(self) -> str:
        """Return the formula on one line and a caret under the offending character."""
        start = max(0, self.position - 60)
        shown = self.text[start : self.position + 20].replace("\n", " ").replace("\t", " ")
        return f"{shown}\n{' ' * (self.position - start)}^"
