"""Terms of the field in the pages' texts, linked to what they mean."""

from engine.words.glossary import uses
from pages.parts.live import plain


def with_terms(text: str) -> str:
    """Make each term of a Markdown text a link where it first stands.

    The browser shows the meaning there (`frame`). A plain page has only the list below.
    """
    if plain():
        return text
    done, pieces = 0, []
    for use in uses(text):
        pieces += [text[done : use.start], f"[{text[use.start : use.end]}](#word-{use.term.id})"]
        done = use.end
    return "".join([*pieces, text[done:]])
