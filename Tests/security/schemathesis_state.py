#!/usr/bin/env python3
"""Makes what schemathesis needs: a client without a rate limit, an account with a followed
customer, and their names in the file that STATE_FILE_OF_TESTS names.
"""
import base64
import json
import os
import pathlib

from caller import customers, follow, month_now, new_client


def main():
    client = new_client("accounts", "staff", "partner", "import", "admin")
    home = client.new_account()
    customer = customers()[3]
    subscription = follow(client, home, customer)
    state = {
        "keyId": client.key_id, "secret": base64.b64encode(client.secret).decode(),
        "known": {"account": home.rsplit("/", 1)[1],
                  "subscription": subscription.rsplit("/", 1)[1],
                  "customerCode": customer["customerCode"], "month": month_now()}}
    path = pathlib.Path(os.environ["STATE_FILE_OF_TESTS"])
    path.touch(mode=0o600)
    path.write_text(json.dumps(state), encoding="utf-8")


if __name__ == "__main__":
    main()
