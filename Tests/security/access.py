#!/usr/bin/env python3
"""Who may call what: every operation with every scope and without a signature; nothing undocumented
answers; nothing of the admin port is public (reliability API5, API8, API9).

Runs by scripts/with-service; ends 'N passed, N failed'.
"""
import yaml

from caller import (ADMIN_URL, AUTHORITY, DEMO, NOBODY, REPOSITORY, Client, Tally, Wire, new_client,
                    new_clients, once, unsigned)

TALLY = Tally()
SCOPES = ("accounts", "import", "staff", "admin", "partner")
PLACES = {"account": NOBODY, "subscription": NOBODY, "customerCode": "PB99000000000",
          "month": "2026-10", "slug": "nothing", "problem": "nothing",
          "payment": NOBODY, "provider": "zalopay", "token": "A" * 43,
          "service": "nothing", "trackingCode": "K7QM-2FXD-9TRA", "incident": NOBODY,
          "task": NOBODY, "topic": "welcome", "proof": "x", "webhook": "nothing",
          "import": NOBODY, "outage": NOBODY, "attachment": NOBODY, "notification": NOBODY,
          "code": "K7QM-2FXD-9TRC", "follower": NOBODY}
WORDS = ("", "v1", "v1/", "v2/accounts", "v1/accounts/", "metrics", "livez", "readyz", "healthz",
         "health", "status", "debug", "debug/pprof", "admin", "admin/clients", "v1/clients",
         "v1/customers", "v1/bills", "internal", "server-status", ".git/config", ".env", "env",
         "actuator", "swagger.json", "swagger-ui", "openapi.json", "openapi.yaml/", "docs",
         "graphql", "console", "backup.sql", "robots.txt", ".well-known/security.txt",
         "V1/support/hotlines", "v1/support/hotlines/", "v1//support/hotlines",
         "v1/./support/hotlines", "v1/support/x/../hotlines", "v1/support%2Fhotlines",
         "%76%31/support/hotlines", "v1/support/hotlines;a=b", "v1/support/hotlines.json")


def operations():
    document = yaml.safe_load((REPOSITORY / "openapi.yaml").read_text(encoding="utf-8"))
    for template, path in document["paths"].items():
        for method, operation in path.items():
            if method != "parameters":
                yield method.upper(), template, operation


def matrix():
    """Each operation with each scope: its own gets past 403, every other does not."""
    clients = dict(zip(SCOPES, new_clients(*((scope,) for scope in SCOPES))))
    for method, template, operation in operations():
        path = template
        for name, value in PLACES.items():
            path = path.replace("{" + name + "}", value)
        name, body = operation["operationId"], {} if method in ("POST", "PUT", "PATCH") else None
        if operation["x-scope"] == "public":
            answer = Wire().send(unsigned(method, path))
            # A calculation is let in, and then misses its body. A provider and Zalo have signatures
            # of their own, and this service neither.
            allowed = (200, 404, 415)
            if "{provider}" in template or template.startswith("/v1/zalo/"):
                allowed = (401, 415)
            TALLY.expect(f"{name} is for everybody", answer.status,
                         lambda code, allowed=allowed: code in allowed)
            continue
        TALLY.expect(f"{name} without a signature",
                     Wire().send(unsigned(method, path)).status, 401)
        for scope, client in clients.items():
            status = client.call(method, path, body, once()).status
            wanted = operation["x-scope"]
            # The lists of staff ask for nothing that could be missing.
            # A document must be of a type that is taken.
            answered = (400, 404, 422)
            if template.endswith(("/attachments", "/content")):
                answered = (415,)
            elif scope in ("staff", "partner", "admin") and method == "GET" and "{" not in template:
                missing = any(parameter.get("required") for parameter in operation["parameters"])
                answered = (422,) if missing else (200,)
            TALLY.expect(f"{name} with scope {scope}", status,
                         lambda code, own=scope == wanted, answered=answered:
                         code in answered if own else code == 403)


def undocumented():
    """Paths that are not in openapi.yaml, methods that a path does not have."""
    client = new_client(*SCOPES)
    for word in WORDS:
        answer = client.call("GET", "/" + word)
        TALLY.expect(f"nothing at /{word}", answer.status, 404)
    for method, template, _ in operations():
        path = template
        for name, value in PLACES.items():
            path = path.replace("{" + name + "}", value)
        documented = {one for one, other, _ in operations() if other == template}
        for other in {"GET", "PUT", "POST", "PATCH", "DELETE", "TRACE"} - documented:
            answer = client.call(other, path, {} if other in ("PUT", "POST", "PATCH") else None)
            TALLY.expect(f"{other} {template}", answer.status, 405)
    for method in ("CONNECT", "PROPFIND", "get", "DEBUG", "TRACK"):
        target = AUTHORITY if method == "CONNECT" else "/v1/support/hotlines"
        TALLY.expect(method, Wire().send(unsigned(method, target)).status,
                     lambda code: code in (400, 405, 501))


def headers():
    """No other origin is let in, nobody is told what the server is made of."""
    for path in ("/v1/support/hotlines", "/v1/accounts/" + NOBODY, "/nothing"):
        answer = Wire().send(unsigned("GET", path, {"Origin": "https://example.com"}))
        for name in ("access-control-allow-origin", "server", "x-powered-by", "set-cookie"):
            TALLY.expect(f"no {name} at {path}", answer.headers.get(name), None)
    answer = Wire().send(unsigned("OPTIONS", "/v1/accounts", {
        "Origin": "https://example.com", "Access-Control-Request-Method": "PUT"}))
    TALLY.expect("no preflight", answer.headers.get("access-control-allow-origin"), None)


def admin():
    """The admin port answers three paths and no signed request."""
    wire = Wire(ADMIN_URL.split("://")[1])
    for path in ("/livez", "/readyz", "/metrics"):
        TALLY.expect(f"control: admin {path}", wire.send(unsigned("GET", path)).status, 200)
    miniapp = next(client for client in DEMO["clients"] if client["name"] == "miniapp")
    client = Client(miniapp["keyId"], b"")
    client.wire = wire
    for path in ("/", "/v1/support/hotlines", "/v1/accounts/" + NOBODY, "/openapi.yaml"):
        TALLY.expect(f"admin {path}", client.call("GET", path).status, 404)
    TALLY.expect("admin POST", wire.send(unsigned("POST", "/metrics")).status, 405)


def main():
    for part in (matrix, undocumented, headers, admin):
        part()
    TALLY.end()


if __name__ == "__main__":
    main()
