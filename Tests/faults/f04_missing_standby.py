#!/usr/bin/env python3
"""F4: commits wait for a synchronous standby that is gone.

statement_timeout does not end that wait, so the service's own deadline has to; the answer is
"unknown", never a success, and neither is that of a repetition, until the standby is back.
"""
import secrets
import threading
import time

import calls
import harness
from harness import expect, say
from workload import DECLARATION

WAITING = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'"


def fault():
    world = harness.World()
    standby = world.cluster.make_standby()
    world.cluster.rows("alter system set synchronous_standby_names = '*'")
    world.cluster.rows("select pg_reload_conf()")
    in_sync = "select count(*) from pg_stat_replication where sync_state = 'sync'"
    harness.wait_until(lambda: world.cluster.value(in_sync) == "1", 10)
    service = harness.Service(world)
    service.start()
    caller = service.caller()
    answer = caller.call("PUT", "/v1/accounts", {"zaloUserId": "standby"})
    expect("with the standby a write is acknowledged", answer.status == 201, answer.status)
    home = "/v1/accounts/" + answer.json["accountId"]
    before = service.figures()

    standby.stop("immediate")
    body = {"customerCodes": ["PB97000000001", "PB97000000002"], "declaration": DECLARATION}
    key = secrets.token_hex(12)
    first = caller.call("POST", home + "/subscriptions", body, key)
    expect("without it the outcome is unknown", (first.status, first.code) ==
           (503, "outcome_unknown") and "retry-after" in first.fields,
           f"{first.status} {first.code} after {first.seconds:.2f} s")
    expect("at the service's own deadline", 1 <= first.seconds <= 4.5, f"{first.seconds:.2f} s")
    again = caller.call("POST", home + "/subscriptions", body, key)
    expect("a repetition is no success either: the first one is still under way",
           (again.status, again.code) == (409, "request_in_progress"),
           f"{again.status} {again.code}")
    left = int(world.cluster.value(WAITING))
    say(f"{left} sessions of given-up links wait in the server")
    cancelled(world, service, home)
    there = world.cluster.value("select count(*) from subscriptions")
    again = caller.call("POST", home + "/subscriptions", body, key)
    expect("nor once the rows are there and the stored answer is found",
           (again.status, again.code) == (503, "outcome_unknown"),
           f"{again.status} {again.code}, {there} rows visible")
    reads(caller, home, service)

    begin = time.monotonic()
    standby.start()
    while True:
        final = caller.call("POST", home + "/subscriptions", body, key)
        if final.status not in (409, 503) or time.monotonic() - begin > 15:
            break
        time.sleep(0.1)
    took = time.monotonic() - begin
    expect("with the standby back the key resolves it", final.status == 202 and took <= 6,
           f"{final.status} after {took:.2f} s")
    stored = {row[0] for row in world.cluster.rows(
        "select subscription_id from subscriptions where customer_code like 'PB97%1'"
        " or customer_code like 'PB97%2'")}
    told = {item["subscriptionId"] for item in final.json["items"]}
    expect("it was done once", stored == told, f"{len(stored)} rows")
    added = world.cluster.value(
        "select count(*) from audit_events where action = 'subscription_added'"
        " and customer_code in ('PB97000000001', 'PB97000000002')")
    expect("and audited once", added == "2", added)
    on_standby = harness.wait_until(
        lambda: standby.value("select count(*) from subscriptions")
        == world.cluster.value("select count(*) from subscriptions"), 5)
    expect("the standby has it", on_standby is not None)
    harness.expect_no_leak(service, before)
    waiting = harness.wait_until(lambda: world.cluster.value(WAITING) == "0", 5)
    expect("no session waits any more", waiting is not None)


def cancelled(world, service, home):
    """An administrator cancels the wait: PostgreSQL reports success then, with a warning."""
    answers = []

    def send():
        answers.append(service.caller().call(
            "POST", home + "/subscriptions",
            {"customerCodes": ["PB97000000009"], "declaration": DECLARATION},
            secrets.token_hex(12)))

    world.cluster.rows("select pg_cancel_backend(pid) from pg_stat_activity"
                       " where wait_event = 'SyncRep'")
    thread = threading.Thread(target=send)
    thread.start()
    harness.wait_until(lambda: world.cluster.value(WAITING) != "0", 3)
    world.cluster.rows("select pg_cancel_backend(pid) from pg_stat_activity"
                       " where wait_event = 'SyncRep'")
    thread.join()
    expect("a cancelled wait is no success", (answers[0].status, answers[0].code) ==
           (503, "outcome_unknown") and answers[0].seconds < 2.5,
           f"{answers[0].status} {answers[0].code} after {answers[0].seconds:.2f} s")


def reads(caller, home, service):
    """Reading needs no standby."""
    answer = caller.call("GET", home + "/subscriptions")
    expect("reads go on", answer.status == 200 and answer.seconds < 0.5,
           f"{answer.status} in {answer.seconds:.3f} s")
    expect("it stays ready and alive", service.is_ready() and service.is_alive())
    status, _ = calls.get(service.port, "/v1/support/hotlines")
    expect("and public answers too", status == 200, status)


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
