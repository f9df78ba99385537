#!/usr/bin/env python3
"""Messages to many people, while Zalo has bad days and the service is killed.

COUNT (4000) people who follow a code each are told of one outage. Zalo is a process of its own
(fake_zalo.py): slow, down, counting calls, out of tokens, telling receipts twice and in the wrong
order. Meanwhile the service is ended by SIGKILL again and again, KILLS (5) times. In the end
everybody has been told, nobody twice but for what was on its way when the service died, and the
queue is as small as before. SEED (20261125) says when.
"""
import json
import os
import pathlib
import random
import subprocess
import sys
import threading
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "faults")]
# pylint: disable=wrong-import-position
import harness  # noqa: E402
from fake_zalo import APP_ID, APP_SECRET, OA_SECRET  # noqa: E402
from harness import expect, say  # noqa: E402

COUNT = int(os.environ.get("COUNT", "4000"))
KILLS = int(os.environ.get("KILLS", "5"))
SEED = int(os.environ.get("SEED", "20261125"))
#: Messages that one instance has on their way at a time.
WIDTH = 8

PEOPLE = """
    insert into accounts (account_id, zalo_user_id, locale, follow_state, created_at, updated_at)
    select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'app-' || n, 'vi',
        'following', now(), now()
    from generate_series(1, %(count)d) n;
    insert into zalo_contacts (zalo_user_id, oa_user_id, follow_state, last_interaction_at)
    select 'app-' || n, 'oa-' || n, 'following', now() from generate_series(1, %(count)d) n;
    insert into subscriptions (account_id, subscription_id, customer_code, state, assurance,
        declared_at, declaration_text_version, created_at)
    select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, gen_random_uuid(),
        'PB99' || lpad(n::text, 9, '0'), 'active', 'standard', now(), '2026-01', now()
    from generate_series(1, %(count)d) n;
    insert into followers (customer_code, account_id, subscription_id, assurance, followed_at)
    select customer_code, account_id, subscription_id, assurance, now()
    from subscriptions where customer_code like 'PB99%%';
    insert into network_links (customer_code, scope_kind, scope_value, valid_from)
    select 'PB99' || lpad(n::text, 9, '0'), 'feeder', 'F-soak', '2020-01-01'
    from generate_series(1, %(count)d) n;
    analyze;
"""
OUTAGE = """
    insert into outages values ('00000000-0000-7000-8000-0000000000ff', 'soak', '1', 'planned', 1,
        'Tân An', null, now() + interval '3 days', now() + interval '3 days 8 hours', null, null,
        now() + interval '3 days 8 hours', '[]', now(), now());
    insert into outage_scopes values ('feeder', 'F-soak', '00000000-0000-7000-8000-0000000000ff',
        now() + interval '3 days', now() + interval '3 days 8 hours');
"""
LEFT = "select count(*) from outbox"
SIZE = "select pg_relation_size('outbox')"
INDEXES = "select pg_indexes_size('outbox')"


