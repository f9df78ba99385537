#!/usr/bin/env python3
"""Personal data and secrets stay where they belong: planted values are in no log, no metric, no
dump of the database and none of its files. Runs by scripts/with-service; ends 'N passed, N failed'.
"""
import base64
import os
import pathlib
import subprocess
import time

from caller import (ADMIN_URL, DATABASE_URL, DEMO, LOG, Client, Signed, Tally, Wire, customers,
                    follow, new_client, once, query, unsigned)

TALLY = Tally()
WRONG = {"name": "Nguyễn Canary", "phone": "0909090909", "nationalId": "079123456789",
         "invoiceId": "999888777"}
# Stands in the database as it is, and so shows that the search finds what is there.
ALIAS = "Bí danh Canary"


def exercise(client):
    """Personal data through every door: right and wrong values, aliases, broken bodies."""
    home = client.new_account()
    for customer in customers()[7:10]:
        subscription = follow(client, home, customer)
        client.call("PATCH", subscription, {"alias": ALIAS})
        of_code = f"{home}/customers/{customer['customerCode']}"
        for path in (of_code, of_code + "/bills", of_code + "/debts", of_code + "/bills/current"):
            TALLY.expect("control: read", client.call("GET", path).status, 200)
    code = customers()[10]["customerCode"]
    item = client.subscribe(home, [code]).json()["items"][0]
    path = f"{home}/subscriptions/{item['subscriptionId']}/verification"
    for field, value in WRONG.items():
        answer = client.call("POST", path, {field: value})
        TALLY.expect("control: a wrong value", answer.status, 422)
    client.call("POST", path, WRONG)
    client.wire.send(Signed(client, "POST", path, str(WRONG).encode()).bytes())
    for value in WRONG.values():
        client.wire.send(unsigned("GET", "/v1/support/guides/" + value.encode().hex()))
        client.wire.send(unsigned("GET", "/" + value.replace(" ", "%20").encode().decode("latin-1")
                                  .encode("ascii", "ignore").decode()))
        client.call("PUT", "/v1/accounts", {"zaloUserId": value, "locale": value})
    client.call("POST", home + "/subscriptions", {"customerCodes": [WRONG["phone"]]}, once())
    return home


def metrics():
    return Wire(ADMIN_URL.split("://")[1]).send(unsigned("GET", "/metrics")).body


def dump():
    """The whole database as text, as a backup has it; bytes as they are and in hexadecimal."""
    tool = "pg_dump"
    version = query("show server_version_num")[0][0]
    own = pathlib.Path(f"/usr/lib/postgresql/{int(version) // 10_000}/bin/pg_dump")
    if own.exists():
        tool = own
    return subprocess.run([tool, DATABASE_URL], check=True, capture_output=True, timeout=120).stdout


def files():
    """The bytes of the tables and of the write-ahead log; empty when only others may read them."""
    query("checkpoint")
    folder = pathlib.Path(query("show data_directory")[0][0])
    if not os.access(folder, os.R_OK):
        return b""
    oid = query("select oid from pg_database where datname = current_database()")[0][0]
    parts = [path.read_bytes() for place in (folder / "base" / oid, folder / "pg_wal")
             for path in place.iterdir() if path.is_file()]
    parts.append((folder / "server.log").read_bytes() if (folder / "server.log").exists() else b"")
    return b"".join(parts)


def personal():
    """Names, phones and identity numbers of the demo's customers, and the planted wrong ones.

    Of all the customers some: the last ones, who were followed, and the first.
    """
    values = {"a planted " + field: value for field, value in WRONG.items()}
    for index, customer in enumerate(DEMO["customers"][:10] + DEMO["customers"][-30:]):
        for field in ("name", "phone", "nationalId"):
            if customer[field] and len(customer[field]) >= 8:
                values[f"the {field} of customer {index}"] = customer[field]
    return {name: value.encode() for name, value in values.items()}


def keys(client):
    """Secrets as bytes, base64 and hexadecimal: the clients', the master key."""
    raw = {"our secret": client.secret}
    raw |= {f"the secret of {one['name']}": base64.b64decode(one["secret"])
            for one in DEMO["clients"]}
    master = pathlib.Path(os.environ["CUSTOMER_CARE_MASTER_KEY_FILE"]).read_text(encoding="ascii")
    raw["the master key"] = base64.b64decode(master.strip())
    values = {}
    for name, value in raw.items():
        values[name] = value
        values[name + " in base64"] = base64.b64encode(value)[:40]
        values[name + " in hexadecimal"] = value.hex().encode()
    return values


def search(place, data, values):
    """Counts one expectation per place, with every value found named, not shown."""
    found = [name for name, value in values.items() if value in data]
    TALLY.expect(f"nothing planted in {place}", found[:10], [])


def main():
    client = new_client()
    home = exercise(client)
    time.sleep(2)
    told = personal() | keys(client)
    # What may stand in the database, but not in a log: codes, accounts, Zalo ids, aliases.
    shown = {f"code {index}": customer["customerCode"].encode()
             for index, customer in enumerate(DEMO["customers"])}
    shown |= {"the account": home.rsplit("/", 1)[1].encode(), "the alias": ALIAS.encode(),
              "a Zalo id": b"attack-"}
    log = LOG.read_bytes()
    # The name of a client is in the log on purpose; ours are called like our Zalo ids.
    log = b"\n".join(line.replace(client.key_id.encode(), b"").replace(
        b'"client":"attack-', b"") for line in log.splitlines() if b'"event"' in line)
    TALLY.expect("control: the log has lines", log.count(b"requestAnswered"),
                 lambda count: count > 20)
    search("the log", log, told | {name: value for name, value in shown.items()
                                   if name != "a Zalo id"})
    search("the metrics", metrics(), told | shown)
    dumped = dump()
    for name, value in (("a code", DEMO["customers"][0]["customerCode"]), ("an alias", ALIAS)):
        TALLY.expect(f"control: {name} is found in the dump", value.encode() in dumped, True)
    # A customer called as an alias or a street would be found in them.
    search("the dump", dumped, told)
    search("the dump, in hexadecimal", dumped, {name: value.hex().encode()
                                                for name, value in told.items()})
    stored = files()
    TALLY.expect("control: an alias is found in the files", ALIAS.encode() in stored or not stored,
                 True)
    search("the files of the database", stored, told)
    TALLY.end()


if __name__ == "__main__":
    main()
