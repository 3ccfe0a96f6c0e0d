"""The door to one provider: Sickle's verbs over our own transport, our own patience and our own strict parser."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import wraps
from http import HTTPStatus
from types import TracebackType
from typing import Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

from sickle import Sickle
from sickle.iterator import OAIResponseIterator
from sickle.models import ResumptionToken

from harvester.errors import (
    OVERLOADED,
    BadAnswer,
    BadStatus,
    HarvesterError,
    Interruption,
    OaiCode,
    ProtocolError,
    ProviderError,
    WaitUntil,
)
from harvester.model import Access, Format, Identity, Page, SetInfo, Window
from harvester.oai import backoff, pages, repository, retry
from harvester.oai.encoding import charset_of
from harvester.oai.network import Watch
from harvester.oai.pages import Document
from harvester.oai.transport import Response, Transport
from harvester.oai.walls import blocked, let_through, wall

log = logging.getLogger(__name__)

# What a resumption token may hold and still be sent as it is; these would end the argument or the address.
_VERBATIM = "!$'()*+,/:;=?@%~"
_TELLING = 3  # characters of a secret that tell nothing of it

P = ParamSpec("P")
T = TypeVar("T")


def never(*_: object) -> bool:
    return False


class _Steps(OAIResponseIterator):  # type: ignore[misc]
    """One answer per step. Whether a list leads anywhere is for its reader to see, by what comes."""

    resumption_token: ResumptionToken | None

    def _next_response(self) -> None:
        params = self.params
        if self.resumption_token:
            params = {"verb": self.verb, "resumptionToken": self.resumption_token.token}
        self.oai_response = self.sickle.harvest(**params)
        token = pages.token(self.oai_response, self.verb)
        self.resumption_token = None if token is None else ResumptionToken(token=token.value)


class Client(Sickle):  # type: ignore[misc]
    """Sickle with `harvest` replaced: what it gives is a `Document`, parsed strictly and once.

    As shipped, Sickle's parser recovers in silence: after one bad byte every later `&lt;` of the page is lost, and half
    a page or a web page counts as the end of the list.
    """

    def __init__(self, access: Access, stop: Callable[[], bool], sleep: Callable[[float], None]) -> None:
        self.transport = Transport(access, Watch(stop))
        super().__init__(self.transport.home, iterator=_Steps)
        self.url = ""  # of the last answer
        self._access = access
        self._stop = stop
        self._sleep = sleep
        self._luck = random.SystemRandom().random
        self._delay = access.delay
        self._last = float("-inf")
        self._verbatim = False

    def harvest(self, **params: str) -> Document:
        """The answer to one request, retried as `access` allows.

        Raises `ProviderError`s, but not for an OAI-PMH <error>: that is an answer.
        """
        token = params.get("resumptionToken")
        query, verbatim = query_of(params), query_of(params, verbatim=True)
        if token is None or query == verbatim:
            return self._patiently(query)
        document = self._patiently(verbatim if self._verbatim else query)
        if pages.error_code(document) != OaiCode.BAD_RESUMPTION_TOKEN:
            return document
        # dash.harvard.edu refuses a token that is percent-encoded (metha), pyoai hands them out encoded already.
        second = self._patiently(query if self._verbatim else verbatim)
        if pages.error_code(second) == OaiCode.BAD_RESUMPTION_TOKEN:
            return document
        self._verbatim = not self._verbatim
        return second

    def _patiently(self, query: str) -> Document:
        tries, pause = 0, 0.0
        while True:
            self._wait_for_turn(pause)
            try:
                return self._attempt(query)
            except ProviderError as error:
                again = self._pause_after(error, tries)
                if again is None:
                    raise
                log.info("%s (asked again in %.0f s, %d times at most)", error, again, self._access.retries - tries)
            tries, pause = tries + 1, again

    def _wait_for_turn(self, pause: float) -> None:
        """Waits out our own pauses, and the moment that somebody was told for the host, which may move meanwhile."""
        ready = max(self._last + self._delay, time.monotonic() + pause)
        while True:
            now, told = time.monotonic(), backoff.until(self.transport.base)
            if told - now > self._access.retry_cap:
                raise _wait_until(told - now)
            retry.wait(max(ready, told) - now, self._stop, self._sleep)
            if backoff.until(self.transport.base) <= told:
                return

    def _pause_after(self, error: ProviderError, tries: int) -> float | None:
        self._delay = retry.next_delay(self._delay, self._access.delay, error)
        asked = retry.asked_to_wait(error)
        if asked is not None and asked > self._access.retry_cap:
            raise _wait_until(min(asked, retry.MOST_ASKED)) from error
        return retry.pause(error, tries, self._access, self._luck())

    def _attempt(self, query: str) -> Document:
        try:
            response = self._get(query)
            document = _document(response)
        except HarvesterError as error:
            self.transport.forget()
            self.hide(error)
            raise
        finally:
            self._last = time.monotonic()
        self.transport.keep(response)
        self.url = response.url
        self._delay = retry.next_delay(self._delay, self._access.delay, None)
        return document

    def _get(self, query: str) -> Response:
        """The answer to one request. What it asks for by Retry-After is known to all as soon as it comes."""
        response = self.transport.get(query)
        if response.status in OVERLOADED and (asked := _asked_to_wait(response)):
            for url in (response.url, self.transport.home):
                backoff.leave(url, min(asked, retry.MOST_ASKED))
        return response

    def hide(self, error: HarvesterError) -> None:
        """Takes out of an error's words what must not be said; the provider may have repeated it."""
        error.args = (_hidden(str(error), self.transport.secrets),)


