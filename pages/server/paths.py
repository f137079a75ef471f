"""The path of a request, as the app's own modules write it."""

from starlette.types import Scope

from pages.parts.live import mounted


def route(scope: Scope) -> str:
    """Return the path below the address at which the app is mounted.

    A server states that address in the scope; Streamlit's setting ``server.baseUrlPath`` adds
    another one below it. Both are removed.

    Parameters
    ----------
    scope
        ASGI scope of the request.
    """
    path: str = scope["path"].removeprefix(scope.get("root_path", "").rstrip("/"))
    return path.removeprefix(mounted("/").rstrip("/"))
