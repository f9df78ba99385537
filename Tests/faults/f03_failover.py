#!/usr/bin/env python3
"""F3: the primary of two hosts crashes, the standby is promoted, the old primary comes back.

Replication is synchronous, so nothing acknowledged is lost, and the old primary, which nobody has
fenced off, cannot acknowledge anything: neither to links that are renewed nor to an instance that
is started then and may find it first.
"""
import secrets
import time

import harness
from harness import expect, say
from workload import DECLARATION, Load


def fault():
    world = harness.World()
    old = world.cluster
    new = old.make_standby()
    old.settings["synchronous_standby_names"] = "*"
    old.stop()
    old.start()
    in_sync = "select count(*) from pg_stat_replication where sync_state = 'sync'"
    harness.wait_until(lambda: old.value(in_sync) == "1", 10)
    hosts = ",".join(str(one.sockets).replace("/", "%2F") for one in (old, new))
    url = (f"postgresql://customer_care_service@/customer_care?host={hosts}&port=5432,5432"
           "&target_session_attrs=read-write")
    service = harness.Service(world, DATABASE_URL=url)
    service.start()
    load = Load(world, [service], workers=6)
    load.start()
    time.sleep(2)
    before = service.figures()

    begin = time.monotonic()
    old.stop("immediate")
    new.promote()
    promoted = time.monotonic()
    say(f"primary stopped, standby promoted in {promoted - begin:.2f} s")
    time.sleep(6)
    world.cluster = new
    first = load.statistics.first_success(promoted)
    expect("writes succeed within 5 s of the promotion", first is not None and first <= 5,
           harness.seconds(first))
    say(f"seen around it: {load.statistics.counts(begin, promoted + 5)}")

    old.start()
    nonces = old.value("select count(*) from nonces")
    say("the old primary is back, unfenced")
    for _ in range(5):
        # Links are lost one by one and all together: each is renewed while the old one listens.
        new.rows("select pg_terminate_backend(pid) from pg_stat_activity"
                 " where usename = 'customer_care_service'")
        time.sleep(0.6)
    say(f"seen since: {load.statistics.counts(promoted + 6)}")
    on_old = old.value("select count(*) from pg_stat_activity"
                       " where usename = 'customer_care_service'")
    expect("renewed links stay with the new primary", on_old == "0", f"{on_old} on the old one")
    expect("nothing is written to the old primary",
           old.value("select count(*) from nonces") == nonces)
    newcomer(world, old, url)
    load.stop()
    load.check()
    # A request has up to four steps; each waits 2 s for a link and 3 s for an answer at most.
    load.expect_bounded(longest=10)
    harness.expect_no_leak(service, before)


def newcomer(world, old, url):
    """An instance started now tries the hosts in their order, and the old primary is the first."""
    service = harness.Service(world, DATABASE_URL=url)
    service.start()
    on_old = old.value("select count(*) from pg_stat_activity"
                       " where usename = 'customer_care_service'")
    say(f"a new instance has {on_old} links to the old primary (the order of hosts decides)")
    caller = service.caller()
    acknowledged = []
    for number in range(3):
        answer = caller.call("PUT", "/v1/accounts", {"zaloUserId": f"split-{number}"})
        if answer.status in (200, 201):
            account = answer.json["accountId"]
            there = world.cluster.value(
                f"select count(*) from accounts where account_id = '{account}'")
            acknowledged.append(there == "1")
            caller.call("POST", f"/v1/accounts/{account}/subscriptions",
                        {"customerCodes": ["PB96000000001"], "declaration": DECLARATION},
                        secrets.token_hex(12))
        say(f"a write through it: {answer.status} {answer.code} after {answer.seconds:.2f} s")
    expect("an instance that finds the old primary acknowledges nothing there",
           all(acknowledged), acknowledged)
    service.kill()


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
