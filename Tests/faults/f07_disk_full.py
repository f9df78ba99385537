#!/usr/bin/env python3
"""F7: the database's disk is full; then the disk of its write-ahead log, which stops it.

Writes are refused by 503, never 500, reads go on, nothing is half done, and when there is room
again the service goes on by itself.
"""
import os
import subprocess
import time

import harness
from harness import expect, say
from workload import Load


def fault():
    if os.geteuid() != 0:
        return harness.skip("only root can mount a small disk")
    disk = small_disk(220)
    log_disk = small_disk(160)
    if disk is None or log_disk is None:
        return harness.skip("no disk can be mounted here")
    world = harness.World(
        data=disk / "data", min_wal_size="32MB", max_wal_size="48MB", wal_recycle="off",
        checkpoint_timeout="30s", fsync="on")
    cluster = world.cluster
    cluster.stop()
    harness.as_postgres("cp", "-a", cluster.data / "pg_wal", log_disk / "pg_wal")
    harness.as_postgres("rm", "-r", cluster.data / "pg_wal")
    harness.as_postgres("ln", "-s", log_disk / "pg_wal", cluster.data / "pg_wal")
    cluster.start()
    service = harness.Service(world)
    service.start()
    load = Load(world, [service], workers=6)
    load.start()
    time.sleep(1)
    before = service.figures()
    tables_full(world, disk, load)
    log_full(world, log_disk, service, load)
    time.sleep(2)
    load.stop()
    load.check()
    # A request has up to four steps; each waits 2 s for a link and 3 s for an answer at most.
    load.expect_bounded(longest=10)
    harness.expect_no_leak(service, before)


def small_disk(megabytes):
    """A mounted file system of that size; None where that is not possible."""
    folder = harness.temporary_folder()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "none", str(folder)],
        check=False, capture_output=True)
    if done.returncode:
        return None
    harness.MOUNTS.append(str(folder))
    harness.shutil.chown(folder, "postgres", "postgres")
    return folder


def fill(disk):
    """Fills a disk to its last block."""
    with open(disk / "filler", "wb", buffering=0) as filler:
        try:
            while filler.write(bytes(4_096)):
                pass
        except OSError:
            pass


def tables_full(world, disk, load):
    """No table can grow: new rows find no room, old ones can be read."""
    begin = time.monotonic()
    fill(disk)
    # Blocks that a table has already are still used up first.
    full = harness.wait_until(
        lambda: load.statistics.counts(begin).get("503 unavailable", 0) > 20, 60)
    expect("writes are refused when the disk is full", full is not None, harness.seconds(full))
    since = time.monotonic()
    time.sleep(2)
    counts = load.statistics.counts(since)
    say(f"while it is full: {counts}")
    # With bad luck a process of PostgreSQL itself finds no room and crashes, which restarts all
    # of it, and then no session can begin before there is room. What holds then is told by F2.
    up = answers(world.cluster)
    caller = load.services[0].caller()
    done = [one for one in load.journal.intents if one.kind == "account" and one.is_acknowledged]
    account = harness.json.loads(done[0].body)["accountId"]
    answer = caller.call("GET", f"/v1/accounts/{account}/subscriptions")
    if up:
        expect("reads go on", answer.status == 200, answer.status)
        expect("it stays ready", load.services[0].is_ready())
    else:
        say("PostgreSQL has crashed and cannot come back without room")
        expect("reads are refused by 503", answer.status == 503, answer.status)
        expect("it is not ready", not load.services[0].is_ready())
    os.remove(disk / "filler")
    room = time.monotonic()
    within = 2 if up else 5
    time.sleep(within)
    first = load.statistics.first_success(room)
    expect(f"with room again writes succeed within {within} s",
           first is not None and first <= within, harness.seconds(first))


def answers(cluster):
    """Whether a new session is answered."""
    done = subprocess.run(cluster.psql_arguments() + ["--command=select 1"], check=False,
                          capture_output=True, text=True)
    return done.stdout.strip() == "1"


def log_full(world, log_disk, service, load):
    """No log can be written: PostgreSQL stops itself (PANIC) and must be started again."""
    probes = harness.Probes(service)
    time.sleep(0.3)
    begin = time.monotonic()
    fill(log_disk)
    def next_segment():
        # A log of 16 MB takes long to fill by itself, and those made ahead are used up first.
        subprocess.run(
            world.cluster.psql_arguments() + ["--command=select pg_switch_wal()"], check=False,
            capture_output=True)
        return not world.cluster.is_running()

    stopped = harness.wait_until(next_segment, 60, 0.2)
    say(f"PostgreSQL stopped after {harness.seconds(stopped)}: {load.statistics.counts(begin)}")
    expect("a full log stops PostgreSQL", stopped is not None)
    os.remove(log_disk / "filler")
    if stopped is not None:
        world.cluster.start()
    end = time.monotonic()
    time.sleep(5)
    probes.is_over = True
    first = load.statistics.first_success(end)
    expect("started again, writes succeed within 3 s", first is not None and first <= 3,
           harness.seconds(first))
    ready = probes.delay(True, end)
    expect("readiness is true within 5 s", ready is not None and ready <= 5.25,
           harness.seconds(ready))
    expect("liveness stays true", probes.liveness_lost == 0, probes.liveness_lost)


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
