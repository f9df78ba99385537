"""Shows that validate.py accepts good exchanges and finds each kind of fault."""

import copy
import json

import validate
from openapi_document import Document

REQUEST_ID = "01995f41-7a10-7d3c-9b4e-6f5a4b3c2d1e"
ACCOUNT = "/v1/accounts/01995f3e-8c57-7b1a-9d2e-5f0c6a7b8d90"
CUSTOMER = f"{ACCOUNT}/customers/PB06010001234"


def _exchange(method, path, status, body, operation_id=None, request=None, **headers):
    """A recorded exchange as the test client writes it; `_` in header names stands for `-`."""
    kind = "application/problem+json" if status >= 400 else "application/json"
    response_headers = {"x-request-id": REQUEST_ID, "content-type": kind}
    if status >= 400:
        response_headers["content-language"] = "vi"
    response_headers |= {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "operationId": operation_id,
        "method": method,
        "path": path,
        "requestHeaders": {},
        "requestBody": None if request is None else json.dumps(request),
        "status": status,
        "responseHeaders": response_headers,
        "responseBody": None if body is None else json.dumps(body),
    }


def _problem(code, status, **members):
    return {
        "type": f"/problems/{code.replace('_', '-')}",
        "title": "Lỗi",
        "status": status,
        "detail": "Có lỗi.",
        "instance": f"urn:uuid:{REQUEST_ID}",
        "code": code,
    } | members


def _good(document):
    """Name to an exchange that the contract allows."""
    schemas = document.root["components"]["schemas"]
    answer = schemas["BillAnswer"]["examples"][0] | {
        "month": "2026-10",
        "bill": schemas["Bill"]["examples"][0],
        "reason": None,
    }
    read = {"etag": '"9f2c4b7a61d0e835"', "cache_control": "private, no-cache"}
    private = f"{ACCOUNT}/debts"
    pending = schemas["Subscription"]["examples"][0]
    added = _exchange(
        "POST",
        f"{ACCOUNT}/subscriptions",
        202,
        {"items": [pending]},
        "addSubscriptions",
        schemas["SubscriptionsRequest"]["examples"][0],
    )
    added["requestHeaders"]["idempotency-key"] = '"8e03978e"'
    failed = _problem("verification_failed", 422, attemptsLeft=4)
    busy = _problem("rate_limited", 429)
    return {
        "bill": _exchange("GET", f"{CUSTOMER}/bills/2026-10", 200, answer, "getBill", **read),
        "current": _exchange("GET", f"{CUSTOMER}/bills/current", 200, answer, **read),
        "page": _exchange(
            "GET",
            f"{CUSTOMER}/bills?from=2026-01&limit=24",
            200,
            {"items": [], "next": None, "asOf": answer["asOf"]},
            "listBills",
            **read,
        ),
        "added": added,
        "head": _exchange("HEAD", f"{CUSTOMER}/bills/2026-10", 200, None, "getBill", **read),
        "unchanged": _exchange("GET", private, 304, None, etag='"9f2c4b7a61d0e835"'),
        "options": _exchange("OPTIONS", private, 204, None, allow="GET, HEAD, OPTIONS"),
        "wrong method": _exchange(
            "POST",
            private,
            405,
            _problem("method_not_allowed", 405),
            allow="GET, HEAD, OPTIONS",
        ),
        "unknown path": _exchange("GET", "/v2", 404, _problem("not_found", 404)),
        "unsigned": _exchange(
            "GET", private, 401, _problem("unauthenticated", 401), accept_signature='sig1=()'
        ),
        "refused": _exchange(
            "POST", f"{ACCOUNT}/subscriptions/{REQUEST_ID}/verification", 422, failed
        ),
        "busy": _exchange("GET", private, 429, busy, retry_after="30"),
    }


def _set(*keys):
    """A change of one value of an exchange; the last argument is the value, None removes."""
    *keys, value = keys

    def change(exchange):
        node = exchange
        for key in keys[:-1]:
            node = node[key]
        if value is None:
            del node[keys[-1]]
        else:
            node[keys[-1]] = value

    return change


def _body(*keys):
    """The same for the JSON of the response body."""

    def change(exchange):
        body = json.loads(exchange["responseBody"])
        _set(*keys)(body)
        exchange["responseBody"] = json.dumps(body)

    return change


