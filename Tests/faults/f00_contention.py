#!/usr/bin/env python3
"""F0: nothing breaks, but there are always more callers than links to write through.

A link that is handed to a caller who never hears of it is gone for good, and with the last of
them every write: each wait for a link must end, and each link come back.

SECONDS_EACH (12) says how long.
"""
import os
import time

import harness
from harness import expect, say
from workload import Load


def fault():
    world = harness.World()
    service = harness.Service(world, LOOP_COUNT="1", WRITE_LINK_COUNT="4")
    service.start()
    load = Load(world, [service], workers=8)
    load.start()
    time.sleep(1)
    before = service.figures()
    time.sleep(int(os.environ.get("SECONDS_EACH", "12")))
    load.stop()
    counts = load.statistics.counts()
    say(f"{len(load.statistics.events)} requests: {counts}")
    refused = {name for name in counts if name[0] not in "24"}
    expect("none is refused", not refused, refused or "")
    load.check()
    load.expect_bounded(longest=5)
    returned = harness.wait_until(lambda: links(service, "write_lent") == 0, 5, 0.2)
    expect("every link has come back", returned is not None,
           f"{links(service, 'write_lent')} of {links(service, 'write_up')} are lent")
    harness.expect_no_leak(service, before)


def links(service, state):
    """Database links in a state, over all loops."""
    _, body = harness.calls.get(service.admin_port, "/metrics")
    return int(sum(
        float(line.rsplit(" ", 1)[1]) for line in body.decode().splitlines()
        if line.startswith("customer_care_database_links{") and f'state="{state}"' in line))


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
