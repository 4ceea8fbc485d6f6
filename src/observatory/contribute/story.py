"""What was sent and what became of it, in the words of people: for the queue and the journal.

**Reads** contributions, their history, the journal. **Writes** nothing.
**Method** Two states of a contribution are compared field by field; an act is called by its name here.
**Limits** The last :data:`MOST` steps; an act without a name is shown as the journal writes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice, pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from observatory.contribute.forms import CARRIERS, TROUBLES, WORDS
from observatory.contribute.models import Act, Contribution
from observatory.names import name_of
from quartiers.territories import load

Kind, Status = Contribution.Kind, Contribution.Status
#: Steps of a story that are looked at.
MOST = 30
#: What an act of the journal is called.
ACTS = {
    "envoi": gettext_lazy("Envoi reçu"),
    "confirmation": gettext_lazy("Courriel confirmé"),
    "accept": gettext_lazy("Accepté"),
    "refuse": gettext_lazy("Refusé"),
    "ask": gettext_lazy("Précision demandée"),
    "réponse": gettext_lazy("Réponse reçue"),
    "jugement": gettext_lazy("Avis donné"),
    "oubli": gettext_lazy("Effacement"),
    "mot de passe": gettext_lazy("Mot de passe changé"),
    "second facteur": gettext_lazy("Double authentification"),
    "export": gettext_lazy("Export"),
}
#: What an expert answered.
ANSWERS = {
    "oui": gettext_lazy("numérique"),
    "non": gettext_lazy("pas numérique"),
    "meme": gettext_lazy("même chose"),
    "different": gettext_lazy("deux choses"),
    "incertain": gettext_lazy("on ne peut pas dire"),
    "doute": gettext_lazy("on ne peut pas dire"),
}


def in_words(name: str, value: str) -> str:
    """A cell as people read it: the label of a code, else what was written."""
    if name == "type":
        return name_of("kind", value)
    if name == "type_porteur":
        return str(CARRIERS.get(value, value))
    if name == "code_qpv" and value:
        return f"{load().label(value)} ({value})"
    return value


def gist(contribution: Contribution) -> str:
    """What it says, for a list: the description, what is wrong, or what changes."""
    if contribution.kind == Kind.ERROR:
        trouble = str(TROUBLES.get(contribution.trouble, ""))
        said = contribution.message
        return said if said.startswith(trouble) else f"{trouble}. {said}"
    if contribution.kind == Kind.CORRECT:
        return " · ".join(
            f"{WORDS[name][0]} {in_words(name, str(value)) or '–'}"
            for name, value in contribution.cells.items()
            if name in WORDS
        )
    return str(contribution.cells.get("description") or contribution.message)


def story(contribution: Contribution) -> list[dict[str, Any]]:
    """Each step, the newest first: when, by whom, what happened, the words said then."""
    told = []
    steps = [*contribution.history.all()[: MOST + 1], None]  # None: before it was sent
    for now, before in islice(pairwise(steps), MOST):
        changed = {c.field for c in now.diff_against(before).changes} if before else {"status"}
        if not changed & {"status", "message", "cells"}:
            continue
        what = Status(now.status).label if "status" in changed else _("Texte modifié")
        if before is None:
            what = ACTS["envoi"]
        said = now.reason if "reason" in changed else ""
        told.append({"at": now.history_date, "who": now.history_user, "what": what, "said": said})
    return told


def journal_lines(acts: Iterable[Act]) -> list[dict[str, Any]]:
    """Acts as people read them: ``sent`` is the contribution that an act is about, if there is one."""
    acts = list(acts)
    known = Contribution.objects.in_bulk([act.about for act in acts])
    return [
        {
            "at": act.at,
            "who": act.who,
            "what": ACTS.get(act.what, act.what),
            "about": act.about,
            "sent": known.get(act.about),
            "detail": detail_of(act),
        }
        for act in acts
    ]


def detail_of(act: Act) -> str:
    """The detail of an act; «declare × 1» is «Nouvelle initiative»."""
    if act.what == "jugement":
        return str(ANSWERS.get(act.detail, act.detail))
    if act.what in ("envoi", "confirmation"):
        kind, _times, count = act.detail.partition("× ")
        label = str(Kind(kind.strip()).label) if kind.strip() in Kind.values else ""
        return f"{label} × {count}".strip() if count != "1" else label
    return act.detail
