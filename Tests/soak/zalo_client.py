#!/usr/bin/env python3
"""The fake speaks Zalo's wire format: a client that others have written finds nothing amiss.

    zalo_client.py PORT
"""
import sys

import requests
import zalo_sdk
import zalo_sdk.oa
import zalo_sdk.zns
from fake_zalo import APP_ID, APP_SECRET

PASSED = FAILED = 0


def expect(name, is_true):
    """Counts one expectation."""
    global PASSED, FAILED  # pylint: disable=global-statement
    if is_true:
        PASSED += 1
    else:
        FAILED += 1
        print(f"FAIL {name}")


def send(client, receiver, text):
    """Sends a text, as the client's own types word it."""
    return client.send_message(
        zalo_sdk.oa.ZaloRecipient(user_id=receiver), zalo_sdk.oa.ZaloMessageBody(text=text))


def raised(kind, call):
    """Whether a call ends in an error of that kind."""
    try:
        call()
    except kind:
        return True
    return False


def main(port):
    """Messages of both kinds, a refused one, and a change of tokens."""
    base = f"http://127.0.0.1:{port}"
    requests.post(f"{base}/control", json={"mode": "ok"}, timeout=5)
    tokens = {"app_id": APP_ID, "secret_key": APP_SECRET,
              "access_token": "access-1", "refresh_token": "refresh-1"}
    account = zalo_sdk.oa.Client(**tokens, endpoint_prefix=base)
    answer = send(account, "sdk", "Xin chào")
    expect("a text is taken", answer["data"]["message_id"])
    phones = zalo_sdk.zns.Client(**tokens, endpoint_prefix=base)
    answer = phones.send_zns_message("84912345678", "T", {"code": "x"}, tracking_id="t-1")
    expect("a template is taken", answer["error"] == 0)
    expect("an empty one is not", raised(
        zalo_sdk.ZaloOAException, lambda: send(account, "sdk", "")))
    # The address of the tokens is fixed in the client, which calls requests.post.
    post = requests.post

    def redirected(url, *arguments, **named):
        return post(url.replace("https://oauth.zaloapp.com", base), *arguments, **named)

    requests.post = redirected
    account.refresh_acccess_token()
    expect("the tokens are changed", account.access_token == "access-2")
    expect("a text with the new one is taken",
           send(account, "sdk", "Lần nữa")["error"] == 0)
    expect("the old one is worth nothing", raised(
        zalo_sdk.ZaloException,
        lambda: phones.send_zns_message("84912345678", "T", {"code": "y"})))
    expect("a refresh token works once", raised(
        Exception, phones.refresh_acccess_token))
    requests.post(f"{base}/control", json={"mode": "down"}, timeout=5)
    expect("nobody answers when it is down", raised(
        requests.ConnectionError, lambda: send(account, "a", "b")))
    requests.post(f"{base}/control", json={"mode": "ok"}, timeout=5)
    print(f"{PASSED} passed, {FAILED} failed")
    return 1 if FAILED or not PASSED else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