def query_of(params: dict[str, str], *, verbatim: bool = False) -> str:
    """The arguments, percent-encoded once; empty ones are left out (Esri#77). `verbatim` sends the token as it is."""
    pairs = []
    for name, value in params.items():
        safe = _VERBATIM if verbatim and name == "resumptionToken" else ""
        if value:
            pairs.append(f"{name}={quote(value, safe=safe)}")
    return "&".join(sorted(pairs, key=lambda pair: not pair.startswith("verb=")))


def _document(response: Response) -> Document:
    """The answer's document. An HTTP error with an OAI-PMH <error> in its body is an answer (metha#39: 422)."""
    charset = charset_of(response.headers.get("Content-Type", ""))
    try:
        document = pages.read(response.body, charset)
    except ProviderError as error:
        if response.status != HTTPStatus.OK:
            raise _bad_status(response) from None
        if isinstance(error, BadAnswer) and (name := wall(response)):
            raise BadAnswer(blocked(response, name), transient=error.transient) from None
        raise
    if response.status == HTTPStatus.OK:
        return document
    if response.status in OVERLOADED or pages.error_code(document) is None:
        raise _bad_status(response)
    return document


def _bad_status(response: Response) -> BadStatus:
    status = response.status
    if name := wall(response):
        return BadStatus(blocked(response, name), status, _asked_to_wait(response))
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    said = f": “{text}”" if (text := pages.quote(response.body, 80)) else ""
    message = f"the provider answered with HTTP {status} {phrase}{said}; {_advice(response)}"
    return BadStatus(message, status, _asked_to_wait(response))


def _asked_to_wait(response: Response) -> float | None:
    header = response.headers.get("Retry-After")
    return retry.retry_after(header, _clock(response)) if header else None


def _wait_until(seconds: float) -> WaitUntil:
    """Rounded up: by the moment that is named the wait is over."""
    moment = (datetime.now(UTC) + timedelta(seconds=seconds + 1)).replace(microsecond=0)
    return WaitUntil(
        f"the provider asks to be left alone until {moment:%Y-%m-%d %H:%M} UTC; the next harvest after that "
        "goes on from here",
        moment,
    )


def _clock(response: Response) -> datetime:
    """The provider's clock, by which a date in Retry-After is meant; ours where it does not say."""
    return retry.http_date(response.headers.get("Date", "")) or datetime.now(UTC)


def _advice(response: Response) -> str:
    status = response.status
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return "a proxy between this machine and the provider asks for a login, not the provider"
    if status in (401, 403):
        return (
            "check username, password and headers of this source; if the address needs no login in a browser, "
            + let_through(response)
        )
    if status in (404, 410):
        return "check the address of the source, it may have moved"
    if status in OVERLOADED:
        return "harvest again later, or set a delay between requests"
    if status >= 500:
        return "harvest again later, and tell the provider's administrator if it stays"
    return (
        "check the address of the source; if it is right, the site's protection against robots may block this program: "
        + let_through(response)
    )


