#!/usr/bin/env python3
"""F6: the database is slow, and then a table is locked for ten seconds.

Waiting is bounded in number and time, refusals come early, what needs no database is answered as
always, and nothing leaks.
"""
import threading
import time

import calls
import harness
from harness import expect, say
from workload import Load

CALLERS = 150


def fault():
    world = harness.World()
    proxy = harness.Proxy(world.cluster)
    service = harness.Service(world, DATABASE_URL=proxy.url(world.cluster))
    service.start()
    load = Load(world, [service], workers=6)
    load.start()
    time.sleep(1.5)
    before = service.figures()
    slow(proxy, service, load)
    locked(world, service, load)
    time.sleep(1.5)
    load.stop()
    load.check()
    load.expect_bounded()
    lent = world.cluster.value(
        "select count(*) from pg_stat_activity where usename = 'customer_care_service'")
    expect("no more than the links of the configuration", int(lent) <= 12, lent)
    harness.expect_no_leak(service, before)


def local_answers(service, count=40):
    """The slowest answer that needs no database, in seconds."""
    wire = calls.Wire(service.port)
    slowest = 0.0
    for _ in range(count):
        answer = wire.exchange(
            f"GET /v1/support/hotlines HTTP/1.1\r\nHost: {calls.AUTHORITY}\r\n\r\n".encode())
        slowest = max(slowest, answer.seconds)
        time.sleep(0.02)
    wire.close()
    return slowest


def slow(proxy, service, load):
    """Every piece is 150 ms late in both directions: slow, but not away."""
    begin = time.monotonic()
    proxy.set("delay 150")
    time.sleep(0.5)
    slowest = local_answers(service)
    time.sleep(4)
    ready = service.is_ready()
    proxy.set("up")
    counts = load.statistics.counts(begin, time.monotonic())
    say(f"300 ms slower: {counts}; slowest {load.statistics.slowest(begin):.2f} s")
    expect("a slow database still answers", any(name[0] == "2" for name in counts), counts)
    expect("a slow database is no reason to be unready", ready)
    expect("what needs no database is answered within 50 ms", slowest <= 0.05,
           f"{slowest * 1000:.0f} ms")


def locked(world, service, load):
    """A table is locked for 10 s while 150 callers want to write into it."""
    key = world.key()
    caller = calls.Caller(service.port, key)
    account = caller.call("PUT", "/v1/accounts", {"zaloUserId": "locked"}).json["accountId"]
    outcomes, lock = [], threading.Lock()
    end = time.monotonic() + 10

    def press(number):
        sender = calls.Caller(service.port, key)
        while time.monotonic() < end - 2:
            try:
                answer = sender.call(
                    "POST", f"/v1/accounts/{account}/subscriptions",
                    {"customerCodes": [f"PB98{number:09d}"],
                     "declaration": {"confirmed": True, "textVersion": "1"}},
                    f"locked-{number}-{time.monotonic_ns()}")
                # One that waits while the lock ends may well succeed.
                if time.monotonic() < end - 0.5:
                    with lock:
                        outcomes.append((answer.status, answer.code, answer.seconds))
            except calls.NoAnswer as error:
                with lock:
                    outcomes.append((0, str(error), 0.0))

    holder = harness.start_process(
        world.cluster.psql_arguments() + [
            "--command=begin; lock table subscriptions; select pg_sleep(10); commit"],
        stdout=harness.subprocess.DEVNULL)
    time.sleep(0.3)
    probes = harness.Probes(service)
    begin = time.monotonic()
    threads = [threading.Thread(target=press, args=(one,), daemon=True)
               for one in range(CALLERS)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    slowest_local = local_answers(service)
    waiting = service.metric("customer_care_database_waiting")
    for thread in threads:
        thread.join(30)
    holder.wait()
    probes.is_over = True
    slowest = max(took for _, _, took in outcomes)
    codes = sorted({(status, code) for status, code, _ in outcomes})
    say(f"{len(outcomes)} refused while locked: {codes}; {waiting:.0f} waiting; slowest "
        f"{slowest:.2f} s")
    expect("each is refused by 503", all(status == 503 for status, _, _ in outcomes), codes)
    # 2 s of waiting for a link, 1 s of lock_timeout, twice: attempts are read, then it is written.
    expect("within the wait for a link and for a lock", slowest <= 6.5, f"{slowest:.2f} s")
    expect("the queue is bounded", waiting <= 2_000, f"{waiting:.0f}")
    expect("what needs no database is answered within 100 ms", slowest_local <= 0.1,
           f"{slowest_local * 1000:.0f} ms")
    expect("liveness stays true", probes.liveness_lost == 0, probes.liveness_lost)
    end = time.monotonic()
    time.sleep(1.5)
    first = load.statistics.first_success(end)
    expect("afterwards it goes on at once", first is not None and first <= 1.2,
           harness.seconds(first))
    say(f"over {end - begin:.1f} s the load saw {load.statistics.counts(begin, end)}")


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
