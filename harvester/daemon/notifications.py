"""Telling people: by mail, by a webhook, and in the log or on stderr always."""

from __future__ import annotations

import math
import smtplib
import ssl
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import partial
from threading import Thread

import msgspec
import requests

from harvester.config import Alerts
from harvester.daemon.incidents import News
from harvester.errors import ConfigError, HarvesterError, Stopped
from harvester.system.stopping import Stop, never_stop

PATIENCE = 30.0  # seconds for a mail server or a webhook
GRACE = 5.0  # the same, once we are told to stop: systemd kills what takes longer than TimeoutStopSec
_LOOK = 0.1  # seconds between two looks whether we are told to stop


class NotTold(HarvesterError):
    """A mail or a webhook did not get through; the message names the next step."""


def tell(alerts: Alerts, news: News, zone: str, stop: Stop = never_stop) -> None:
    """Sends the news wherever `[alerts]` says, all of it before any failure is raised as `NotTold`."""
    failures = []
    for send in (_mail, _webhook):
        try:
            _heeding(stop, partial(send, alerts, news, zone))
        except ConfigError as error:
            failures.append(str(error))
        except Stopped:
            failures.append(f"{_WHERE[send]} before we were told to stop; it is tried again after the next start")
        except (OSError, smtplib.SMTPException, requests.RequestException) as error:
            failures.append(f"{_WHERE[send]} ({_reason(error)}); check [alerts]")
    if failures:
        raise NotTold("Nobody could be told: " + "; ".join(failures))


def _heeding(stop: Stop, send: Callable[[], None]) -> None:
    """Sends in a thread that may be left behind. Raises `Stopped`, and what sending raises."""
    done: Future[None] = Future()
    Thread(target=_fulfil, args=(done, send), name="telling", daemon=True).start()
    end = math.inf
    while not wait((done,), _LOOK).done:
        end = min(end, time.monotonic() + GRACE) if stop() else end
        if time.monotonic() > end:
            raise Stopped("told to stop while somebody was being told")
    done.result()


def _fulfil(done: Future[None], send: Callable[[], None]) -> None:
    try:
        send()
    except BaseException as error:
        done.set_exception(error)
    else:
        done.set_result(None)


def _reason(error: Exception) -> str:
    """No more than the kind of most errors: the address of a webhook is a secret, and stands in its messages."""
    return error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else type(error).__name__


def _mail(alerts: Alerts, news: News, zone: str) -> None:
    if not (alerts.email_to and alerts.email_from and alerts.smtp_host):
        return
    message = EmailMessage()
    message["From"], message["To"] = alerts.email_from, ", ".join(alerts.email_to)
    message["Subject"] = f"harvester: {headline(news)}"
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=alerts.email_from.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation notes, please
    message.set_content(news.text(zone) + "\n")
    with _connected(alerts, alerts.smtp_host) as server:
        password = alerts.smtp_password()
        if alerts.smtp_username and password:
            server.login(alerts.smtp_username, password)
        server.send_message(message)


def _connected(alerts: Alerts, host: str) -> smtplib.SMTP:
    if alerts.smtp_security == "tls":
        return smtplib.SMTP_SSL(host, alerts.smtp_port, timeout=PATIENCE, context=ssl.create_default_context())
    server = smtplib.SMTP(host, alerts.smtp_port, timeout=PATIENCE)
    if alerts.smtp_security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _webhook(alerts: Alerts, news: News, zone: str) -> None:
    url = alerts.webhook_url()
    if url is None:
        return
    document = {"text": news.text(zone), "troubles": news.troubles, "over": [one.subject for one in news.over]}
    answer = requests.post(
        url,
        data=msgspec.json.encode(document),
        headers={"Content-Type": "application/json"},
        timeout=PATIENCE,
        allow_redirects=False,
    )
    if not 200 <= answer.status_code < 300:
        raise requests.HTTPError(f"HTTP {answer.status_code}")


_WHERE = {_mail: "the mail server did not take the mail", _webhook: "the webhook did not answer as it should"}


def headline(news: News) -> str:
    """The subject of a mail."""
    parts = []
    if news.troubles:
        parts.append(f"{', '.join(one.subject for one in news.troubles)} needs you")
    if news.over:
        parts.append(f"{', '.join(one.subject for one in news.over)} works again")
    return "; ".join(parts)
