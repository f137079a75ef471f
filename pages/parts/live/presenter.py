"""What Streamlit does for every component in every run, and no live part needs.

For the value in `st.session_state` it makes a class, through which a script could write to the
component's state. Python's classes refer to themselves, so that only a garbage collection frees
them. With a hundred sessions they were three quarters of the garbage, most of it old enough to need
a full collection, and every answer had to wait for those. Without this module all works as before,
but slower.
"""

from streamlit.components.v2.bidi_component import main

main.make_bidi_component_presenter = lambda *_args, **_names: None  # type: ignore[attr-defined,assignment]
