"""Sends notifications to people, by mail and by a webhook. They always appear in the log or on stderr as well."""

from __future__ import annotations

import logging
import math
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import ExitStack, contextmanager
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import partial
from threading import Thread

import msgspec
import requests
from msgspec import Struct

from harvester import __version__
from harvester.config import Alerts, Config
from harvester.daemon.alerts import Notification
from harvester.errors import ConfigError, HarvesterError, ProviderError, Stopped, StoreError
from harvester.oai.transport import cause
from harvester.system import locks
from harvester.system.network import RequestGuard, Session, certificates_of_environment, trust
from harvester.system.stopping import Stop, never_stop

log = logging.getLogger("harvester.daemon")

TIMEOUT = 30.0  # seconds for a mail server or a webhook
GRACE = 5.0  # the same after a stop was requested: systemd kills what takes longer than TimeoutStopSec
_POLL = 0.1  # seconds between two checks for a stop request


class NotificationError(HarvesterError):
    """A mail or a webhook failed. The message names the next step."""


class Message(Struct, frozen=True, kw_only=True):
    """What is sent: the subject and the text of a mail, and what the webhook gets in addition."""

    subject: str
    text: str
    fields: Mapping[str, object] = {}


class Outcome(Struct, frozen=True, kw_only=True):
    """How one way of sending ended; `error` is `None` if the message was accepted."""

    way: str
    to: str
    error: str | None = None


def message_of(notification: Notification, config: Config) -> Message:
    """The message about incidents, with where it comes from."""
    fields = {"troubles": notification.incidents, "over": [alert.subject for alert in notification.recovered]}
    return message(config, headline(notification), notification.text(config.zone), **fields)


def message(config: Config, subject: str, text: str, **fields: object) -> Message:
    """A message that names the machine and the configuration it comes from: people have several."""
    machine = socket.gethostname()
    origin = {"machine": machine, "config": str(config.path)}
    signature = f"-- \nharvester {__version__} on {machine}, {config.path}"
    return Message(
        subject=f"harvester on {machine}: {subject}", text=f"{text}\n\n{signature}", fields={**fields, **origin}
    )


@contextmanager
def turn_to_notify(config: Config) -> Iterator[None]:
    """Keeps other processes from notifying people, from the look at what to report to the memory that it was sent.

    Raises `BusyError` if another one notifies them: it may hang in a mail server, so nobody waits for it. Where a lock
    file cannot be written, as on a full disk, nothing is kept: a report that comes twice is better than none.
    """
    with ExitStack() as held:
        try:
            held.enter_context(locks.hold(config.locks, "alerts", what="alerts"))
        except StoreError as error:
            log.debug("alerts are sent without a lock: %s", error)
        yield


def send(alerts: Alerts, message: Message, stop: Stop = never_stop) -> None:
    """Sends the message by every way in `[alerts]`. Raises `NotificationError` at the end if one failed."""
    failures = [outcome.error for outcome in send_each(alerts, message, stop) if outcome.error]
    if failures:
        raise NotificationError("Nobody could be told: " + "; ".join(failures))


def send_each(alerts: Alerts, message: Message, stop: Stop = never_stop) -> list[Outcome]:
    """Sends the message by every way in `[alerts]`; how each of them ended."""
    return [Outcome(way=_NAMES[way], to=to, error=_failure(way, alerts, message, stop)) for way, to in _ways(alerts)]


def _ways(alerts: Alerts) -> Iterator[tuple[Way, str]]:
    """The configured ways with their receivers. The URL of a webhook is a secret."""
    if alerts.email_to and alerts.email_from and alerts.smtp_host:
        yield _mail, f"{', '.join(alerts.email_to)} by {alerts.smtp_host}:{alerts.smtp_port}"
    if where := alerts.webhook_url_env or alerts.webhook_url_file:
        yield _webhook, f"the URL in {where}"


def _failure(way: Way, alerts: Alerts, message: Message, stop: Stop) -> str | None:
    try:
        _call_until_stopped(partial(way, alerts, message), stop)
    except ConfigError as error:
        return str(error)
    except Stopped:
        return f"{_FAILURES[way]} before the program was stopped; it is retried after the next start"
    except (OSError, smtplib.SMTPException, requests.RequestException, ProviderError) as error:
        return f"{_FAILURES[way]} ({_reason(error)}); check [alerts]"
    return None


