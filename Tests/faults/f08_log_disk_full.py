#!/usr/bin/env python3
"""F8: the disk of the service's own log is full, and then whoever reads its log stops reading.

Requests go on, lines are dropped and counted, and with room again there are whole lines again.
"""
import json
import os
import threading
import time

import harness
from f07_disk_full import fill, small_disk
from harness import expect, say
from workload import Load


def fault():
    world = harness.World()
    full_disk(world)
    full_pipe(world)


def work(world, service, seconds):
    """Load for so long; gives its statistics."""
    load = Load(world, [service], workers=4)
    load.start()
    time.sleep(seconds)
    load.stop()
    load.settle()
    return load.statistics


def full_disk(world):
    """Standard output is a file on a full disk."""
    disk = small_disk(1) if os.geteuid() == 0 else None
    if disk is None:
        return harness.skip("no small disk can be mounted here")
    service = harness.Service(world)
    service.log_path = disk / "service.log"
    service.start()
    fill(disk)
    before = service.figures()
    seen = work(world, service, 2)
    counts = seen.counts()
    say(f"with a full disk: {counts}; slowest {seen.slowest():.2f} s")
    refused = sum(count for name, count in counts.items() if name[0] not in "24")
    expect("requests go on", counts.get("202", 0) > 20 and refused == 0, counts)
    expect("none is slowed down", seen.slowest() < 1, f"{seen.slowest():.2f} s")
    dropped = service.metric("customer_care_log_lines_dropped_total")
    expect("dropped lines are counted", dropped > 0, f"{dropped:.0f}")
    expect("it stays ready and alive", service.is_ready() and service.is_alive())
    os.remove(disk / "filler")
    size = os.path.getsize(service.log_path)
    work(world, service, 1)
    time.sleep(0.5)
    grown = os.path.getsize(service.log_path) - size
    expect("with room again it writes again", grown > 1_000, f"{grown} bytes more")
    lines = service.log_path.read_bytes()[size:].split(b"\n")[1:-1]
    broken = [line for line in lines if line.startswith(b"{") and not is_json(line)]
    expect("in whole lines", lines and not broken, f"{len(lines)} lines, {broken[:1]}")
    harness.expect_no_leak(service, before)
    service.kill()


def full_pipe(world):
    """Standard output is a pipe that nobody reads."""
    reader, writer = os.pipe()
    service = harness.Service(world)
    service.output = os.fdopen(writer, "wb", buffering=0)
    service.start()
    seen = work(world, service, 3)
    counts = seen.counts()
    refused = sum(count for name, count in counts.items() if name[0] not in "24")
    expect("a pipe nobody reads: requests go on", counts.get("202", 0) > 20 and refused == 0,
           counts)
    expect("none is slowed down by it", seen.slowest() < 1, f"{seen.slowest():.2f} s")
    say(f"{service.metric('customer_care_log_lines_dropped_total'):.0f} lines dropped")
    expect("it stays alive", service.is_alive())
    # It must be possible to stop it, too: the last lines do not wait for a reader for ever.
    begin = time.monotonic()
    service.kill(harness.signal.SIGTERM)
    try:
        status = service.process.wait(25)
    except harness.subprocess.TimeoutExpired:
        status = None
    took = time.monotonic() - begin
    expect("and ends when told", status is not None and took < 20, f"{status} in {took:.2f} s")
    threading.Thread(target=os.close, args=(reader,), daemon=True).start()


def is_json(line):
    """Whether a line of the log is whole."""
    try:
        json.loads(line)
        return True
    except ValueError:
        return False


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
