"""Requests to one provider: Sickle's verbs over our own transport, retries and strict parser."""

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
from harvester.oai.pages import Document
from harvester.oai.transport import Response, Transport
from harvester.oai.walls import blocked, let_through, wall
from harvester.system.confidential import SHORTEST_SECRET
from harvester.system.head import http_date, retry_after
from harvester.system.network import RequestGuard
from harvester.system.progress import report_pause
from harvester.system.stopping import never_stop, wait

log = logging.getLogger(__name__)

# Characters that a resumption token may contain and still be sent as it is. Others would end the argument or the URL.
_VERBATIM = "!$'()*+,/:;=?@%~"

P = ParamSpec("P")
T = TypeVar("T")


class _Answers(OAIResponseIterator):  # type: ignore[misc]
    """Gives one answer per request. Does not notice a list that goes in circles."""

    resumption_token: ResumptionToken | None

    def _next_response(self) -> None:
        params = self.params
        if self.resumption_token:
            params = {"verb": self.verb, "resumptionToken": self.resumption_token.token}
        self.oai_response = self.sickle.harvest(**params)
        token = pages.token(self.oai_response, self.verb)
        self.resumption_token = None if token is None else ResumptionToken(token=token.value)


class Client(Sickle):  # type: ignore[misc]
    """Sickle with its `harvest` replaced: the result is a `Document`, parsed strictly and once.

    Sickle's own parser recovers from errors silently: after one bad byte every later `&lt;` of the page is lost, and
    half a page or a web page counts as the end of the list.
    """

    def __init__(self, access: Access, stop: Callable[[], bool], sleep: Callable[[float], None]) -> None:
        self.transport = Transport(access, RequestGuard(stop))
        super().__init__(self.transport.home, iterator=_Answers)
        self.url = ""  # of the last answer
        self._access = access
        self._stop = stop
        self._sleep = sleep
        self._jitter = random.SystemRandom().random
        self._delay = access.delay
        self._last = float("-inf")
        self._verbatim = False

    def harvest(self, **params: str) -> Document:
        """The answer to one request, retried as `access` allows.

        Raises `ProviderError` and `Interruption`, but not for an OAI-PMH <error>: that is an answer.
        """
        token = params.get("resumptionToken")
        query, verbatim = query_of(params), query_of(params, verbatim=True)
        if token is None or query == verbatim:
            return self._with_retries(query)
        document = self._with_retries(verbatim if self._verbatim else query)
        if pages.error_code(document) != OaiCode.BAD_RESUMPTION_TOKEN:
            return document
        # dash.harvard.edu refuses a percent-encoded token (metha), and tokens of pyoai are already encoded.
        second = self._with_retries(query if self._verbatim else verbatim)
        if pages.error_code(second) == OaiCode.BAD_RESUMPTION_TOKEN:
            return document
        self._verbatim = not self._verbatim
        return second

    def _with_retries(self, query: str) -> Document:
        tries, pause = 0, 0.0
        while True:
            self._wait_until_allowed(pause)
            if tries:
                report_pause("")
            try:
                return self._attempt(query)
            except ProviderError as error:
                next_pause = self._pause_after(error, tries)
                if next_pause is None:
                    raise
                log.info("%s (retrying in %.0f s, %d of %d)", error, next_pause, tries + 1, self._access.retries)
                report_pause(f"retrying in {next_pause:.0f} s ({tries + 1} of {self._access.retries}): {error}")
            tries, pause = tries + 1, next_pause

    def _wait_until_allowed(self, pause: float) -> None:
        """Waits for our own delay, and for the pause that the host asked any thread for, which may grow meanwhile."""
        ready = max(self._last + self._delay, time.monotonic() + pause)
        while True:
            now, allowed = time.monotonic(), backoff.not_before(self.transport.base)
            if allowed - now > self._access.retry_cap:
                raise _wait_until(allowed - now)
            wait(max(ready, allowed) - now, self._stop, self._sleep)
            if backoff.not_before(self.transport.base) <= allowed:
                return

    def _pause_after(self, error: ProviderError, tries: int) -> float | None:
        self._delay = retry.next_delay(self._delay, self._access.delay, error)
        requested = retry.requested_pause(error)
        if requested is not None and requested > self._access.retry_cap:
            raise _wait_until(min(requested, retry.LONGEST_RETRY_AFTER)) from error
        return retry.pause(error, tries, self._access, self._jitter())

    def _attempt(self, query: str) -> Document:
        try:
            response = self._get(query)
            document = _document(response)
        except HarvesterError as error:
            self.transport.reset_address()
            self.redact(error)
            raise
        finally:
            self._last = time.monotonic()
        self.transport.keep_address(response)
        self.url = response.url
        self._delay = retry.next_delay(self._delay, self._access.delay, None)
        return document

    def _get(self, query: str) -> Response:
        """Sends one request. All threads know of its Retry-After at once."""
        response = self.transport.get(query)
        if response.status in OVERLOADED and (seconds := _retry_after(response)):
            for url in (response.url, self.transport.home):
                backoff.hold_off(url, min(seconds, retry.LONGEST_RETRY_AFTER))
        return response

    def redact(self, error: HarvesterError) -> None:
        """Removes secrets from the message of an error. The provider may have repeated them."""
        error.args = (_redacted(str(error), self.transport.secrets),)


