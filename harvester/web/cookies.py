"""What this program lets a browser remember."""

from __future__ import annotations

from datetime import timedelta

from werkzeug.wrappers import Request, Response


def remember(response: Response, request: Request, name: str, value: str, lasts: timedelta) -> None:
    """Sets a cookie for this site below its path only. Scripts do not see it; with no time to last, it is deleted."""
    response.set_cookie(
        name,
        value,
        max_age=lasts,
        path=f"{request.root_path}/",
        secure=request.scheme == "https",
        httponly=True,
        samesite="Lax",
    )
