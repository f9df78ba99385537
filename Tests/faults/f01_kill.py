#!/usr/bin/env python3
"""F1: kill -9 in the middle of subscriptions and verifications, again and again.

After each kill the service starts anew on the same database while the load goes on; in the end
nothing acknowledged is lost, nothing happened twice, and no guess was free.

KILLS (20) says how often.
"""
import os
import random
import time

import harness
from harness import expect, say
from workload import Load


def fault():
    world = harness.World()
    service = harness.Service(world)
    say(f"ready after {service.start():.2f} s")
    load = Load(world, [service], workers=6)
    load.start()
    kills = int(os.environ.get("KILLS", "20"))
    slowest = 0.0
    moments = random.Random(20_261_125)
    for number in range(kills):
        time.sleep(0.1 + 0.6 * moments.random())
        service.kill()
        slowest = max(slowest, service.start())
        if number % 5 == 4:
            say(f"{number + 1} kills, {len(load.journal.intents)} writes, "
                f"{len(load.journal.open_intents)} without a final answer")
    expect("ready within 5 s of every start", slowest <= 5, f"slowest {slowest:.2f} s")
    time.sleep(0.5)
    before = service.figures()
    load.stop()
    load.check()
    load.expect_bounded()
    expect("kills met requests in flight", load.statistics.resets >= kills,
           f"{load.statistics.resets} requests without an answer")
    harness.expect_no_leak(service, before)


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