class Soak:
    """The cluster, the service, and Zalo."""

    def __init__(self):
        self.chance = random.Random(SEED)
        self.world = harness.World()
        self.zalo = harness.start_process(
            [sys.executable, str(HERE / "fake_zalo.py")], stdout=subprocess.PIPE, text=True,
            env=os.environ | {"TOKEN_SECONDS": "3610"})
        self.port = int(self.zalo.stdout.readline())
        base = f"http://127.0.0.1:{self.port}"
        settings = self.world.folder / "zalo.json"
        settings.write_text(json.dumps({
            "appId": APP_ID, "appSecret": APP_SECRET, "officialAccountSecret": OA_SECRET,
            "apiUrl": base, "businessUrl": base, "oauthUrl": base, "callsPerMinute": 1_000_000,
            "nightTopics": {"outage_published": True}}), encoding="utf-8")
        settings.chmod(0o600)
        self.renew()
        self.service = harness.Service(
            self.world, ZALO_FILE=str(settings), LOOP_COUNT="2")
        self.kills = 0
        self.renewals = 0

    def control(self, **asked):
        """Tells Zalo how to behave, or asks what it has taken."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/control",
            data=json.dumps(asked).encode() if asked else None)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def renew(self):
        """A person fetches a new pair of tokens."""
        path = self.world.folder / "tokens.json"
        path.write_text(json.dumps(self.control(renew=True)), encoding="utf-8")
        path.chmod(0o600)
        self.world.command("zalo", "tokens", str(path))

    def value(self, sql):
        """One number of the database."""
        return int(self.world.cluster.value(sql))

    def run(self):
        """Everything, to the end."""
        self.world.cluster.rows("begin;" + PEOPLE % {"count": COUNT} + "commit")
        self.world.cluster.rows("vacuum outbox")
        before = self.value(SIZE)
        say(f"ready after {self.service.start():.2f} s; {COUNT} people")
        self.control(receipts=self.service.port)
        begin = time.monotonic()
        self.world.cluster.rows("begin;" + OUTAGE + "commit")
        self.disturb()
        self.finish(begin)
        self.judge(before)

    def disturb(self):
        """Bad days and kills, spread over the messages by how many are taken already."""
        modes = ["slow", "down", "limit", "ok", "slow"]
        for number in range(KILLS):
            goal = COUNT * (number + 1) // (KILLS + 2)
            harness.wait_until(lambda: self.control()["messages"] >= goal, 600, 0.05)
            mode = modes[number % len(modes)]
            self.control(mode=mode)
            time.sleep(self.chance.uniform(0.1, 0.6))
            taken = self.control()["messages"]
            self.service.kill()
            self.kills += 1
            say(f"killed at {taken} messages while Zalo is {mode}")
            self.service.start()
            time.sleep(self.chance.uniform(0.2, 1.0))
            self.control(mode="ok")
            # What is put off while Zalo is down or counts comes back by itself, but not soon.
            self.world.cluster.rows("update outbox set due_at = now() where attempts > 0")
            self.look_after_tokens()

    def look_after_tokens(self):
        """Where the service calls for a person, one comes."""
        if self.value("select count(*) from zalo_tokens where fault_code is not null"):
            self.renewals += 1
            self.renew()

    def finish(self, begin):
        """Waits until nothing is left; time passes faster for what waits."""
        def is_done():
            self.look_after_tokens()
            self.world.cluster.rows(
                "update outbox set due_at = now() where due_at > now() + interval '5 seconds'"
                " and (attempts > 0 or due_at < now() + interval '4 minutes')"
                f" and {self.claims_are_old()}")
            return self.value(LEFT) == 0 and self.control()["receiptsLeft"] == 0 \
                and self.value("select count(*) from zalo_events where done_at is null") == 0
        seconds = harness.wait_until(is_done, 900, 1)
        expect("the queue is empty in the end", seconds is not None, self.value(LEFT))
        rate = COUNT / (time.monotonic() - begin)
        say(f"{COUNT} messages in {time.monotonic() - begin:.1f} s, {rate:.0f} a second")

    def claims_are_old(self):
        """Whether claims can only be those of the dead: nothing has been sent for a while."""
        calls = self.control()["calls"]
        time.sleep(0.5)
        return "true" if calls == self.control()["calls"] else "false"

    def vacuumed(self):
        """The size of the queue after a vacuum."""
        self.world.cluster.rows("vacuum outbox")
        return self.value(SIZE)

    def judge(self, before):
        """What was promised."""
        state = self.control()
        say(str(state) + f", {self.kills} kills, {self.renewals} pairs brought by a person")
        expect("everybody was told", state["messages"] == COUNT, state["messages"])
        expect("nobody was told twice but for what was on its way at a kill",
               state["repeats"] <= self.kills * WIDTH, state["repeats"])
        expect("nobody was told more than twice", state["most"] <= 2, state["most"])
        expect("everybody has it in their list",
               self.value("select count(*) from notifications where state <> 'failed'") == COUNT)
        seen = self.value("select count(*) from notifications where state = 'seen'")
        expect("receipts in the wrong order, told twice, are kept",
               seen >= COUNT // 100 - self.kills, seen)
        expect("a receipt that came late takes nothing back", 0 == self.value(
            "select count(*) from notifications where seen_at is not null and state <> 'seen'"))
        # A vacuum gives its empty pages back unless somebody looks at the table just then, or may
        # still see what was there.
        harness.wait_until(lambda: self.vacuumed() <= before + 65_536, 30, 0.3)
        after = self.vacuumed()
        say(f"its indexes: {self.value(INDEXES)} bytes")
        expect("the queue is as small as before", after <= before + 65_536, (before, after))
        expect("the announcement is done once", self.value(
            "select count(*) from announcements where topic = 'outage_published'"
            f" and done_at is not null and message_count = {COUNT}") == 1)
        expect("the service was killed", self.kills == KILLS, self.kills)


def soak():
    """Messages at random while the service is killed."""
    Soak().run()


if __name__ == "__main__":
    threading.current_thread().name = "soak"
    harness.run(soak)