def query_of(params: dict[str, str], *, verbatim: bool = False) -> str:
    """The arguments, percent-encoded once. Empty ones are left out (Esri#77). `verbatim` sends the token as it is."""
    pairs = []
    for name, value in params.items():
        safe = _VERBATIM if verbatim and name == "resumptionToken" else ""
        if value:
            pairs.append(f"{name}={quote(value, safe=safe)}")
    return "&".join(sorted(pairs, key=lambda pair: not pair.startswith("verb=")))


def _document(response: Response) -> Document:
    """The document of an answer. An HTTP error with an OAI-PMH <error> in its body is an answer (metha#39: 422)."""
    charset = charset_of(response.headers.get("Content-Type", ""))
    try:
        document = pages.read(response.body, charset)
    except ProviderError as error:
        if response.status != HTTPStatus.OK:
            raise _bad_status(response) from None
        if isinstance(error, BadAnswer) and (name := wall(response)):
            raise BadAnswer(blocked(response, name), transient=error.transient, is_wall=True) from None
        raise
    if response.status == HTTPStatus.OK:
        return document
    if response.status in OVERLOADED or pages.error_code(document) is None:
        raise _bad_status(response)
    return document


def _bad_status(response: Response) -> BadStatus:
    status = response.status
    if name := wall(response):
        return BadStatus(blocked(response, name), status, _retry_after(response), is_wall=True)
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else ""
    said = f": “{text}”" if (text := pages.quote(response.body, 80)) else ""
    message = f"the provider answered with HTTP {status} {phrase}{said}; {_advice(response)}"
    return BadStatus(message, status, _retry_after(response))


def _retry_after(response: Response) -> float | None:
    header = response.headers.get("Retry-After")
    return retry_after(header, _clock(response)) if header else None


def _wait_until(seconds: float) -> WaitUntil:
    """The moment is rounded up, so that the wait is over by then."""
    moment = (datetime.now(UTC) + timedelta(seconds=seconds + 1)).replace(microsecond=0)
    return WaitUntil(
        f"the provider asks to be left alone until {moment:%Y-%m-%d %H:%M} UTC; the next harvest after that "
        "resumes from here",
        moment,
    )


def _clock(response: Response) -> datetime:
    """When the answer was sent by the provider's clock, which a date in Retry-After refers to; else by ours."""
    return http_date(response.headers.get("Date", "")) or datetime.now(UTC)


def _advice(response: Response) -> str:
    status = response.status
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return (
            "a proxy between this machine and the provider asks for a login; write it into the environment variables "
            "HTTP_PROXY and HTTPS_PROXY (http://user:password@host:port) and remove the setting proxy"
        )
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


def _redacted(message: str, secrets: tuple[str, ...]) -> str:
    """The message without secrets, and without the beginning of a secret where the message cuts a quotation short."""
    for secret in secrets:
        message = message.replace(secret, "…")
        for length in range(len(secret) - 1, SHORTEST_SECRET - 1, -1):
            message = message.replace(f"{secret[:length]}…", "…")
    return message


def _redacting(send: Callable[Concatenate[Provider, P], T]) -> Callable[Concatenate[Provider, P], T]:
    """Redacts secrets in the errors of a request, and drops the frames of the errors.

    The frames hold the page, and an error that is passed on is part of a cycle. The garbage collector runs rarely in a
    harvest: twenty pages at the cap were 6 GB.
    """

    @wraps(send)
    def redacted(provider: Provider, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return send(provider, *args, **kwargs)
        except (ProviderError, Interruption) as error:
            provider._client.redact(error)
            error.__context__ = None
            raise error.with_traceback(None) from None

    return redacted


class Provider:
    """One source, for one request at a time. For several at once, make several.

    `stop` is called at least every half second, during pauses and reads. `sleep` waits that many seconds.
    """

    def __init__(
        self, access: Access, *, stop: Callable[[], bool] = never_stop, sleep: Callable[[float], None] = time.sleep
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
        """How many HTTP requests were sent, with redirects and retries."""
        return self._client.transport.requests

    @property
    def url(self) -> str:
        """The address in use: the configured one, or the one that it redirects to."""
        return self._client.transport.base

    @_redacting
    def identify(self) -> Identity:
        return repository.identity(self._client.harvest(verb="Identify"))

    @_redacting
    def formats(self) -> tuple[Format, ...]:
        return repository.formats(self._client.ListMetadataFormats().next())

    @_redacting
    def sets(self) -> tuple[SetInfo, ...]:
        """Every set, each once, in the provider's order; empty if it has none.

        A page without a new set ends the list. A token that comes twice does not: some providers keep one token while
        they advance (oaipmh-scythe#411).
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

        Raises what `page` raises. Does not notice a list that goes in circles.
        """
        while True:
            page = self.page(window, token)
            yield page
            if page.token is None:
                return
            token = page.token.value

    @_redacting
    def page(self, window: Window, token: str | None = None) -> Page:
        """One page of records, without any if nothing matches. Raises `ProviderError` and `Interruption`."""
        document = self._client.ListRecords(**_arguments(window, token)).next()
        return pages.page(document, "ListRecords", self._client.url)

    @_redacting
    def identifiers(self, window: Window, token: str | None = None) -> Page:
        """One page of headers: records without payload."""
        document = self._client.ListIdentifiers(**_arguments(window, token)).next()
        return pages.page(document, "ListIdentifiers", self._client.url)

    @_redacting
    def record(self, identifier: str, prefix: str) -> Page:
        """One record by its identifier.

        Raises `ProtocolError` idDoesNotExist if there is none, even if the provider answers without a record, and
        `BadAnswer` if another record comes.
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
