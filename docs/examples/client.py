"""A client of trialscreen in the standard library: a patient and results in, eligibility out.

    python3 docs/examples/client.py http://localhost:8000 .run/sandbox-secret

What matters in every client: each request that creates something has an Idempotency-Key, so it may be sent again after
a timeout; 429 and 503 say how long to wait; a change says which version it was made of, and 412 means to read again.
"""

from __future__ import annotations

import base64
import json
import sys
import time
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib import error, parse, request

TRIAL = "NCT00514085"
SYSTEM = "urn:oid:2.16.840.1.113883.19.5"  # the identifier system of your own record numbers
TRIES = 5


class Refused(Exception):
    """The server said no; `problem` is its explanation (RFC 9457)."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        places = [f"{one['pointer']}: {one['detail']}" for one in problem.get("errors", [])]
        super().__init__("; ".join([f"{status} {problem.get('detail', '')}", *places]))
        self.status = status


class Client:
    """One connection with one client's rights."""

    def __init__(self, base: str, client_id: str, secret: str) -> None:
        self.base, self.client_id, self.secret = base.rstrip("/"), client_id, secret
        self.token, self.ends = "", 0.0

    def bearer(self) -> str:
        """A token, asked for anew a minute before the last one ends."""
        if time.monotonic() > self.ends - 60:
            basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
            body = parse.urlencode({"grant_type": "client_credentials"}).encode()
            headers = {"Authorization": f"Basic {basic}"}
            told, _ = self._send("POST", "/o/token/", body, headers)
            self.token, self.ends = told["access_token"], time.monotonic() + told["expires_in"]
        return self.token

    def ask(self, method: str, at: str, body: Any = None, **headers: str) -> tuple[Any, str]:
        """The answer and its ETag. A request that creates something is the same one however often it is sent."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent["Authorization"] = f"Bearer {self.bearer()}"
        if method in ("POST", "PATCH"):
            sent.setdefault("Idempotency-Key", str(uuid.uuid4()))
            sent["Content-Type"] = "application/json"
        return self._send(method, at, None if body is None else json.dumps(body).encode(), sent)

    def _send(
        self, method: str, at: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[Any, str]:
        for attempt in range(1, TRIES + 1):
            asked = request.Request(self.base + at, body, headers, method=method)
            try:
                with request.urlopen(asked, timeout=30) as answer:
                    return json.load(answer), answer.headers.get("ETag", "")
            except error.HTTPError as refusal:
                if refusal.code not in (429, 503) or attempt == TRIES:
                    raise Refused(refusal.code, _problem(refusal)) from None
                time.sleep(int(refusal.headers.get("Retry-After", attempt)))
            except error.URLError:  # away, or slow: what was sent is known by its key
                if attempt == TRIES:
                    raise
                time.sleep(attempt)
        raise AssertionError

    def change(self, at: str, changes: dict[str, Any]) -> Any:
        """Correct what is there now; where somebody was quicker (412), look again and decide anew."""
        for _ in range(TRIES):
            held, tag = self.ask("GET", at)
            if all(held.get(name) == value for name, value in changes.items()):
                return held
            body = {**changes, "reason": "Corrected at the source"}
            try:
                return self.ask("PATCH", at, body, If_Match=tag)[0]
            except Refused as refusal:
                if refusal.status != 412:
                    raise
        raise TimeoutError(f"{at} does not come to rest")


def _problem(refusal: error.HTTPError) -> dict[str, Any]:
    try:
        told = json.load(refusal)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def main(base: str, secret_file: str) -> None:
    """Send one invented patient with two results, correct the birthday, and print what is missing."""
    client = Client(base, "sandbox", Path(secret_file).read_text().strip())
    number, yesterday = f"EX-{uuid.uuid4().hex[:8]}", str(date.today() - timedelta(days=1))
    who = {
        "identifiers": [{"system": SYSTEM, "value": number}],
        "birth_date": "1984-05-17",
        "sex": "female",
    }
    # The key is made of what is sent, so that tomorrow's run of the same export sends nothing twice.
    patient, _ = client.ask("POST", "/api/v1/patients/", who, Idempotency_Key=f"patient {number}")
    here = f"/api/v1/patients/{patient['id']}/"
    for code, value, unit in (("777-3", "182", "10*9/L"), ("751-8", "4.1", "10*9/L")):
        result = {"code": code, "collected": yesterday, "value": value, "unit": unit}
        key = f"{number} {code} {yesterday}"
        for _ in range(2):  # the second time it is answered as the first time
            client.ask("POST", f"{here}lab-results/", result, Idempotency_Key=key)
    client.change(here, {"birth_date": "1984-05-07"})
    told, _ = client.ask("GET", f"{here}eligibility/?trial={TRIAL}")
    print(f"{number}: {told['status']}")
    for one in told["criteria"]:
        needs = [each["what"] for each in one["needs"]]
        print(f"  {one['id']}: {one['verdict']}", *needs[:1], sep=", ")


if __name__ == "__main__":
    main(*sys.argv[1:3])
