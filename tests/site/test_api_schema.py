"""Hostile and honest questions drawn from the published schemas: no 5xx, every answer as described."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from observatory.wsgi import application

pytestmark = pytest.mark.django_db
CHECKED = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
PLAIN = {"Host": "localhost", "Accept-Encoding": "identity"}
BOUNDED = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("address", ["/api/v1/openapi.json", "/api/ogc/openapi.json"])
def test_every_answer_keeps_to_the_published_schema(
    monkeypatch: pytest.MonkeyPatch, address: str, mode: GenerationMode
) -> None:
    monkeypatch.setattr("observatory.api.middleware.take", lambda client, cost: 0)
    schema = schemathesis.openapi.from_wsgi(address, application)
    asked = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found.err()
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (list(operation.query) or list(operation.body)):
            continue  # nothing that could be wrong
        asked += 1

        @BOUNDED
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            case.call_and_validate(checks=CHECKED, headers=PLAIN)

        ask()
    assert asked > 5
