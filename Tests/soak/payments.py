#!/usr/bin/env python3
"""Payments, callbacks, cancellations and corrected bills at random, while the service is killed.

Several threads do at random what users, ZaloPay, the billing system and time do: begin payments
over overlapping bills, pay, pay twice, pay another amount, call late, twice or never, cancel,
correct bills, let payments expire. Meanwhile the service is ended by SIGKILL again and again. Then
the books must balance (invariants.py), and nothing that was acknowledged may be lost.

SECONDS (30) says how long, SEED (20261125) which chances.
"""
import json
import os
import pathlib
import random
import sys
import threading
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "faults")]
# pylint: disable=wrong-import-position
import calls  # noqa: E402
import harness  # noqa: E402
from fake_zalopay import APP_ID, KEY1, KEY2, FakeZaloPay  # noqa: E402
from harness import expect, say  # noqa: E402
from invariants import FAULTS, INVARIANTS, SNAPSHOT  # noqa: E402

SECONDS = float(os.environ.get("SECONDS", "30"))
SEED = int(os.environ.get("SEED", "20261125"))
WORKERS = 6


class Journal:
    """What was sent and what was answered: the truth that the database is held against."""

    def __init__(self):
        self.lock = threading.Lock()
        #: Idempotency key: (body, payment id or None).
        self.creations = {}
        #: Payments as they were acknowledged.
        self.payments = []
        #: Movements of money that a callback of ours was acknowledged for.
        self.acknowledged = set()
        self.counts = {}

    def count(self, name):
        """Counts something for the report."""
        with self.lock:
            self.counts[name] = self.counts.get(name, 0) + 1


