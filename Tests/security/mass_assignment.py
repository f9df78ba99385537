#!/usr/bin/env python3
"""No body sets what is not its to set, and no answer shows what is not the caller's to see
(reliability API3). Runs by scripts/with-service; ends 'N passed, N failed'.
"""
import json
import re
import secrets

from caller import (BASE_URL, DECLARATION, DEMO, Signed, Tally, customers, follow, month_now,
                    new_client, once, query)

TALLY = Tally()
CLIENT = new_client()
TABLES = ("accounts", "subscriptions", "followers", "zalo_users", "follower_attempts",
          "account_attempts", "customer_attempts", "clients")
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def camel(name):
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def hostile_fields(taken):
    """Every column of the tables that a write touches, in both spellings, with a value that would
    show; besides it what other frameworks would take."""
    columns = {row[0] for row in query(
        "select distinct column_name from information_schema.columns where table_schema = 'public'"
        f" and table_name in ({', '.join(repr(table) for table in TABLES)})")}
    TALLY.expect("control: the columns are known", len(columns), lambda count: count > 20)
    fields = {}
    for column in sorted(columns):
        for name in (column, camel(column)):
            fields[name] = "2001-01-01T00:00:00+07:00" if name.lower().endswith("at") else "active"
    fields |= {"__proto__": {"admin": True}, "constructor": {"prototype": {}}, "role": "admin",
               "isAdmin": True, "scopes": ["admin"], "$set": {"state": "active"}, "id": 1,
               "followState": "following", "follow_state": "following", "attempts": -1000,
               "attemptsLeft": 1000, "state": "active", "assurance": "standard"}
    return {name: value for name, value in fields.items() if name not in taken}


def rows(table, account):
    """The rows of an account, but for the times that a write may set."""
    return query(f"select to_jsonb(t) - 'updated_at' from {table} t where account_id = '{account}'")


def accounts():
    """PUT /v1/accounts sets the Zalo id, the language and the consent, and nothing else."""
    user = "mass-" + secrets.token_hex(8)
    body = {"zaloUserId": user, "locale": "en"}
    account = CLIENT.call("PUT", "/v1/accounts", body).json()["accountId"]
    before = rows("accounts", account)
    answer = CLIENT.call("PUT", "/v1/accounts", hostile_fields(body) | body)
    TALLY.expect("hostile fields: PUT account", answer.status, lambda status: status in (200, 422))
    TALLY.expect("the account is as it was", rows("accounts", account), before)
    nested = body | {"consent": {"textVersion": "2026-01", "givenAt": "2001-01-01T00:00:00+07:00"}}
    given = CLIENT.call("PUT", "/v1/accounts", nested).json()["consent"]["givenAt"]
    TALLY.expect("the time of the consent is the service's", given,
                 lambda text: not text.startswith("2001"))


def subscriptions():
    """Nothing but a right value verifies, nothing but the alias is changed."""
    home = CLIENT.new_account()
    account = home.rsplit("/", 1)[1]
    code = customers()[5]["customerCode"]
    body = {"customerCodes": [code], "declaration": DECLARATION}
    hostile = hostile_fields(body) | {"alias": "mass"}
    answer = CLIENT.call("POST", home + "/subscriptions", hostile | body | {
        "declaration": DECLARATION | hostile}, once())
    if not TALLY.expect("hostile fields: POST subscriptions", answer.status,
                        lambda status: status in (202, 422)) or answer.status != 202:
        return
    item = answer.json()["items"][0]
    TALLY.expect("it is pending and unnamed", (item["state"], item["assurance"], item["alias"]),
                 ("pending", None, None))
    path = f"{home}/subscriptions/{item['subscriptionId']}"
    before = rows("subscriptions", account)
    answer = CLIENT.call("PATCH", path, hostile_fields({"alias"}))
    TALLY.expect("hostile fields: PATCH", answer.status, lambda status: status in (200, 422))
    TALLY.expect("the subscription is as it was", rows("subscriptions", account), before)
    answer = CLIENT.call("POST", path + "/verification",
                         hostile_fields(("name", "phone", "nationalId", "invoiceId")))
    TALLY.expect("hostile fields: verification", answer.status, 422)
    answer = CLIENT.call("POST", path + "/verification",
                         hostile_fields(()) | {"phone": "0909090909"})
    TALLY.expect("hostile fields beside a wrong value", answer.status, 422)
    state = CLIENT.call("GET", path).json()
    TALLY.expect("it is still pending", state["state"], "pending")
    TALLY.expect("no follower came of it", query(
        f"select count(*) from followers where account_id = '{account}'"), [["0"]])


