"""What the page of the challenges is set to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from engine.challenges import CHALLENGES, Challenge, Setup
from engine.figures.course import FittedLines, along
from pages.parts.lesson import session
from pages.parts.lesson.state import choice
from pages.parts.sandbox import SCENARIO_FIELDS, SandboxState

_BY_ID = {challenge.id: challenge for challenge in CHALLENGES}


@dataclass(frozen=True)
class ChallengesState(SandboxState, page="challenges", script="practise/challenges.py"):
    """Which challenge is open, and what was moved in it.

    Attributes
    ----------
    challenge
        Its id; empty for the gallery.
    """

    challenge: str = choice("", ("", *_BY_ID), param="challenge")

    @property
    def chosen(self) -> Challenge:
        """The challenge that is open."""
        return _BY_ID[self.challenge]

    @property
    def setup(self) -> Setup:
        """What was moved, with what the challenge lets one move."""
        return self.chosen.allowed(Setup(self.scenario(), self.moved))


def start_of(state: ChallengesState) -> ChallengesState:
    """Return where the page starts: where the challenge does. The address says which it is."""
    if not state.challenge:
        return ChallengesState()
    start = state.chosen.start
    return ChallengesState(**{name: getattr(start, name) for name in SCENARIO_FIELDS})


def at_start(name: str) -> ChallengesState:
    """Return a challenge with nothing moved, or by the empty name the gallery."""
    named = ChallengesState(challenge=name)
    return ChallengesState.decode({"challenge": name}, start_of(named))


def open_challenge(name: str) -> None:
    """Go to the start of a challenge, or by the empty name to the gallery; Back returns."""
    state = at_start(name)
    session.put(state)
    session.mark_step(state, start_of)


@cache
def lines_at_start(name: str) -> FittedLines:
    """Return the rows at the start of a challenge, and both lines."""
    return along(Setup(_BY_ID[name].start).played().comparison, "condition", adjusted_to="zero")
