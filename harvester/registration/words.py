"""What to say about files and DOIs where the agency has said nothing yet."""

from __future__ import annotations

from datetime import datetime

from harvester.store import DoiState, FileState, Submission

OF_FILE: dict[FileState, str] = {
    "planned": "planned",
    "written": "not sent",
    "sending": "being sent",
    "sent": "sent and received",
    "queued": "waiting in the queue of the agency",
    "in_process": "being processed by the agency",
    "completed": "processed",
    "throttled": "not received, to be sent again",
    "unavailable": "not received, because the agency could not be reached",
    "uncertain": "sent without a clear answer, so perhaps received",
    "lost": "unknown to the agency, although it should have been received",
    "login_refused": "not received, because the agency refused the login",
    "superseded": "not sent, because newer files replace it",
}

OF_DOI: dict[DoiState, str] = {
    "never_sent": "Never sent.",
    "waiting": "Waiting for the result of its file.",
    "uncertain": "It is not known whether its file was received. The program asks for it.",
    "registered": "The DOI is registered.",
    "registered_with_conflict": "The DOI is registered, but another DOI has the same metadata.",
    "refused": "The DOI is not registered.",
    "unaccounted": "The agency processed its file and said nothing about the DOI.",
    "elsewhere": "Deposited by another program.",
}

NOT_SENT_YET = "Its file waits to be sent."
SAID_BY_A_PERSON = {
    "registered": "The DOI is registered. A person said so.",
    "refused": "The DOI is not registered. A person said so, and the next deposit includes it.",
}

GROUPS: dict[DoiState, str] = {
    "registered": "registered",
    "registered_with_conflict": "registered, with a conflict",
    "refused": "refused",
    "waiting": "waiting for a result",
    "uncertain": "uncertain",
    "unaccounted": "unaccounted for",
    "elsewhere": "deposited by another program",
    "never_sent": "never sent",
}


def of_file(file: Submission, now: datetime) -> str:
    """The state of a file, the agency's last words, and what is next."""
    words = OF_FILE[file.state]
    if file.answer:
        words += f' ("{file.answer}")'
    if file.next is not None and file.state not in ("completed", "superseded"):
        words += f"; next: {'now' if file.next <= now else f'{file.next:%Y-%m-%d %H:%M} UTC'}"
    return words
