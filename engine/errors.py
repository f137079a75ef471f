"""Errors that the user can mend: each message says what was found and what to do."""


class BetwixtError(Exception):
    """Base class of every error whose message is written for the user."""


class DataError(BetwixtError):
    """The data cannot be read, or lack what the model needs."""


class FitError(BetwixtError):
    """The data were read, but this model has no answer on them."""


class ScenarioError(BetwixtError):
    """The settings of a simulated data set are out of range or contradict each other."""


class ContradictionError(ScenarioError):
    """The two correlations that a scenario asks for cannot hold together.

    Parameters
    ----------
    message
        What cannot be, and what can.
    largest
        The largest correlations in the same proportion that can hold together: of the cluster
        intercepts with the sizes, and with the shares.
    """

    def __init__(self, message: str, largest: tuple[float, float]) -> None:
        super().__init__(message)
        self.largest = largest


class FormulaError(BetwixtError):
    """The text is not a model formula that this program can read.

    Parameters
    ----------
    reason
        What was found and what to do.
    text
        The formula as typed.
    position
        Index of the offending character in ``text``, counted from 0.
    """

    def __init__(self, reason: str, text: str, position: int) -> None:
        self.reason = reason
        self.text = text
        self.position = position
        super().__init__(f"{reason} (character {position + 1} of the formula)")

    def pointer(self) -> str:
        """Return the formula on one line, with a caret under the offending character."""
        start = max(0, self.position - 60)
        shown = self.text[start : self.position + 20].replace("\n", " ").replace("\t", " ")
        return f"{shown}\n{' ' * (self.position - start)}^"
