#!/usr/bin/env python3
"""The journey and the refusals with a signing client that this project did not write: PyPI's
http-message-signatures. Runs against the service of CUSTOMER_CARE_BASE_URL, else the one that
`make run` started. Ends with 'N passed, N failed'.
"""
import datetime
import json
import os
import pathlib
import secrets
import sys
from base64 import b64decode

import requests
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DEMO_FILE = os.environ.get("CUSTOMER_CARE_DEMO_FILE") or REPOSITORY / ".run" / "demo.json"
DEMO = json.loads(pathlib.Path(DEMO_FILE).read_text(encoding="utf-8"))
BASE_URL = os.environ.get("CUSTOMER_CARE_BASE_URL") or DEMO["baseUrl"]
PARTS = ("@method", "@authority", "@path", "@query")
DECLARATION = {"confirmed": True, "textVersion": "2026-01"}

passed = 0
failed = 0


def expect(name, actual, expected):
    """Counts one expectation."""
    global passed, failed
    if actual == expected:
        passed += 1
    else:
        failed += 1
        print(f"FAIL {name}: {actual!r}, expected {expected!r}")


class Key(HTTPSignatureKeyResolver):
    """One client's key."""

    def __init__(self, key_id, secret):
        self.key_id = key_id
        self.secret = secret

    def resolve_private_key(self, key_id):
        return self.secret

    def resolve_public_key(self, key_id):
        return self.secret


def key_of(name):
    """The key of a demo client."""
    client = next(client for client in DEMO["clients"] if client["name"] == name)
    return Key(client["keyId"], b64decode(client["secret"]))


MINIAPP = key_of("miniapp")


def prepare(method, path, body=None, *, key=MINIAPP, parts=PARTS, age=0, nonce=None, headers=None):
    """A signed request, ready to be sent or spoiled."""
    data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    fields = dict(headers or {})
    if data is not None:
        fields["Content-Type"] = "application/json"
    request = requests.Request(method, BASE_URL + path, data=data, headers=fields).prepare()
    covered = list(parts)
    if data is not None:
        covered += ["content-type", "content-digest"]
    if "Idempotency-Key" in request.headers:
        covered.append("idempotency-key")
    options = {} if data is None else {"body": data}
    HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=key).sign(
        request, key_id=key.key_id, label="sig1", nonce=nonce or secrets.token_hex(16),
        created=datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=age),
        covered_component_ids=tuple(covered), **options)
    return request


def send(request):
    """Sends a request as it is, on a connection of its own."""
    with requests.Session() as session:
        session.trust_env = False
        return session.send(request, timeout=10, allow_redirects=False)


def call(method, path, body=None, **options):
    """Signs and sends."""
    return send(prepare(method, path, body, **options))


def idempotency_key():
    """A header with a fresh key: a String of RFC 8941, in quotes."""
    return {"Idempotency-Key": f'"{secrets.token_hex(16)}"'}


def new_zalo_user():
    return "python-" + secrets.token_hex(8)


def new_account():
    answer = call("PUT", "/v1/accounts", {"zaloUserId": new_zalo_user()})
    expect("a new account is created", answer.status_code, 201)
    return "/v1/accounts/" + answer.json()["accountId"]


def ordinary_customer():
    return next(customer for customer in reversed(DEMO["customers"])
                if customer["periodsPerMonth"] == 1 and customer["contractStatus"] == "active")


