"""A client of Rookery's API, and of the floor."""

import hashlib
import json
import urllib.error
import urllib.request
from typing import Any

TIMEOUT_SECONDS = 60
SIGN_IN = "mutation($input: SignInInput!) { signIn(input: $input) { token userErrors { code message } } }"

# Whatever the environment says of proxies: this machine is asked, and no other.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Refused(RuntimeError):
    """An answer that is none."""


def post(url: str, token: str | None, body: bytes) -> bytes:
    """The body of the answer to a POST of JSON."""
    headers = {"content-type": "application/json", "accept": "application/json"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    try:
        with OPENER.open(urllib.request.Request(url, body, headers), timeout=TIMEOUT_SECONDS) as response:
            return response.read()
    except urllib.error.HTTPError as error:
        raise Refused(f"{url} answered {error.code}: {error.read(2_000).decode(errors='replace')}") from None


def ask(url: str, token: str | None, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    """The data of an answer without errors."""
    return data(post(url, token, encoded(query, variables or {})))


def encoded(query: str, variables: dict[str, Any]) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()


def data(body: bytes) -> dict[str, Any]:
    answer = json.loads(body)
    if answer.get("errors") or not isinstance(answer.get("data"), dict):
        raise Refused(f"an answer with errors: {body[:2_000].decode(errors='replace')}")
    for value in answer["data"].values():
        if isinstance(value, dict) and value.get("userErrors"):
            raise Refused(f"an answer with user errors: {value['userErrors']}")
    return answer["data"]


def sign_in(url: str, login: str, password: str) -> str:
    payload = ask(url, None, SIGN_IN, {"input": {"login": login, "password": password}})["signIn"]
    return payload["token"]


def fingerprint(answered: Any) -> str:
    """The SHA-256 of data in canonical JSON."""
    text = json.dumps(answered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
