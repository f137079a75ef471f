"""Famous puzzles: questions that people posted because their two fits disagreed.

A puzzle is one entry of `book.PUZZLES`: data, model and source are those of an example
(`engine.data.examples`), and the entry adds what was asked, what was posted, why it came out so,
the lesson that explains it, the goal with what may be changed to reach it (`change`), and a
sentence to keep. The page shows all in the same order: the question, an answer, the posted numbers
beside the engine's, the ledger, the goal.

What an entry has to keep to: the words are ours; every number that was not posted comes from the
engine when it is shown; ``asked`` and ``question`` must not tell what came out; ``solution`` is
played by a test; the goal asks for what the puzzle itself suggests, so no two are reached by the
same switch.
"""
