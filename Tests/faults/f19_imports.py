#!/usr/bin/env python3
"""F19: kill -9 in the middle of imports: while content comes, is compared, is put into use, is
taken back.

Whatever is killed, an import is in use as a whole or not at all, at every moment; what broke off is
gone on with by its id; nothing is there twice, and what is owed is what the bills ask for.
"""
import os
import random
import re
import subprocess
import threading
import time
from base64 import b64decode

import calls
import harness
from harness import expect, say

ROWS = int(os.environ.get("ROWS", "15000"))
ROUNDS = int(os.environ.get("ROUNDS", "6"))
SEED = int(os.environ.get("SEED", "20261126"))
MONTH = "date_trunc('month', now() at time zone interval '7 hours')::date"
# The demo data has no bills of the months after the next.
NEW_MONTHS = range(3, 3 + max(2, ROUNDS // 2))
CUSTOMERS = f"""
    insert into managing_units values ('PB9902', 'Faults') on conflict do nothing;
    insert into customers (customer_code, sealed_holder_name, sealed_address, holder_name_index,
        usage_purpose, household_count, periods_per_month, contract_status, unit_code, credit,
        as_of)
    select 'PB9902' || lpad(n::text, 7, '0'), 'a', 'b', 'c', 'residential', 1, 1, 'active',
        'PB9902', 0, now()
    from generate_series(1, {ROWS}) as n;
    analyze customers;
"""
LINES = """
    select json_build_object('customerCode', 'PB9902' || lpad(n::text, 7, '0'),
        'month', to_char({month}, 'YYYY-MM'), 'revision', {revision},
        'status', case {revision} when 1 then 'issued' else 'corrected' end,
        'invoiceId', (10000000 + n)::text, 'periodStart', {month} - 25, 'periodEnd', {month} + 4,
        'consumptionKWh', 100, 'amountExcludingVAT', 100 * {price}, 'vatRatePercent', 8,
        'vat', 8 * {price}, 'total', 108 * {price}, 'issuedOn', {month} + 5, 'dueOn', {month} + 12,
        'readings', json_build_array(), 'lines', json_build_array(json_build_object('kind', 'tier',
            'tier', 1, 'register', null, 'quantityKWh', 100, 'unitPrice', {price}, 'amount',
            100 * {price})))
    from generate_series(1, {rows}) as n
"""


class Watch(threading.Thread):
    """Counts the bills of each revision again and again: all or none, whenever one looks."""

    def __init__(self, cluster, month=MONTH):
        super().__init__(daemon=True)
        self.cluster = cluster
        self.month = month
        self.seen = set()
        self.is_over = False
        self.start()

    def run(self):
        while not self.is_over:
            for revision, count in self.cluster.rows(
                    f"select revision, count(*) from bills where month = {self.month}"
                    " and customer_code like 'PB9902%' group by revision"):
                self.seen.add((int(revision), int(count)))
            time.sleep(0.01)

    def stop(self):
        """Looks no more; fails when a part was seen."""
        self.is_over = True
        self.join()
        halves = [(revision, count) for revision, count in self.seen if count not in (0, ROWS)]
        expect("nobody ever saw a part of an import", not halves, halves)


def write(cluster, path, month, revision, price):
    """A file with a bill for each customer."""
    sql = LINES.format(month=month, revision=revision, price=price, rows=ROWS)
    with open(path, "wb") as output:
        subprocess.run(cluster.psql_arguments() + [f"--command={sql}"], check=True, stdout=output)


class Importer:
    """Brings files in by the command, as an operator does: again, until it says that it is done."""

    def __init__(self, world, service):
        self.world = world
        self.service = service
        text = world.command("clients", "create", "--name", "importer-2", "--scope", "import",
                             "--requests-per-minute", "0")
        words = {line.split()[0]: line.split()[-1] for line in text.splitlines() if line.strip()}
        self.environment = os.environ | {
            "CUSTOMER_CARE_KEY_ID": words["key"], "CUSTOMER_CARE_SECRET": words["secret"]}
        self.key = calls.Key(words["key"], b64decode(words["secret"]), 0)

    def command(self, path, more=()):
        """Starts the command."""
        return subprocess.Popen(
            [str(harness.BINARY), "import", "bills", str(path), "--source", "faults", *more,
             "--url", f"http://127.0.0.1:{self.service.port}"], env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def bring(self, path, kill, more=()):
        """Brings a file in while `kill` is done to the service; how often it was resumed."""
        process = self.command(path, more)
        kill()
        said, _ = process.communicate()
        found = re.search(r"^import (\S+)", said, re.M)
        resumed = 0
        while process.returncode != 0 and resumed < 20:
            resumed += 1
            process = self.command(path, ("--resume", found.group(1)) if found else more)
            said, _ = process.communicate()
            found = found or re.search(r"^import (\S+)", said, re.M)
        expect("an import that was cut off comes to its end", process.returncode == 0,
               f"{process.returncode}, resumed {resumed} times")
        return found.group(1), resumed

    def roll_back(self, import_id, kill):
        """Takes it back while `kill` is done to the service."""
        path = f"/v1/imports/{import_id}"
        caller = self.service.caller(key=self.key)
        answer = caller.call("POST", path + "/rollback")
        expect("the import is being taken back", answer.status == 202, answer.status)
        kill()
        harness.wait_until(lambda: self.service.caller(key=self.key).call("GET", path)
                           .json["state"] in ("rolled_back", "committed"), 60, 0.2)
        found = self.service.caller(key=self.key).call("GET", path).json
        expect("and then it is", found["state"] == "rolled_back", found["fault"])


def fault():
    chance = random.Random(SEED)
    world = harness.World()
    service = harness.Service(world)
    other = harness.Service(world)
    for one in (service, other):
        one.environment["ORIGINS"] = f"http://care.test,http://127.0.0.1:{one.port}"
    cluster = world.cluster
    cluster.rows("begin;" + CUSTOMERS + "commit")
    importer = Importer(world, service)
    service.start()
    # Another instance looks for the same work.
    other.start()
    watch = Watch(cluster)
    resumptions = 0
    last = None

    def kill():
        """Kills both, one after the other, at moments of any stage."""
        for one in (service, other):
            time.sleep(chance.uniform(0, 0.9))
            one.kill()
            one.start()

    for number in range(1, ROUNDS + 1):
        path = world.folder / f"{number}.ndjson"
        write(cluster, path, month=MONTH, revision=number, price=2000 + number)
        last, resumed = importer.bring(path, kill)
        resumptions += resumed
    importer.roll_back(last, kill)
    watch.stop()
    say(f"{ROUNDS} imports of {ROWS} bills, resumed {resumptions} times")
    newest = ROUNDS - 1
    rows = cluster.rows(
        f"select count(*), count(distinct customer_code), max(revision) from bills"
        f" where month = {MONTH} and customer_code like 'PB9902%'")
    expect("each bill is there once in each revision",
           rows == [[str(ROWS * newest), str(ROWS), str(newest)]], rows)
    rows = cluster.rows(
        "select count(*) from bill_balances n left join bills b using (customer_code, month,"
        " period_number, kind, revision) where n.customer_code like 'PB9902%'"
        f" and (b.total is distinct from n.billed or n.revision <> {newest})")
    expect("what is owed is what the newest bills ask for", rows == [["0"]], rows)
    rows = cluster.rows("select state, count(*) from imports where state not in"
                        " ('committed', 'awaiting_content') group by 1")
    expect("one is taken back, and no import is left in the middle", rows == [["rolled_back", "1"]],
           rows)
    rows = cluster.rows("select count(*) from imports where state = 'committed'")
    expect("and every other one is in use once", rows == [[str(newest)]], rows)
    for ahead in NEW_MONTHS:
        new_month(importer, kill, ahead)


def new_month(importer, kill, ahead):
    """Brings bills of a month in that has none, as a table of its own; takes every second back."""
    cluster = importer.world.cluster
    month = f"({MONTH} + interval '{ahead} months')::date"
    word = cluster.rows(f"select to_char({month}, 'YYYY-MM')")[0][0]
    path = importer.world.folder / f"{word}.ndjson"
    write(cluster, path, month=month, revision=1, price=2000)
    watch = Watch(cluster, month)
    import_id, resumed = importer.bring(path, kill, ("--new-month", word))
    say(f"{word} was resumed {resumed} times")
    is_kept = ahead % 2 == 1
    if not is_kept:
        importer.roll_back(import_id, kill)
    watch.stop()
    there = str(ROWS if is_kept else 0)
    rows = cluster.rows(
        "select count(*), count(distinct customer_code), count(*) filter (where n.billed = b.total"
        " and n.revision = 1) from bills b left join bill_balances n using (customer_code, month,"
        f" period_number, kind) where b.month = {month} and customer_code like 'PB9902%'")
    expect("each bill of the month is there once and owed, or none", rows == [[there] * 3], rows)
    rows = cluster.rows(f"select count(*) from bill_balances where month = {month}"
                        " and customer_code like 'PB9902%'")
    expect("and nothing else is owed", rows == [[there]], rows)
    rows = cluster.rows("select count(*) from arriving_bills")
    expect("and nothing waits to be attached", rows == [["0"]], rows)


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
