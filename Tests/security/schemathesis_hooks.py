"""Hooks of schemathesis: signs every request (RFC 9421), and lets half of them name an account,
a subscription and a customer code that exist, so that more than 404 is reached.

Used by scripts/schemathesis, which names this file in SCHEMATHESIS_HOOKS.
"""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import random
import secrets
import sys
import time
import urllib.parse

import requests
import schemathesis

sys.path.insert(0, str(pathlib.Path(__file__).parent))
STATE = json.loads(pathlib.Path(os.environ["STATE_FILE_OF_TESTS"]).read_text(encoding="utf-8"))
SECRET = base64.b64decode(STATE["secret"])
RANDOM = random.Random(1)


class Signer(requests.auth.AuthBase):
    """Signs a request as it will be sent; requests calls it last."""

    def __call__(self, request):
        parts = urllib.parse.urlsplit(request.url)
        body = request.body or b""
        if isinstance(body, str):
            body = body.encode()
        values = {"@method": request.method, "@authority": parts.netloc.lower(),
                  "@path": parts.path or "/",
                  # Of an empty query requests keeps the question mark, of none there is none.
                  "@query": "?" + parts.query}
        if body:
            request.headers.setdefault("Content-Type", "application/json")
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            request.headers["Content-Digest"] = f"sha-256=:{digest}:"
            values["content-type"] = request.headers["Content-Type"]
            values["content-digest"] = request.headers["Content-Digest"]
        if "Idempotency-Key" in request.headers:
            values["idempotency-key"] = request.headers["Idempotency-Key"]
        covered = " ".join(f'"{name}"' for name in values)
        parameters = (f'({covered});created={int(time.time())};keyid="{STATE["keyId"]}"'
                      f';nonce="{secrets.token_hex(16)}"')
        lines = [f'"{name}": {text(value).strip()}' for name, value in values.items()]
        lines.append(f'"@signature-params": {parameters}')
        code = hmac.new(SECRET, "\n".join(lines).encode("latin-1"), hashlib.sha256).digest()
        request.headers["Signature-Input"] = f"sig1={parameters}"
        request.headers["Signature"] = f"sig1=:{base64.b64encode(code).decode()}:"
        return request


def text(value):
    """A header's value as the bytes it is sent as."""
    return value.decode("latin-1") if isinstance(value, bytes) else value


@schemathesis.serializer("application/x-ndjson")
def write_line(_context, value):
    """Content of an import."""
    if isinstance(value, bytes):
        return value
    # What is no text at all is a line as well, and a wrong one.
    text_of_value = value if isinstance(value, str) else json.dumps(value)
    return text_of_value.encode("utf-8", "surrogateescape")


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """Says in OpenAPI's words what this document says in others.

    Its security scheme stands for a signature, which OpenAPI does not know: the hook signs, and
    signature_matrix.py tests what is not signed. Its x-global-responses hold for every path. The
    text of a YAML answer is taken apart before it is held against its schema.
    """
    raw_schema.pop("security", None)
    raw_schema["components"].pop("securitySchemes", None)
    everywhere = raw_schema["x-global-responses"]
    for path in raw_schema["paths"].values():
        for method, operation in path.items():
            if method != "parameters":
                operation.pop("security", None)
                operation["responses"] = {**everywhere, **operation["responses"]}
                content = operation["responses"].get("200", {}).get("content", {})
                if "application/yaml" in content:
                    content["application/yaml"] = {}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Names what exists, half of the time, where the value made up is valid."""
    if path_parameters and RANDOM.random() < 0.5:
        for name, known in STATE["known"].items():
            if name in path_parameters:
                path_parameters[name] = known
    return path_parameters


@schemathesis.hook
def before_call(context, case, kwargs):
    """Lets the signer have the last word."""
    kwargs["auth"] = Signer()