def _hidden(message: str, secrets: tuple[str, ...]) -> str:
    """The message without secrets, whole or cut short where the message quotes the beginning of something."""
    for secret in secrets:
        message = message.replace(secret, "…")
        for length in range(len(secret) - 1, _TELLING, -1):
            message = message.replace(f"{secret[:length]}…", "…")
    return message


def _discreetly(ask: Callable[Concatenate[Provider, P], T]) -> Callable[Concatenate[Provider, P], T]:
    """The question, whose errors repeat no secret and hold no page.

    An error holds the frames it came through, and they hold what came; where it is handed about it holds itself, until
    the collector comes, which is rarely in a harvest: twenty pages at the cap were 6 GB.
    """

    @wraps(ask)
    def asked(provider: Provider, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return ask(provider, *args, **kwargs)
        except (ProviderError, Interruption) as error:
            provider._client.hide(error)
            error.__context__ = None
            raise error.with_traceback(None) from None

    return asked


class Provider:
    """One source, asked one question at a time; for several at once make several.

    `stop` is asked at least every half second, in waits and in the middle of reads. `sleep` is how we wait.
    """

    def __init__(
        self, access: Access, *, stop: Callable[[], bool] = never, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = Client(access, stop, sleep)

    def __enter__(self) -> Provider:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._client.transport.close()

    @property
    def requests(self) -> int:
        """HTTP requests sent so far, redirects and retries included."""
        return self._client.transport.requests

    @property
    def url(self) -> str:
        """The address in use: the configured one, or the one it redirects to."""
        return self._client.transport.base

    @_discreetly
    def identify(self) -> Identity:
        return repository.identity(self._client.harvest(verb="Identify"))

    @_discreetly
    def formats(self) -> tuple[Format, ...]:
        return repository.formats(self._client.ListMetadataFormats().next())

    @_discreetly
    def sets(self) -> tuple[SetInfo, ...]:
        """Every set, each once, in the provider's order; empty where it has none.

        A page without a new one ends the list, not a token that comes twice: some keep one while they advance
        (scythe#411).
        """
        found: dict[str, SetInfo] = {}
        for document in self._client.ListSets():
            known = len(found)
            for row in repository.sets(document):
                found.setdefault(row.spec, row)
            if len(found) == known:
                break
        return tuple(found.values())

    def pages(self, window: Window, token: str | None = None) -> Iterator[Page]:
        """The pages of a list from its start, or from a token on. Each is requested when it is wanted.

        Raises what `page` raises. Does not notice a list that leads nowhere: its reader does, by what comes.
        """
        while True:
            page = self.page(window, token)
            yield page
            if page.token is None:
                return
            token = page.token.value

    @_discreetly
    def page(self, window: Window, token: str | None = None) -> Page:
        """One page of records; without records and token where nothing matches."""
        document = self._client.ListRecords(**_arguments(window, token)).next()
        return pages.page(document, "ListRecords", self._client.url)

    @_discreetly
    def identifiers(self, window: Window, token: str | None = None) -> Page:
        """One page of headers: records without payload."""
        document = self._client.ListIdentifiers(**_arguments(window, token)).next()
        return pages.page(document, "ListIdentifiers", self._client.url)

    @_discreetly
    def record(self, identifier: str, prefix: str) -> Page:
        """One record by its identifier.

        Raises `ProtocolError` idDoesNotExist where there is none, in whatever words it is said, and `BadAnswer` where
        another one comes.
        """
        document = self._client.GetRecord(identifier=identifier, metadataPrefix=prefix)
        page = pages.page(document, "GetRecord", self._client.url)
        given = [raw.identifier for raw in page.records]
        if identifier in given or page.bad:
            return page
        if given:
            raise BadAnswer(f"asked for a record by name, the provider gave another, {pages.safe(given[0])}")
        raise ProtocolError(OaiCode.ID_DOES_NOT_EXIST, "nothing comes for this name")


def _arguments(window: Window, token: str | None) -> dict[str, str]:
    if token is not None:
        return {"resumptionToken": token}
    return {
        "metadataPrefix": window.prefix,
        "set": window.set_spec or "",
        "from": window.since or "",
        "until": window.until or "",
    }