# A good exchange, what is broken in it, and a part of the finding it must give.
FAULTS = (
    ("bill", _set("responseHeaders", "x-request-id", None), "X-Request-Id is missing"),
    ("bill", _set("responseHeaders", "etag", None), "ETag is missing"),
    ("bill", _set("responseHeaders", "cache-control", "public"), "header Cache-Control"),
    ("bill", _set("responseHeaders", "content-type", "text/html"), "content type"),
    ("bill", _set("responseBody", "{"), "is not JSON"),
    ("bill", _set("responseBody", '{"bill": null, "bill": null}'), "a key is repeated"),
    ("bill", _body("bill", "total", 685336.5), "685336.5"),
    ("bill", _body("bill", "total", 685336.0), "'int64'"),
    ("bill", _body("bill", "total", 2**63), "'int64'"),
    ("bill", _body("bill", "dueOn", "2026-02-30"), "'date'"),
    ("bill", _body("bill", "debug", "select 1"), "'debug' was unexpected"),
    ("bill", _body("bill", "paid", None), "'paid' is a required property"),
    ("bill", _body("asOf", "2026-11-05T02:00:00Z"), "does not match"),
    ("bill", _body("reason", "no_bill"), "is not of type 'null'"),
    ("bill", _set("status", 202), "status 202 is not documented"),
    ("bill", _set("operationId", "getCurrentBill"), "recorded as getCurrentBill"),
    ("bill", _set("path", f"{CUSTOMER}/bills/2026-13"), "path parameter month"),
    ("page", _set("path", f"{CUSTOMER}/bills?limit=101"), "query parameter limit"),
    ("added", _set("requestHeaders", {}), "header parameter Idempotency-Key"),
    ("added", _set("requestBody", "{}"), "in spite of the request body"),
    ("head", _set("responseBody", "{}"), "a body where none belongs"),
    ("unchanged", _set("responseBody", "{}"), "a body where none belongs"),
    ("options", _set("responseHeaders", "allow", "GET"), "Allow names"),
    ("wrong method", _set("responseHeaders", "allow", None), "header Allow is missing"),
    ("unknown path", _set("status", 200), "a path or method without operation"),
    ("unsigned", _set("responseHeaders", "accept-signature", None), "Accept-Signature"),
    ("unsigned", _body("status", 403), "the problem says status 403"),
    ("unsigned", _body("instance", f"urn:uuid:{REQUEST_ID[:-1]}f"), "not the X-Request-Id"),
    ("unsigned", _body("code", "forbidden"), "does not belong to code"),
    ("unsigned", _body("code", "no_such_code"), "is not one of"),
    ("refused", _body("attemptsLeft", None), "'attemptsLeft' is a required property"),
    ("refused", _body("errors", [{"code": "a", "detail": "b"}]), "required property"),
    ("busy", _set("responseHeaders", "retry-after", None), "Retry-After is missing"),
    ("busy", _set("responseHeaders", "retry-after", "soon"), "header Retry-After"),
    ("busy", _set("responseHeaders", "content-language", None), "Content-Language is missing"),
)


def _findings(document, exchange):
    _, findings = validate.run([json.dumps(exchange)], validate.Checker(document), False)
    return [finding for _, found in findings for finding in found]


def main():
    document = Document.load()
    good = _good(document)
    passed, missed = 0, []
    for name, exchange in good.items():
        found = _findings(document, exchange)
        passed += not found
        missed += [f"good exchange {name!r}: {finding}" for finding in found]
    for name, change, expected in FAULTS:
        exchange = copy.deepcopy(good[name])
        change(exchange)
        found = _findings(document, exchange)
        if any(expected in finding for finding in found):
            passed += 1
        else:
            missed.append(f"{name!r} broken, expected {expected!r}, found {found}")
    # Twelve good exchanges leave most operations unseen; a broken line is no exchange.
    _, findings = validate.run(map(json.dumps, good.values()), validate.Checker(document))
    text = str(findings)
    for expected in ("deleteAccount never answered 401", "getBill never answered 404 or 422"):
        passed += expected in text
        missed += [] if expected in text else [f"coverage did not notice: {expected}"]
    for lines in ([], ["{"]):
        _, findings = validate.run(lines, validate.Checker(document), False)
        passed += bool(findings)
        missed += [] if findings else [f"recording {lines} was accepted"]
    for finding in missed:
        print(finding)
    print(f"{passed} passed, {len(missed)} failed")
    return 1 if missed else 0
