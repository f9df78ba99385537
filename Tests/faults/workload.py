"""The load beside a fault, its journal on disk, and the invariants that must hold afterwards.

Every write is noted down (and synced) before it is sent and again when it is answered. After the
fault each intent without a final answer is repeated, with the same Idempotency-Key where there is
one, until it has a final answer; then journal, interface and database must tell the same story.
"""
import collections
import hashlib
import json
import os
import random
import secrets
import threading
import time

import calls
from harness import expect, say

DECLARATION = {"confirmed": True, "textVersion": "2026-01"}
#: Answers that promise nothing: the same request may and must be sent again.
PASSING_CODES = {"request_in_progress", "unavailable", "outcome_unknown", "request_timeout"}
#: The longest a request may take: 15 s is the service's own deadline.
DEADLINE_SECONDS = 15.5


class Intent:
    """One write that was or will be sent, and what became of it."""

    def __init__(self, number, kind, method, target, value, idempotency_key, facts):
        self.number = number
        self.kind = kind
        self.method = method
        self.target = target
        self.value = value
        self.idempotency_key = idempotency_key
        self.facts = facts
        self.tries = 0
        self.status = None
        self.code = ""
        self.body = b""
        self.request = b""

    @property
    def is_acknowledged(self):
        """Whether the service has said that it is done."""
        return self.status is not None and 200 <= self.status < 300


class Journal:
    """The intents of all workers, on disk before they are sent."""

    def __init__(self, folder):
        self.path = folder / "journal.ndjson"
        self.file = open(self.path, "ab", buffering=0)
        self.lock = threading.Lock()
        self.intents = []

    def _write(self, record):
        self.file.write(json.dumps(record).encode() + b"\n")
        os.fdatasync(self.file.fileno())

    def intend(self, kind, method, target, value=None, idempotency_key=None, **facts):
        """Notes down what is about to be sent."""
        with self.lock:
            intent = Intent(
                len(self.intents), kind, method, target, value, idempotency_key, facts)
            self.intents.append(intent)
        self._write({"intent": intent.number, "kind": kind, "method": method, "target": target,
                     "body": value, "key": idempotency_key})
        return intent

    def conclude(self, intent, answer):
        """Notes down a final answer."""
        intent.status = answer.status
        intent.code = answer.code
        intent.body = answer.body
        self._write({"result": intent.number, "status": answer.status,
                     "hash": hashlib.sha256(answer.body).hexdigest()})

    @property
    def open_intents(self):
        """Those without a final answer, in their order."""
        return [intent for intent in self.intents if intent.status is None]


class Statistics:
    """What the workers have seen, by time."""

    def __init__(self):
        self.lock = threading.Lock()
        self.events = []            # (when, what, seconds)
        self.wrong = []             # refusals without Retry-After, 5xx that must not be
        self.resets = 0

    def note(self, answer):
        """An answer."""
        name = str(answer.status) + (f" {answer.code}" if answer.status >= 400 else "")
        with self.lock:
            self.events.append((time.monotonic(), name, answer.seconds))
            if answer.status in (429, 503) and not answer.fields.get("retry-after"):
                self.wrong.append(f"{name} without Retry-After")
            if answer.status >= 500 and answer.status != 503:
                self.wrong.append(f"{name}: {answer.body[:300]!r}")

    def note_silence(self, error, seconds):
        """No answer."""
        with self.lock:
            self.events.append((time.monotonic(), "no answer", seconds))
            self.resets += 1
            if "timed out" in str(error) or "Timeout" in str(error):
                self.wrong.append(f"no answer within {seconds:.1f} s")

    def counts(self, since=0.0, until=float("inf")):
        """How often each outcome was seen."""
        return dict(collections.Counter(
            name for when, name, _ in self.events if since <= when < until).most_common())

    def slowest(self, since=0.0, until=float("inf")):
        """The longest an exchange took."""
        return max((took for when, _, took in self.events if since <= when < until), default=0.0)

    def first_success(self, since):
        """Seconds from a moment to the next 2xx that ended after it; None without one."""
        moments = [when for when, name, _ in self.events if when > since and name[0] == "2"]
        return min(moments) - since if moments else None


