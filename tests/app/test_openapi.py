"""The server does what its OpenAPI page says, whatever it is asked."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from served import TOKEN, served

if TYPE_CHECKING:
    from schemathesis import Case

checks = pytest.importorskip("schemathesis.specs.openapi.checks", reason="needs schemathesis")
schemathesis = pytest.importorskip("schemathesis", reason="needs schemathesis")

EXAMPLES = 8
"""Requests of each kind."""

JUDGED = ("POST /api/jobs",)
"""Their refusals depend on what files hold and commands know, which no schema says."""

ENDLESS, FAREWELL = "GET /api/events", "POST /api/sign-out"
"""An answer that does not end, and one after which nobody is known."""


def _walk(operation: Any, headers: dict[str, str]) -> None:
    left_out = [checks.positive_data_acceptance] if operation.label in JUDGED else []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=operation.as_strategy())
    def check(case: "Case") -> None:
        answer = case.call(headers=headers)
        assert answer.status_code < 500
        case.validate_response(answer, headers=headers, excluded_checks=left_out)

    check()


def test_every_answer_is_as_openapi_says() -> None:
    with served() as server:
        headers = {"Authorization": server.program().headers["authorization"]}
        page = f"{server.address}/api/openapi.json"
        schema = schemathesis.openapi.from_url(page, headers=headers)
        operations = [found.ok() for found in schema.get_all_operations()]
        names = {operation.label for operation in operations}
        assert {ENDLESS, FAREWELL, "POST /api/files", "POST /api/jobs"} <= names
        for operation in operations:
            if operation.label == "POST /api/sign-in":
                _walk(operation, {"Authorization": f"Bearer {TOKEN}"})
            elif operation.label not in (ENDLESS, FAREWELL):
                _walk(operation, headers)


def test_every_endpoint_says_how_it_refuses_in_the_same_form() -> None:
    with served() as server:
        told = server.program().get("/api/openapi.json").json()
        for path, methods in told["paths"].items():
            for method, endpoint in methods.items():
                for status, answer in endpoint["responses"].items():
                    if status >= "400":
                        schema = answer["content"]["application/json"]["schema"]
                        assert schema["$ref"].endswith("/Refusal"), (path, method, status)
        assert "HTTPValidationError" not in told["components"]["schemas"]


def test_strangers_do_not_see_the_page() -> None:
    with served() as server:
        assert httpx.get(f"{server.address}/api/openapi.json").status_code == 401