def _call_until_stopped(call: Callable[[], None], stop: Stop) -> None:
    """Calls in a thread, which is abandoned some time after a stop. Raises `Stopped`, and what the call raises."""
    done: Future[None] = Future()
    Thread(target=_complete, args=(done, call), name="notifying", daemon=True).start()
    end = math.inf
    while not wait((done,), _POLL).done:
        end = min(end, time.monotonic() + GRACE) if stop() else end
        if time.monotonic() > end:
            raise Stopped("stopped while a notification was being sent")
    done.result()


def _complete(done: Future[None], call: Callable[[], None]) -> None:
    try:
        call()
    except BaseException as error:
        done.set_exception(error)
    else:
        done.set_result(None)


def _reason(error: Exception) -> str:
    """The kind of an error only, for most of them: the URL of a webhook is a secret and is part of the messages."""
    if certificate := cause(error, ssl.SSLCertVerificationError):
        return f"{certificate.verify_message}: ca_file can name a certificate of your own"
    match error:
        case smtplib.SMTPResponseException():
            return f"{error.smtp_code} {_decoded(error.smtp_error)}"
        case smtplib.SMTPRecipientsRefused():
            return "; ".join(f"{to}: {code} {_decoded(words)}" for to, (code, words) in error.recipients.items())
        case socket.gaierror():
            return "its host name is not known"
        case requests.exceptions.ProxyError():
            return "the proxy gives no connection"
        case requests.HTTPError():
            return str(error)  # ours, without the URL
        case _:
            return type(error).__name__


def _decoded(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words


def _mail(alerts: Alerts, content: Message) -> None:
    assert alerts.email_from
    assert alerts.smtp_host
    message = EmailMessage()
    message["From"], message["To"] = alerts.email_from, ", ".join(alerts.email_to)
    message["Subject"] = content.subject
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=alerts.email_from.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: prevents vacation notes
    message.set_content(content.text + "\n")
    with _connected(alerts, alerts.smtp_host) as server:
        password = alerts.smtp_password()
        if alerts.smtp_username and password:
            server.login(alerts.smtp_username, password)
        server.send_message(message)


def _connected(alerts: Alerts, host: str) -> smtplib.SMTP:
    context = ssl.create_default_context()
    trust(context, alerts.certificates() or certificates_of_environment())
    if alerts.smtp_security == "tls":
        return smtplib.SMTP_SSL(host, alerts.smtp_port, timeout=TIMEOUT, context=context)
    server = smtplib.SMTP(host, alerts.smtp_port, timeout=TIMEOUT)
    if alerts.smtp_security == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


def _webhook(alerts: Alerts, content: Message) -> None:
    url = alerts.webhook_url()
    assert url
    status = _post(alerts, url, msgspec.json.encode({"text": content.text, **content.fields}))
    if not 200 <= status < 300:
        raise requests.HTTPError(f"HTTP {status}")


def _post(alerts: Alerts, url: str, body: bytes) -> int:
    """The status of the answer. The address may be private: a person configured it, and no redirect is followed."""
    guard = RequestGuard(never_stop)  # `_call_until_stopped` abandons the request
    guard.start(TIMEOUT)
    certificates = alerts.certificates() or certificates_of_environment()
    with Session(guard, True, alerts.proxy, certificates) as session:
        answer = session.post(
            url,
            data=body,
            headers={"Content-Type": "application/json"},
            timeout=TIMEOUT,
            allow_redirects=False,
            stream=True,
            proxies=session.proxies_for(url),
        )
        return answer.status_code


Way = Callable[[Alerts, Message], None]
_NAMES: dict[Way, str] = {_mail: "mail", _webhook: "webhook"}
_FAILURES: dict[Way, str] = {
    _mail: "the mail server did not take the mail",
    _webhook: "the webhook did not answer as it should",
}


def headline(notification: Notification) -> str:
    """The subject of a mail."""
    parts = []
    if notification.incidents:
        parts.append(f"{', '.join(incident.subject for incident in notification.incidents)} needs you")
    if notification.recovered:
        parts.append(f"{', '.join(alert.subject for alert in notification.recovered)} works again")
    return "; ".join(parts)