class Worker:
    """Sends journeys: account, subscriptions, wrong guesses, verification, alias, removal."""

    def __init__(self, journal, statistics, ports, key, customers, seed):
        self.journal = journal
        self.statistics = statistics
        self.ports = ports
        self.key = key
        self.customers = customers
        self.random = random.Random(seed)
        self.caller = None
        self.strict = False

    def connect(self):
        """Takes one of the instances."""
        if self.caller:
            self.caller.wire.close()
        self.caller = calls.Caller(self.random.choice(self.ports), self.key, 20.0)

    def attempt(self, intent):
        """Sends an intent once; whether it has a final answer now."""
        intent.tries += 1
        begin = time.monotonic()
        body = None if intent.value is None else json.dumps(intent.value).encode()
        request = self.key.sign(intent.method, intent.target, body, intent.idempotency_key)
        try:
            answer = self.caller.wire.exchange(request)
        except calls.NoAnswer as error:
            self.statistics.note_silence(error, time.monotonic() - begin)
            self.connect()
            return False
        self.statistics.note(answer)
        if answer.code in PASSING_CODES:
            return False
        intent.request = request
        self.journal.conclude(intent, answer)
        return True

    def write(self, kind, method, target, value=None, idempotency_key=None, **facts):
        """Notes down and sends a write; None when nobody knows what became of it."""
        intent = self.journal.intend(kind, method, target, value, idempotency_key, **facts)
        if not self.attempt(intent):
            time.sleep(0.02)
            return None
        return intent

    def read(self, target):
        """A signed GET; None without an answer."""
        begin = time.monotonic()
        try:
            answer = self.caller.call("GET", target)
        except calls.NoAnswer as error:
            self.statistics.note_silence(error, time.monotonic() - begin)
            self.connect()
            return None
        self.statistics.note(answer)
        return answer

    def unknown_code(self):
        """A well-formed code that nobody has: any number of guesses can be spent on it."""
        return f"PB99{self.random.randrange(10 ** 9):09d}"

    def journey(self):
        """One account's story; ends early where an answer is missing."""
        zalo_user = "fault-" + secrets.token_hex(8)
        account = self.write("account", "PUT", "/v1/accounts", {"zaloUserId": zalo_user},
                             zalo_user=zalo_user)
        if not account or not account.is_acknowledged:
            return
        home = "/v1/accounts/" + json.loads(account.body)["accountId"]
        customer = self.random.choice(self.customers)
        unknown = self.unknown_code()
        added = self.add(home, [customer["customerCode"], unknown])
        if not added or not added.is_acknowledged:
            return
        real, guessed = json.loads(added.body)["items"]
        story = self.random.random()
        if story < 0.3:
            self.guess(home, guessed)
        elif story < 0.5:
            self.fill(home)
        verified = self.write(
            "verify", "POST", f"{home}/subscriptions/{real['subscriptionId']}/verification",
            {"phone": customer["phone"]}, subscription=real["subscriptionId"], home=home)
        if not verified or not verified.is_acknowledged:
            return
        if self.random.random() < 0.3:
            alias = secrets.token_hex(4)
            self.write("rename", "PATCH", f"{home}/subscriptions/{real['subscriptionId']}",
                       {"alias": alias}, subscription=real["subscriptionId"], alias=alias)
        if self.random.random() < 0.2:
            self.write("remove", "DELETE", f"{home}/subscriptions/{real['subscriptionId']}",
                       subscription=real["subscriptionId"])
        else:
            self.read(f"{home}/customers/{customer['customerCode']}/bills/current")
        self.read(home + "/subscriptions")

    def add(self, home, codes):
        """Follows codes under a new Idempotency-Key."""
        return self.write(
            "add", "POST", home + "/subscriptions",
            {"customerCodes": codes, "declaration": DECLARATION}, secrets.token_hex(12),
            home=home)

    def guess(self, home, subscription):
        """Seven wrong guesses; the sixth and seventh must not be looked at."""
        target = f"{home}/subscriptions/{subscription['subscriptionId']}/verification"
        for _ in range(7):
            phone = f"09{self.random.randrange(10 ** 8):08d}"
            self.write("guess", "POST", target, {"phone": phone}, home=home,
                       code=subscription["customerCode"])

    def fill(self, home):
        """Nine more codes, of which eight have room."""
        for size in (4, 4, 1):
            self.add(home, [self.unknown_code() for _ in range(size)])


