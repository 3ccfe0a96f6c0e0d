"""Which language a person reads: the one chosen on a page, else one of the browser's, else `[web] language`."""

from __future__ import annotations

from datetime import timedelta

from werkzeug.wrappers import Request, Response

from harvester.web.cookies import remember
from harvester.web.languages.catalogue import NAMES, language
from harvester.web.languages.document import translated

PARAMETER, COOKIE = "lang", "harvester-language"
ENGLISH = "en"
_LASTS = timedelta(days=365)


def chosen(request: Request, default: str) -> str:
    """The code of the language."""
    for code in (request.args.get(PARAMETER), request.cookies.get(COOKIE)):
        if code in NAMES:
            return code
    return request.accept_languages.best_match(NAMES) or default


def spoken(response: Response, request: Request, default: str) -> Response:
    """The answer in the language of the person, if it is a page. A choice is remembered by the browser."""
    code = chosen(request, default)
    if response.mimetype == "text/html":
        if code != ENGLISH:
            response.set_data(translated(response.get_data(as_text=True), language(code)))
        response.headers["Content-Language"] = code
    if request.args.get(PARAMETER) == code:
        remember(response, request, COOKIE, code, _LASTS)
    return response
