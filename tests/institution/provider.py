"""A small identity provider on loopback: discovery, keys, a code, a signed token."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "trialscreen", "between us and the provider"


class Provider:
    """What it says of whoever asks; each part can be made wrong."""

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signs_with: Any = self.key
        self.algorithm = "RS256"
        self.address = ""
        self.claims: dict[str, Any] = {}
        self._codes: dict[str, str] = {}

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [public | {"kid": "one", "alg": "RS256", "use": "sig"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        if asked["client_id"] != CLIENT or asked["code_challenge_method"] != "S256":
            raise ValueError("not a client of mine")
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked["code_challenge"]
        return asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]})

    def token(self, asked: dict[str, str]) -> dict[str, Any]:
        challenge = self._codes.pop(asked["code"])
        sent = base64.urlsafe_b64encode(hashlib.sha256(asked["code_verifier"].encode()).digest())
        if sent.decode().rstrip("=") != challenge or asked["client_secret"] != SECRET:
            raise ValueError("not who asked")
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 60} | self.claims
        signed = jwt.encode(
            claims, self.signs_with, algorithm=self.algorithm, headers={"kid": "one"}
        )
        return {"access_token": "unused", "token_type": "Bearer", "id_token": signed}


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {key: value[0] for key, value in parse_qs(urlsplit(self.path).query).items()}
            match urlsplit(self.path).path:
                case "/.well-known/openid-configuration":
                    self._tell(provider.discovery())
                case "/keys":
                    self._tell(provider.keys())
                case "/authorize":
                    self.send_response(302)
                    self.send_header("Location", provider.authorize(asked))
                    self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = {key: value[0] for key, value in parse_qs(body).items()}
            self._tell(provider.token(asked))

        def _tell(self, what: dict[str, Any]) -> None:
            body = json.dumps(what).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing: a test tells what it finds."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