class Load:
    """So many workers in threads, on one or more instances."""

    def __init__(self, world, services, workers=6):
        self.world = world
        self.services = services
        self.journal = Journal(world.folder)
        self.statistics = Statistics()
        self.is_over = False
        self.threads = []
        self.count = workers
        self.worker = self._worker(0)

    def _worker(self, seed):
        worker = Worker(self.journal, self.statistics, [one.port for one in self.services],
                        self.world.key(), self.world.customers, seed)
        worker.connect()
        return worker

    def start(self):
        """Begins; the workers go on whatever happens."""
        for seed in range(self.count):
            thread = threading.Thread(target=self._work, args=(seed + 1,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _work(self, seed):
        worker = self._worker(seed)
        while not self.is_over:
            worker.journey()
        worker.caller.wire.close()

    def stop(self):
        """Lets the journeys end; False when a worker hangs."""
        self.is_over = True
        for thread in self.threads:
            thread.join(40)
        hanging = sum(thread.is_alive() for thread in self.threads)
        return expect("no worker hangs", hanging == 0, hanging)

    def settle(self, seconds=60):
        """Repeats what has no final answer until it has one."""
        unfinished = self.journal.open_intents
        end = time.monotonic() + seconds
        for intent in unfinished:
            while not self.worker.attempt(intent) and time.monotonic() < end:
                time.sleep(0.1)
        left = len(self.journal.open_intents)
        expect("every unknown outcome is resolved by repeating it", left == 0,
               f"{len(unfinished)} repeated, {left} left")

    def expect_bounded(self, longest=DEADLINE_SECONDS):
        """Every refusal 503 with Retry-After, nothing beyond the request's deadline."""
        wrong = self.statistics.wrong
        expect("no 5xx but 503, each with Retry-After, none hangs", not wrong,
               f"{len(wrong)} wrong: {wrong[:3]}" if wrong else "")
        slowest = self.statistics.slowest()
        expect(f"nothing takes longer than {longest:.0f} s", slowest <= longest,
               f"slowest {slowest:.2f} s")

    # MARK: The invariants

    def check(self):
        """I1, I2, I5, I8 and those of subscriptions, guesses and nonces."""
        self.settle()
        kinds = collections.Counter(
            intent.kind for intent in self.journal.intents if intent.is_acknowledged)
        say(f"acknowledged: {dict(kinds)}; seen: {self.statistics.counts()}")
        expect("there was something to check", kinds["add"] > 0 and kinds["verify"] > 0)
        self._check_durable()
        self._check_database()
        self._check_guesses()
        self._check_replays()

    def _check_durable(self):
        """I1: what was acknowledged is there."""
        rows = self.world.cluster.rows
        accounts = dict(rows("select zalo_user_id, account_id from zalo_users"))
        subscriptions = {row[0]: row[1:] for row in rows(
            "select s.subscription_id, s.state, coalesce(s.alias, ''), f.subscription_id"
            " is not null from subscriptions s left join followers f"
            " using (account_id, subscription_id)")}
        gone, lost = set(), []
        for intent in self.journal.intents:
            if intent.kind == "remove" and intent.status in (204, 404):
                gone.add(intent.facts["subscription"])
        renamed = {}
        for intent in self.journal.intents:
            if not intent.is_acknowledged:
                continue
            if intent.kind == "account":
                if accounts.get(intent.facts["zalo_user"]) != json.loads(intent.body)["accountId"]:
                    lost.append(intent.facts)
            elif intent.kind == "add":
                lost += [item for item in json.loads(intent.body)["items"]
                         if item["subscriptionId"] not in gone
                         and item["subscriptionId"] not in subscriptions]
            elif intent.kind == "verify":
                subscription = intent.facts["subscription"]
                row = subscriptions.get(subscription, ["lost", "", "f"])
                if subscription not in gone and (row[0] != "active" or row[2] != "t"):
                    lost.append((subscription, row))
            elif intent.kind == "rename":
                renamed[intent.facts["subscription"]] = intent.facts["alias"]
        lost += [one for one, alias in renamed.items()
                 if one not in gone and subscriptions[one][1] != alias]
        expect("I1 what was acknowledged is durable", not lost, lost[:3] if lost else "")
        back = [one for one in gone if one in subscriptions]
        expect("what was removed stays removed", not back, back[:3] if back else "")

    def _check_database(self):
        """I2 and the agreement of the two sides of an edge."""
        for name, sql in (
                ("I2 nothing was done twice", """
                    select action, account_id, customer_code, count(*) from audit_events
                    where action in ('subscription_added', 'verification_succeeded',
                        'subscription_removed') group by 1, 2, 3 having count(*) > 1"""),
                ("nothing was done without its audit", """
                    select s.account_id, s.customer_code from subscriptions s where not exists (
                        select from audit_events a where a.account_id = s.account_id
                        and a.customer_code = s.customer_code and a.action = case s.state
                            when 'active' then 'verification_succeeded'
                            else 'subscription_added' end)"""),
                ("active subscriptions have followers", """
                    select s.subscription_id from subscriptions s left join followers f
                        using (account_id, customer_code, subscription_id)
                    where s.state = 'active' and f.account_id is null"""),
                ("followers have active subscriptions", """
                    select f.subscription_id from followers f left join subscriptions s
                        using (account_id, customer_code, subscription_id)
                    where s.state is distinct from 'active'"""),
                ("never more than ten live codes", """
                    select account_id, count(*) from subscriptions group by 1
                    having count(*) > 10"""),
                ("an account stands on both sides", """
                    select z.account_id from zalo_users z full join accounts a
                        using (account_id, zalo_user_id)
                    where a.deleted_at is null
                        and (a.account_id is null or z.account_id is null)"""),
                ("nothing is left in a prepared or open transaction", """
                    select pid from pg_stat_activity where usename = 'customer_care_service'
                    and state like 'idle in transaction%'
                    and now() - state_change > interval '12 s'""")):
            rows = self.world.cluster.rows(sql)
            expect(name, not rows, rows[:3] if rows else "")

    def _check_guesses(self):
        """Never more than five evaluated guesses, and each counted before it was looked at."""
        evaluated = collections.Counter()
        for intent in self.journal.intents:
            if intent.kind == "guess" and intent.code == "verification_failed":
                evaluated[intent.facts["home"].rsplit("/", 1)[1], intent.facts["code"]] += 1
        counted = {(row[0], row[1]): int(row[2]) for row in self.world.cluster.rows(
            "select account_id, customer_code, count(*) from audit_events"
            " where action = 'verification_attempted' and customer_code like 'PB99%'"
            " group by 1, 2")}
        most = max(counted.values(), default=0)
        expect("never more than five evaluated guesses", most <= 5,
               f"{sum(evaluated.values())} answered, {sum(counted.values())} counted, "
               f"at most {most} of a pair")
        uncounted = [pair for pair, number in evaluated.items() if number > counted.get(pair, 0)]
        expect("each guess was counted before its answer", not uncounted, uncounted[:3] or "")

    def _check_replays(self):
        """I5: the same key, the same answer; the same signature, no second effect."""
        added = [intent for intent in self.journal.intents
                 if intent.kind == "add" and intent.is_acknowledged]
        stored = {row[0] for row in self.world.cluster.rows(
            "select idempotency_key from idempotency_keys")}
        lost = [one.idempotency_key for one in added if one.idempotency_key not in stored]
        expect("every acknowledged key is stored with its effect", not lost, lost[:3] or "")
        sample = random.Random(1).sample(added, min(30, len(added)))
        other, reused = [], []
        for intent in sample:
            answer = self.worker.caller.call(
                "POST", intent.target, intent.value, intent.idempotency_key)
            if (answer.status, answer.body) != (intent.status, intent.body):
                other.append((answer.status, answer.body[:200], intent.body[:200]))
            answer = self.worker.caller.call(
                "POST", intent.target, intent.value | {"x": 1}, intent.idempotency_key)
            if answer.code != "idempotency_key_reused":
                reused.append((answer.status, answer.code))
        expect("I5 same key, same answer", not other, other[:2] or f"{len(sample)} replayed")
        expect("I5 same key, other body: refused", not reused, reused[:3] or "")
        again = []
        for intent in [one for one in self.journal.intents if one.is_acknowledged][-10:]:
            answer = self.worker.caller.wire.exchange(intent.request)
            # 404 where the object has gone since: nothing was done either.
            if answer.status not in (401, 404):
                again.append((intent.kind, answer.status))
        expect("a signed write takes effect once", not again, again or "")