class Soak:
    """The cluster, the service, ZaloPay, and who pays which codes."""

    def __init__(self):
        self.world = harness.World()
        self.zalopay = FakeZaloPay(random.Random(SEED))
        providers = self.world.folder / "providers.json"
        providers.write_text(json.dumps({
            "zalopay": {
                "appId": APP_ID, "key1": KEY1, "key2": KEY2,
                "baseUrl": f"http://127.0.0.1:{self.zalopay.port}",
                "callbackUrl": "https://care.test/v1/payment-callbacks/zalopay"},
            "vietqr": {"bankCode": "970403", "accountNumber": "0011012345678"},
        }), encoding="utf-8")
        providers.chmod(0o600)
        self.service = harness.Service(
            self.world, PAYMENT_PROVIDERS_FILE=str(providers), LOOP_COUNT="2")
        self.journal = Journal()
        self.is_over = False
        self.kills = 0
        self.codes = [customer["customerCode"] for customer in self.world.customers[:10]]
        self.months = []
        self.accounts = []

    def prepare(self):
        """Follows codes, each by two accounts, and makes the newest bills owed."""
        say(f"ready after {self.service.start():.2f} s")
        caller = self.service.caller()
        phones = {one["customerCode"]: one["phone"] for one in self.world.customers}
        for number in range(4):
            answer = caller.call("PUT", "/v1/accounts", {"zaloUserId": f"soak-{number}"})
            account = answer.json["accountId"]
            codes = [self.codes[(number * 3 + one) % len(self.codes)] for one in range(6)]
            path = f"/v1/accounts/{account}/subscriptions"
            added = caller.call(
                "POST", path, {"customerCodes": codes, "declaration": {
                    "confirmed": True, "textVersion": "2026-01"}}, str(uuid.uuid4()))
            for item in added.json["items"]:
                done = caller.call(
                    "POST", f"{path}/{item['subscriptionId']}/verification",
                    {"phone": phones[item["customerCode"]]})
                if done.status != 200:
                    raise RuntimeError(f"verification: {done.status} {done.body}")
            self.accounts.append((account, codes))
        listed = "', '".join(self.codes)
        rows = self.world.cluster.rows(
            f"select distinct to_char(month, 'YYYY-MM') from bill_balances"
            f" where customer_code in ('{listed}') order by 1 desc limit 8")
        self.months = [row[0] for row in rows]
        self.world.cluster.rows(
            f"update bill_balances set paid = 0, pending = 0 where customer_code in ('{listed}')"
            f" and month >= '{self.months[-1]}-01'")
        self.world.cluster.rows(SNAPSHOT)

    # --- What happens --------------------------------------------------------------------------

    def work(self, number):
        """Does one thing after the other until the soak is over."""
        chance = random.Random(SEED * 100 + number)
        caller = self.service.caller(timeout=10)
        steps = [
            (30, self.create), (30, self.pay), (10, self.call_again), (8, self.cancel),
            (5, self.correct), (5, self.let_time_pass), (6, self.read), (6, self.repeat)]
        weights = [weight for weight, _ in steps]
        while not self.is_over:
            step = chance.choices(steps, weights)[0][1]
            try:
                step(chance, caller)
            except calls.NoAnswer:
                # Killed under our hands; whatever was sent stands in the journal.
                self.journal.count("without an answer")
                time.sleep(0.05)

    def create(self, chance, caller):
        """Begins a payment over one to three bills."""
        account, codes = chance.choice(self.accounts)
        bills = {(chance.choice(codes), chance.choice(self.months))
                 for _ in range(chance.randint(1, 3))}
        body = {
            "accountId": account, "provider": "zalopay" if chance.random() < 0.9 else "vietqr",
            "bills": [{"customerCode": code, "month": month} for code, month in sorted(bills)]}
        key = str(uuid.UUID(int=chance.getrandbits(128)))
        with self.journal.lock:
            self.journal.creations[key] = [body, None]
        self.send_creation(caller, key, body)

    def send_creation(self, caller, key, body):
        """Sends it, perhaps once more, and notes what was acknowledged."""
        answer = caller.call("POST", "/v1/payments", body, key)
        self.journal.count(f"create {answer.status}")
        if answer.status not in (201, 202):
            return
        payment = answer.json
        with self.journal.lock:
            known = self.journal.creations[key]
            if known[1] not in (None, payment["paymentId"]):
                self.journal.counts["two payments of one key"] = 1
            known[1] = payment["paymentId"]
            self.journal.payments.append(payment)

    def repeat(self, chance, caller):
        """Repeats a creation under its key."""
        with self.journal.lock:
            if not self.journal.creations:
                return
            key = chance.choice(list(self.journal.creations))
            body = self.journal.creations[key][0]
        self.send_creation(caller, key, body)

    def pay(self, chance, caller):
        """A user pays an order, rightly or not; then callbacks, or none."""
        with self.zalopay.lock:
            if not self.zalopay.orders:
                return
            reference, amount = chance.choice(list(self.zalopay.orders.items())[-40:])
        if chance.random() < 0.04:
            amount += chance.choice([-1, 1, 1_000])
        if chance.random() < 0.02:
            reference = "261125_NOBODY"
        transaction = self.zalopay.pay(reference, amount)
        if chance.random() < 0.15:
            return
        for _ in range(chance.choice([1, 1, 1, 2, 3])):
            self.send_callback(transaction)

    def send_callback(self, transaction):
        """ZaloPay calls."""
        body = self.zalopay.callback(transaction)
        head = (
            "POST /v1/payment-callbacks/zalopay HTTP/1.1\r\nHost: care.test\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            "Connection: close\r\n\r\n")
        wire = calls.Wire(self.service.port, 10)
        try:
            answer = wire.exchange(head.encode() + body)
        finally:
            wire.close()
        self.journal.count(f"callback {answer.status}")
        if answer.status == 200:
            with self.journal.lock:
                self.journal.acknowledged.add(transaction)

    def call_again(self, chance, caller):
        """A late or repeated callback, sometimes from two sides at once."""
        with self.zalopay.lock:
            if not self.zalopay.money:
                return
            transaction = chance.choice(list(self.zalopay.money))
        if chance.random() < 0.5:
            other = threading.Thread(target=self.quietly, args=(transaction,))
            other.start()
            self.quietly(transaction)
            other.join()
        else:
            self.send_callback(transaction)

    def quietly(self, transaction):
        """A callback that may meet a dying service."""
        try:
            self.send_callback(transaction)
        except calls.NoAnswer:
            self.journal.count("without an answer")

    def cancel(self, chance, caller):
        """An account takes a payment back."""
        with self.journal.lock:
            if not self.journal.payments:
                return
            payment = chance.choice(self.journal.payments[-30:])
        answer = caller.call(
            "POST", f"/v1/payments/{payment['paymentId']}/cancellation",
            {"accountId": payment["accountId"]})
        self.journal.count(f"cancel {answer.status}")

    def read(self, chance, caller):
        """An account looks at its payments and debts."""
        account, _ = chance.choice(self.accounts)
        for target in (f"/v1/payments?account={account}", f"/v1/accounts/{account}/debts"):
            answer = caller.call("GET", target)
            self.journal.count(f"read {answer.status}")

    def correct(self, chance, caller):
        """The billing system makes another revision of a bill."""
        code, month = chance.choice(self.codes), chance.choice(self.months)
        rows = self.world.cluster.rows(
            f"select revision, billed from bill_balances where customer_code = '{code}'"
            f" and month = '{month}-01' and period_number = 1 and kind = 'active'")
        if not rows:
            return
        revision, billed = int(rows[0][0]), int(rows[0][1])
        amount = max(0, billed + chance.choice([-50_000, -10_000, 10_000, 70_000]))
        path = self.world.folder / f"correction-{threading.get_ident()}.json"
        path.write_text(json.dumps({
            "customerCode": code, "month": month, "revision": revision + 1,
            "amountExcludingVAT": amount, "vat": 0}), encoding="utf-8")
        said = self.world.command("bills", "correct", str(path))
        self.journal.count(f"correction {said.split()[0]}")

    def let_time_pass(self, chance, caller):
        """Payments become due for the watch, and some are over."""
        self.world.cluster.rows(
            "update payments set next_check_at = now()"
            " where next_check_at is not null and random() < 0.5")
        self.world.cluster.rows(
            "update payments set expires_at = now() - interval '2 hours'"
            " where state in ('requires_action', 'processing') and random() < 0.15")
        self.journal.count("time passed")

    # --- The end -------------------------------------------------------------------------------

    def kill_until(self, end):
        """Kills and starts the service until then."""
        moments = random.Random(SEED)
        slowest = 0.0
        while time.monotonic() < end:
            time.sleep(min(0.3 + 1.5 * moments.random(), max(0.05, end - time.monotonic())))
            self.service.kill()
            self.kills += 1
            slowest = max(slowest, self.service.start())
        expect("ready within 5 s of every start", slowest <= 5, f"slowest {slowest:.2f} s")

    def settle_up(self):
        """What nobody has told comes by the settlement file, as it does every night."""
        caller = self.service.caller()
        with self.journal.lock:
            waiting = [(key, body) for key, (body, known) in self.journal.creations.items()
                       if known is None]
        for key, body in waiting:
            self.send_creation(caller, key, body)
        booked = {int(row[0]) for row in self.world.cluster.rows(
            "select transaction_reference from provider_transactions where provider = 'zalopay'")}
        lost = self.journal.acknowledged - booked
        expect("no callback that was acknowledged is lost", not lost, sorted(lost)[:3])
        expect("nothing is booked that ZaloPay has not taken",
               booked <= set(self.zalopay.money), "")
        days = self.world.cluster.rows("select current_date - 1, current_date + 1")[0]
        lines = [{"collector": "zalopay", "from": days[0], "through": days[1],
                  "rows": len(self.zalopay.money),
                  "total": sum(amount for _, amount in self.zalopay.money.values())}]
        lines += [{"reference": str(transaction), "amount": amount, "orderReference": order}
                  for transaction, (order, amount) in self.zalopay.money.items()]
        path = self.world.folder / "settlement.ndjson"
        path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
        try:
            self.world.command("settlements", "import", str(path))
        except RuntimeError as error:
            # It ends with 1 where a line waits for staff, which some do.
            expect("the settlement file is taken", "settled" in str(error), str(error)[-200:])

    def check(self):
        """The books balance, and everything acknowledged is there."""
        for name, query in INVARIANTS.items():
            rows = self.world.cluster.rows(query)
            expect(name, not rows, rows[:3] if rows else "")
            # Without this a query that sees nothing would pass for ever.
            noticed = self.world.cluster.rows(f"begin; {FAULTS[name]}; {query}; rollback")
            expect("a fault of it would be noticed", bool(noticed), "")
        total = int(self.world.cluster.value(
            "select coalesce(sum(amount), 0) from ledger_entries"
            " where ledger_account = 'provider:zalopay'"))
        taken = sum(amount for _, amount in self.zalopay.money.values())
        expect("the ledger has every đồng that ZaloPay has taken", total == taken,
               f"{total} of {taken}")
        there = {row[0] for row in self.world.cluster.rows("select payment_id from payments")}
        made = {payment["paymentId"] for payment in self.journal.payments}
        expect("no payment that was acknowledged is lost", made <= there, len(made - there))
        expect("one key made one payment",
               "two payments of one key" not in self.journal.counts, "")
        expect("the service signed every request to ZaloPay", self.zalopay.forged == 0,
               self.zalopay.forged)
        states = dict(self.world.cluster.rows(
            "select state, count(*) from payments group by state"))
        say(f"{self.kills} kills, {len(self.zalopay.money)} movements of money, {states}")
        say(f"{dict(sorted(self.journal.counts.items()))}")
        for state in ("succeeded", "failed", "expired"):
            expect(f"some payments {state}", state in states, "")
        expect("the service was killed under load", self.kills >= SECONDS / 6, self.kills)


def fault():
    """Runs the soak."""
    soak = Soak()
    soak.prepare()
    workers = [threading.Thread(target=soak.work, args=(number,), daemon=True)
               for number in range(WORKERS)]
    for worker in workers:
        worker.start()
    soak.kill_until(time.monotonic() + SECONDS)
    soak.is_over = True
    for worker in workers:
        worker.join(30)
    expect("every worker came to its end", not any(one.is_alive() for one in workers), "")
    soak.settle_up()
    soak.check()


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