def duplicates():
    """A name twice is refused: readers differ in which one counts."""
    user = "dup-" + secrets.token_hex(8)
    for text in (f'{{"zaloUserId":"{user}","zaloUserId":"x"}}',
                 f'{{"zaloUserId":"{user}","zaloUser\\u0049d":"x"}}',
                 f'{{"zaloUserId":"{user}","consent":{{"textVersion":"a","textVersion":"b"}}}}'):
        answer = CLIENT.wire.send(Signed(CLIENT, "PUT", "/v1/accounts", text.encode()).bytes())
        TALLY.expect(f"a name twice: {text}", (answer.status, answer.json().get("code")),
                     (400, "invalid_json"))


def exposure():
    """A verified follower sees masked data, and no answer holds a whole number or name."""
    home = CLIENT.new_account()
    customer = next(one for one in customers() if one["nationalId"] and one["phone"])
    follow(CLIENT, home, customer)
    of_code = f"{home}/customers/{customer['customerCode']}"
    for path in (of_code, of_code + "/bills", of_code + "/bills/current", of_code + "/debts",
                 f"{of_code}/bills/{month_now()}", home, home + "/debts", home + "/subscriptions"):
        answer = CLIENT.call("GET", path)
        if not TALLY.expect(f"control: {path.rsplit('/', 1)[1]} is answered", answer.status, 200):
            continue
        text = answer.body.decode()
        for name in ("name", "phone", "nationalId"):
            TALLY.expect(f"no {name} in {path.rsplit('/', 1)[1]}", customer[name] in text, False)
        # An identifier's twelve digits of 16 may well be nine or twelve digits of 10 in a row.
        national = re.search(r'\b([0-9]{9}|[0-9]{12})\b', UUID.sub("(id)", json.dumps(
            {key: value for key, value in answer.json().items() if key not in ("bill", "items")})))
        TALLY.expect("no number of an identity card", national and national.group(), None)


def own_words():
    """What fails says nothing of how the service is made."""
    made_of = re.compile(
        r"/src|\.swift|SELECT|select |PG|postgres|line [0-9]+ of|stack|0x[0-9a-f]{6}")
    for method, path, body in (
            ("GET", "/v1/accounts/'", None), ("GET", "/v1/accounts/%27%20or%201=1--", None),
            ("PUT", "/v1/accounts", b"{"), ("PUT", "/v1/accounts", b"[]"),
            ("PUT", "/v1/accounts", {"zaloUserId": "'; drop table accounts; --"}),
            ("PUT", "/v1/accounts", {"zaloUserId": 1}), ("GET", "/nothing", None),
            ("PATCH", "/v1/accounts", {}), ("PUT", "/v1/accounts", b"\xff\xfe")):
        answer = CLIENT.call(method, path, body)
        TALLY.expect(f"{method} {path} {body}: a fault of the caller", answer.status,
                     lambda status: 400 <= status < 500)
        TALLY.expect("it is a problem", answer.headers["content-type"], "application/problem+json")
        found = made_of.search(answer.body.decode().replace("RFC 9110", ""))
        TALLY.expect("without a look inside", found and found.group(), None)


def main():
    TALLY.expect("control: the demo's customers are known", len(DEMO["customers"]),
                 lambda count: count > 10)
    TALLY.expect("control: a base address", BASE_URL.startswith("http"), True)
    for part in (accounts, subscriptions, duplicates, exposure, own_words):
        part()
    TALLY.end()


if __name__ == "__main__":
    main()