def journey():
    """Account, subscription, verification, bills, debts."""
    home = new_account()
    customer = ordinary_customer()
    code = customer["customerCode"]
    answer = call("POST", home + "/subscriptions",
                  {"customerCodes": [code], "declaration": DECLARATION},
                  headers=idempotency_key())
    expect("the code is accepted", answer.status_code, 202)
    subscription = answer.json()["items"][0]
    expect("it is pending", subscription["state"], "pending")
    check = f"{home}/subscriptions/{subscription['subscriptionId']}/verification"
    answer = call("POST", check, {"phone": customer["phone"]})
    expect("the phone verifies it", (answer.status_code, answer.json().get("state")),
           (200, "active"))
    of_code = f"{home}/customers/{code}"
    answer = call("GET", of_code)
    expect("the profile is answered", answer.status_code, 200)
    expect("the name is masked", customer["name"] in answer.text, False)
    answer = call("GET", of_code + "/bills/current")
    expect("the current bill is answered", answer.status_code, 200)
    expect("bill or reason", (answer.json()["bill"] is None) != (answer.json()["reason"] is None),
           True)
    answer = call("GET", of_code + "/bills?limit=3")
    expect("the bills are listed", answer.status_code, 200)
    bills = answer.json()["items"]
    expect("three of them", len(bills), 3)
    answer = call("GET", f"{of_code}/bills/{bills[0]['month']}")
    expect("a month is answered", answer.status_code, 200)
    bill = answer.json()["bill"]
    expect("its sum is right", bill["amountExcludingVAT"] + bill["vat"], bill["total"])
    expect("its debt is right", bill["total"] - bill["paid"], bill["remaining"])
    answer = call("GET", of_code + "/debts")
    expect("the code's debts are answered", answer.status_code, 200)
    total = answer.json()["total"]
    answer = call("GET", home + "/debts")
    expect("the account's debts are the same", (answer.status_code, answer.json()["total"]),
           (200, total))
    answer = call("GET", of_code, parts=("@method", "@authority", "@target-uri"))
    expect("the library's own choice of components is fine", answer.status_code, 200)
    answer = call("GET", of_code, key=key_of("website"))
    expect("an account belongs to the service, not to a client", answer.status_code, 200)
    answer = call("GET", home + "/customers/" + DEMO["customers"][0]["customerCode"])
    expect("another code is a stranger's", answer.status_code, 404)


def spoil(request, field, change):
    """Changes a header of a signed request."""
    request.headers[field] = change(request.headers[field])
    return request


def flip_first_character(signature):
    start = signature.index(":") + 1
    other = "A" if signature[start] != "A" else "B"
    return signature[:start] + other + signature[start + 1:]


def refusals():
    """Each fault of a signature is the same 401."""
    home = new_account()

    def refused(name, request):
        answer = send(request)
        expect(name, answer.status_code, 401)
        problem = answer.json()
        problem.pop("instance", None)
        bodies.add(json.dumps(problem, sort_keys=True))
        expect(name + ": it is told what to sign", "accept-signature" in answer.headers, True)

    bodies = set()
    refused("a flipped byte", spoil(prepare("GET", home), "Signature", flip_first_character))
    refused("an old signature", prepare("GET", home, age=301))
    refused("a signature from the future", prepare("GET", home, age=-310))
    refused("an unknown key", prepare("GET", home, key=Key("unknown", MINIAPP.secret)))
    refused("another's secret", prepare("GET", home, key=Key(MINIAPP.key_id, bytes(32))))
    other_path = prepare("GET", home)
    other_path.url += "/subscriptions"
    refused("another path than the signed one", other_path)
    other_method = prepare("GET", home)
    other_method.method = "DELETE"
    refused("another method than the signed one", other_method)
    refused("a component too few", prepare("GET", home, parts=("@method", "@authority", "@path")))
    write = {"zaloUserId": new_zalo_user()}
    wrong_digest = prepare("PUT", "/v1/accounts", write)
    wrong_digest.body = wrong_digest.body.replace(b"python", b"pythom")
    refused("a digest of another body", wrong_digest)
    no_digest = prepare("PUT", "/v1/accounts", write)
    del no_digest.headers["Content-Digest"]
    refused("no digest", no_digest)
    once = prepare("PUT", "/v1/accounts", write)
    expect("a signed write takes effect", send(once).status_code, 201)
    refused("and only once", once)
    expect("every refusal has the same body", len(bodies), 1)
    unsigned = requests.Request("GET", BASE_URL + home).prepare()
    expect("no signature", send(unsigned).status_code, 401)
    expect("a key of another scope",
           call("GET", home, key=key_of("importer")).status_code, 403)


def main():
    journey()
    refusals()
    print(f"{passed} passed, {failed} failed")
    return 0 if passed and not failed else 1


if __name__ == "__main__":
    sys.exit(main())
