"""Accept, refuse, ask: what each does, and the e-mail that says why.

**Reads** the edition. **Writes** contributions, judgements, the journal, e-mails.
**Method** One transaction a decision, on a row held meanwhile: two moderators do not decide twice. A
refusal or a question says why. Accepting a new initiative may say which records it repeats and may
correct its themes; accepting a declared error becomes the judgement that mends it.
**Limits** What is accepted is read at the next build, not before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from observatory.contribute.existing import existing
from observatory.contribute.journal import write
from observatory.contribute.models import Batch, Contribution, Judgement
from observatory.contribute.send import mail
from observatory.contribute.suggest import propose
from observatory.edition import current
from quartiers.judgements import FIELDS
from quartiers.judgements import mark as mark_of_value
from quartiers.link.items import as_item
from quartiers.link.judgements import mark

Kind, Status = Contribution.Kind, Contribution.Status
#: What a moderator says → what the contribution becomes.
VERDICTS = {"accept": Status.ACCEPTED, "refuse": Status.REFUSED, "ask": Status.ASKED}
OPEN = (Status.PENDING, Status.ASKED)


class AlreadyDecided(Exception):
    """Someone else decided meanwhile."""


@dataclass(slots=True)
class Decision:
    """``same_as``: records that it repeats; ``topics``: dimension → values, when a person set them."""

    verdict: str
    reason: str = ""
    same_as: Sequence[str] = ()
    topics: dict[str, list[str]] | None = None
    digital: str = "oui"


@transaction.atomic
def decide(request: HttpRequest, identifier: str, decision: Decision) -> Contribution:
    """One decision on one contribution. Raises AlreadyDecided, NotSent."""
    contribution = Contribution.objects.select_for_update().get(id=identifier)
    if contribution.status not in OPEN:
        raise AlreadyDecided
    settle(request, contribution, decision)
    if contribution.contact is not None:
        mail(request, contribution.contact, decision.verdict, {"sent": contribution})
    return contribution


@transaction.atomic
def decide_batch(request: HttpRequest, batch: Batch, decision: Decision) -> int:
    """The same decision for all that is open in a batch; one e-mail. Raises NotSent."""
    rows = list(Contribution.objects.select_for_update().filter(batch=batch, status__in=OPEN))
    for contribution in rows:
        settle(request, contribution, decision)
    if rows and rows[0].contact is not None:
        mail(request, rows[0].contact, decision.verdict, {"sent": rows[0], "count": len(rows)})
    return len(rows)


def settle(request: HttpRequest, contribution: Contribution, decision: Decision) -> None:
    """Write the decision and what follows from it."""
    contribution.status = VERDICTS[decision.verdict]
    contribution.reason = decision.reason
    if decision.verdict != "ask":
        contribution.decided_at = timezone.now()
    if decision.verdict == "accept":
        for effect in effects(contribution, decision):
            judge(request.user, **effect)
        contribution.before = {**contribution.before, "records": source_marks(contribution)}
    contribution.save()
    write(str(request.user), decision.verdict, contribution.id, decision.reason)


def effects(contribution: Contribution, decision: Decision) -> list[dict[str, Any]]:
    """The judgements that accepting a contribution makes."""
    made: list[dict[str, Any]] = []
    if contribution.kind == Kind.DECLARE:
        for other in decision.same_as:
            made.append(pair_of(contribution.record, other, "meme"))
        if decision.topics is not None:
            made.append(
                {
                    "subject": "record",
                    "first": contribution.record,
                    "answer": decision.digital,
                    "topics": decision.topics if decision.digital == "oui" else {},
                }
            )
    about = existing(contribution.about) if contribution.about else None
    if contribution.kind == Kind.ERROR and about is not None:
        if contribution.trouble == "numerique":
            made += [
                {"subject": "record", "first": record, "answer": "non"} for record in about.records
            ]
        other_one = existing(contribution.cells.get("autre", ""))
        if contribution.trouble == "doublon" and other_one is not None and about.records:
            made.append(pair_of(about.records[0], other_one.records[0], "meme"))
    return made


def pair_of(one: str, other: str, answer: str) -> dict[str, Any]:
    """A judgement about two records, in order."""
    first, second = sorted((one, other))
    return {"subject": "pair", "first": first, "second": second, "answer": answer}


def judge(
    author: Any,
    *,
    subject: str,
    first: str,
    answer: str,
    second: str = "",
    topics: dict[str, list[str]] | None = None,
) -> Judgement:
    """Keep one answer; a newer one replaces it, and its history keeps both."""
    if subject == "pair":
        topics = {"marks": [seen_mark(first), seen_mark(second)]}
    judgement, _made = Judgement.objects.update_or_create(
        subject=subject,
        first=first,
        second=second,
        defaults={"answer": answer, "topics": topics or {}, "author": author},
    )
    write(str(author), "jugement", f"{first} {second}".strip(), answer)
    return judgement


def seen_mark(record: str) -> str:
    """A mark of what the edition says of a record now; empty for what is not in it yet."""
    row = current().row("SELECT * FROM records WHERE id = ?", [record])
    if row is None:
        return ""
    return mark(as_item(dict(row) | {"place_types": json.loads(row["place_types"] or "[]")}))


def mended(contribution: Contribution) -> dict[str, str]:
    """Column → value that an accepted contribution puts in the place of the source's."""
    if contribution.kind == Kind.ERROR:
        is_over = contribution.trouble == "finie"
        return {"fin": f"{contribution.created_at:%Y}"} if is_over else {}
    return {name: value for name, value in contribution.cells.items() if name in FIELDS}


def source_marks(contribution: Contribution) -> dict[str, dict[str, str]]:
    """Record → column → a mark of what the edition says, for the guard that retires a correction."""
    about = existing(contribution.about) if contribution.about else None
    found = {}
    for record in about.records if about else ():
        row = current().row("SELECT * FROM records WHERE id = ?", [record])
        if row is not None:
            found[record] = {name: said_mark(row, FIELDS[name]) for name in mended(contribution)}
    return found


def said_mark(row: Any, column: str) -> str:
    """A mark of what a record says of a field; lists are JSON text in the edition."""
    said = row[column]
    return mark_of_value(json.loads(said) if column in ("declared_qpv", "place_types") else said)


def still_holds(judgement: Judgement) -> bool:
    """Whether an answer about a pair is about what the two records say now."""
    seen = judgement.topics.get("marks", ["", ""])
    now = (seen_mark(judgement.first), seen_mark(judgement.second))
    return all(not before or before == after for before, after in zip(seen, now, strict=True))


def machine_of(contribution: Contribution) -> dict[str, Any]:
    """What the engine makes of a contribution, kept beside it once read."""
    if contribution.kind == Kind.DECLARE and not contribution.machine and contribution.cells:
        proposal = propose({k: str(v) for k, v in contribution.cells.items()})
        contribution.machine = proposal.as_dict() if proposal else {}
        Contribution.objects.filter(id=contribution.id).update(machine=contribution.machine)
    return dict(contribution.machine)
