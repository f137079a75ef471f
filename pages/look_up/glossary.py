"""Every term of the app, each with an address of its own: /glossary#icc."""

import streamlit as st

from engine.words.glossary import GLOSSARY
from pages.parts.markdown import escaped

st.title("Glossary", anchor=False)
st.markdown(
    "The terms of the field as these pages use them; wherever one is underlined with dots, the "
    "same text opens. The sign behind a term gives its address."
)
for term in sorted(GLOSSARY, key=lambda term: term.name.casefold()):
    st.header(escaped(term.name), anchor=term.id)
    st.markdown(escaped(term.meaning))
