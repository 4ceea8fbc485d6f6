"""The API's door: what it is called, and how it says no.

**Reads** the routes. **Writes** nothing.
**Method** django-ninja checks each question against its schema and publishes the schema. Every refusal
is ``{"detail": "sentence in French (in English)"}``.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from observatory.api import routes_engine, routes_grounds, routes_initiatives
from observatory.api.errors import Refusal
from quartiers import __version__

DESCRIPTION = """\
Les initiatives numériques des quartiers prioritaires de France, avec leurs sources et leurs raisons.
Sans clé. Chaque réponse nomme l'édition dont elle vient ; `null` veut dire « inconnu », jamais zéro.
Les listes se lisent page après page par l'adresse `next` ; un curseur d'une édition passée est refusé
(410). Au-delà de 300 demandes d'un coup, puis de 10 par seconde, le service répond 429 et dit combien de
secondes attendre (en-tête Retry-After) ; lire un texte ou situer un point compte pour cinq demandes.
Données sous Licence Ouverte 2.0.

The digital initiatives of France's priority neighbourhoods, with their sources and reasons. No key.
"""

door = NinjaAPI(
    title="Quartiers",
    version=__version__,
    description=DESCRIPTION,
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="api",
)
door.add_router("", routes_initiatives.router)
door.add_router("", routes_grounds.router)
door.add_router("", routes_engine.router)


@door.exception_handler(Refusal)
def refused(request: HttpRequest, error: Refusal) -> HttpResponse:
    return door.create_response(request, {"detail": error.detail}, status=error.status)


@door.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """422: which field, and what the schema says of it."""
    told = "; ".join(
        f"{'.'.join(str(part) for part in problem['loc'][1:])}: {problem['msg']}"
        for problem in error.errors[:5]
    )
    said = f"Demande mal formée (invalid request) — {told}"
    return door.create_response(request, {"detail": said[:1_000]}, status=422)


@door.exception_handler(HttpError)
def malformed(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that is no JSON."""
    said = f"Demande illisible (cannot be read): {error}"
    return door.create_response(request, {"detail": said}, status=error.status_code)


@door.exception_handler(Http404)
def nowhere(request: HttpRequest, error: Http404) -> HttpResponse:
    return door.create_response(
        request, {"detail": "Rien à cette adresse. (Nothing is at this address.)"}, status=404
    )
