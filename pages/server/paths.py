"""The path of a request as the app's own modules name it."""

from starlette.types import Scope

from pages.parts.live import mounted


def route(scope: Scope) -> str:
    """Return the path below the address at which the app is mounted.

    A server names that address in the scope, Streamlit's setting ``server.baseUrlPath`` another
    one below it.
    """
    path: str = scope["path"].removeprefix(scope.get("root_path", "").rstrip("/"))
    return path.removeprefix(mounted("/").rstrip("/"))
