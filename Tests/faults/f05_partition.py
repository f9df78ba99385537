#!/usr/bin/env python3
"""F5: the network between service and database fails: silence, resets, lost replies, cuts.

faultproxy.py stands between the two. A lost reply to a COMMIT is the case in which nobody can know
what happened: the answer is 503 outcome_unknown, and the Idempotency-Key resolves it.
"""
import time

import harness
from harness import expect, say
from workload import Load


def fault():
    world = harness.World()
    proxy = harness.Proxy(world.cluster)
    service = harness.Service(world, DATABASE_URL=proxy.url(world.cluster))
    service.start()
    load = Load(world, [service], workers=6)
    load.start()
    time.sleep(1.5)
    before = service.figures()
    silence(service, proxy, load)
    refusal(service, proxy, load)
    lost_replies(service, proxy, load)
    cuts(proxy, load)
    time.sleep(1)
    load.stop()
    load.check()
    load.expect_bounded()
    unknown = sum(count for name, count in load.statistics.counts().items()
                  if name == "503 outcome_unknown")
    expect("lost replies to commits are told as such", unknown > 0, unknown)
    harness.expect_no_leak(service, before)


def outage(service, proxy, load, mode, seconds):
    """One mode for so long, with its probes; gives when it began and ended."""
    probes = harness.Probes(service)
    time.sleep(0.3)
    begin = time.monotonic()
    proxy.set(mode)
    say(f"{mode} for {seconds} s")
    time.sleep(seconds)
    proxy.set("up")
    end = time.monotonic()
    time.sleep(6)
    probes.is_over = True
    say(f"meanwhile: {load.statistics.counts(begin, end)}; "
        f"slowest {load.statistics.slowest(begin, end):.2f} s")
    probes.expect_honest(begin, end)
    first = load.statistics.first_success(end)
    # A caller waits 2 s for a link, and a silent link is given up after 3 s.
    expect(f"{mode}: the first success comes within 5 s", first is not None and first <= 5,
           harness.seconds(first))
    return begin, end


def silence(service, proxy, load):
    """Packets are swallowed: nothing can be told but by a deadline."""
    begin, end = outage(service, proxy, load, "hang", 8)
    slowest = load.statistics.slowest(begin, end)
    # Waiting for a link, two transactions of a verification and a read: each 2 s to 3 s.
    expect("silence is told within the database's deadlines", slowest <= 10, f"{slowest:.2f} s")
    held = service.metric("customer_care_database_waiting")
    expect("nobody waits any more", held <= 6, f"{held:.0f}")


def refusal(service, proxy, load):
    """Every connection is reset: told at once."""
    begin, end = outage(service, proxy, load, "down", 4)
    slowest = load.statistics.slowest(begin + 0.5, end)
    expect("resets are told within the wait for a link", slowest <= 3.5, f"{slowest:.2f} s")


def lost_replies(service, proxy, load):
    """The database does everything, and nobody hears of it."""
    begin, end = outage(service, proxy, load, "dropreply", 5)
    outcomes = load.statistics.counts(begin, end + 4)
    say(f"lost replies: {outcomes}")


def cuts(proxy, load):
    """All connections end after so many more bytes, 60 times: between any two messages."""
    begin = time.monotonic()
    for number in range(60):
        proxy.set(f"cut {60 + number * 211 % 4_000}")
        time.sleep(0.1)
    proxy.set("up")
    say(f"60 cuts: {load.statistics.counts(begin)}")
    first = load.statistics.first_success(time.monotonic())
    if first is None:
        time.sleep(3)
        first = load.statistics.first_success(begin + 6)
    expect("cut connections are replaced", first is not None, harness.seconds(first))


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
