#!/usr/bin/env python3
"""F2: PostgreSQL is stopped at once (as by a crash) for three seconds and started again, twice.

Refusals are 503 at once or within the deadlines, readiness is honest, the links come back by
themselves, and nothing acknowledged is lost.
"""
import time

import harness
from harness import expect, say
from workload import Load


def fault():
    world = harness.World()
    service = harness.Service(world)
    service.start()
    load = Load(world, [service], workers=6)
    load.start()
    time.sleep(1.5)
    before = service.figures()
    for pause in (3.0, 1.0):
        probes = harness.Probes(service)
        time.sleep(0.3)
        begin = time.monotonic()
        world.cluster.stop("immediate")
        say(f"PostgreSQL stopped for {pause:.0f} s")
        time.sleep(pause)
        status, _ = harness.calls.get(service.port, "/v1/support/hotlines")
        say(f"an answer that needs no database: {status}")
        world.cluster.start()
        end = time.monotonic()
        time.sleep(4)
        probes.is_over = True
        outage = load.statistics.counts(begin, end)
        say(f"during the outage: {outage}; slowest {load.statistics.slowest(begin, end):.2f} s")
        if pause >= 2:
            expect("refusals are told at once or within the deadlines",
                   any(name.startswith("503") for name in outage), outage)
            probes.expect_honest(begin, end)
        else:
            expect("liveness stays true", probes.liveness_lost == 0, probes.liveness_lost)
        first = load.statistics.first_success(end)
        expect("the first success comes within 2 s", first is not None and first <= 2.0,
               harness.seconds(first))
    expect("lost links are connected anew", service.metric("customer_care_database_links") >= 12,
           f"{service.metric('customer_care_database_links'):.0f} links up")
    load.stop()
    load.check()
    # A request has up to four steps; each waits 2 s for a link and 3 s for an answer at most.
    load.expect_bounded(longest=10)
    harness.expect_no_leak(service, before)


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
