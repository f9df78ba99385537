#!/usr/bin/env python3
"""F18: five instances migrate an empty database at once, again and again; every second time one
is killed in the middle.

Each step is applied once, whoever applies it, a killed one leaves whole steps only, and the
service starts on the result.

ROUNDS (10) says how often.
"""
import os
import random
import subprocess
import time

import harness
from harness import expect, say

ROUNDS = int(os.environ.get("ROUNDS", "10"))


def fault():
    world = harness.World()
    wanted = world.cluster.rows("select version, name, checksum from schema_migrations order by 1")
    tables = schema(world, "customer_care")
    moments = random.Random(18)
    ends = []
    for number in range(ROUNDS):
        name = f"migrated_{number}"
        world.cluster.rows(f"create database {name} owner customer_care_owner", "postgres")
        running = [
            subprocess.Popen(
                [str(harness.BINARY), "migrate"], env=world.environment(name), text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(5)]
        is_killed = number % 2 == 1
        if is_killed:
            # Whoever holds the lock is killed: the other four must go on where it was.
            time.sleep(0.01 + 0.08 * moments.random())
            holder = None
            # On a busy machine nobody may have got so far.
            while holder is None and any(process.poll() is None for process in running):
                holder = holder_of_lock(world, name, running)
            if holder is not None:
                holder.kill()
        texts = [process.communicate(timeout=60)[0] for process in running]
        codes = sorted(process.returncode for process in running)
        ends.append((is_killed, codes))
        expected = [-9, 0, 0, 0, 0] if is_killed and -9 in codes else [0] * 5
        if codes != expected:
            say(texts)
        expect(f"round {number + 1}: those not killed succeed", codes == expected, codes)
        rows = world.cluster.rows(
            "select version, name, checksum from schema_migrations order by 1", name)
        same = rows == wanted and schema(world, name) == tables
        expect(f"round {number + 1}: each step once, the same schema", same,
               [row[0] for row in rows])
    killed = sum(-9 in codes for _, codes in ends)
    expect("some were killed while they migrated", killed >= ROUNDS // 4, killed)
    failing_step(world, wanted)
    late = world.command("migrate")
    say(f"migrating once more: {late.strip().splitlines()[-1:]}")
    service = harness.Service(world)
    expect("the service starts on it", service.start() is not None)


def holder_of_lock(world, name, running):
    """The process whose session holds the migrations' advisory lock; None when nobody does."""
    pids = world.cluster.rows(
        "select pid from pg_locks join pg_stat_activity using (pid)"
        f" where locktype = 'advisory' and granted and datname = '{name}'", "postgres")
    alive = [process for process in running if process.poll() is None]
    if not pids or not alive:
        return None
    # PostgreSQL does not know who is at the other end of a unix socket; the kernel does.
    sockets = subprocess.run(
        ["ss", "-xpH"], capture_output=True, text=True, check=False).stdout.splitlines()
    inodes = {word for line in sockets if f"pid={pids[0][0]}," in line
              for word in line.split() if word.isdigit() and word != "0"}
    for process in alive:
        for line in sockets:
            if f"pid={process.pid}," in line and inodes.intersection(line.split()):
                return process
    return alive[0]


def failing_step(world, wanted):
    """A step that fails leaves the version before it, and the next call goes on from there."""
    name = "migrated_failing"
    world.cluster.rows(f"create database {name} owner customer_care_owner", "postgres")
    # The first step cannot create this table a second time.
    world.cluster.rows("create table bills (x int)", name)
    done = subprocess.run([str(harness.BINARY), "migrate"], env=world.environment(name),
                          capture_output=True, text=True, check=False)
    rows = world.cluster.rows("select version from schema_migrations", name)
    leftover = world.cluster.value(
        "select count(*) from pg_class where relname in ('accounts', 'clients')", name)
    expect("a failing step fails the command and leaves nothing of itself",
           done.returncode == 1 and not rows and leftover == "0",
           f"status {done.returncode}, versions {rows}, {leftover} tables")
    world.cluster.rows("drop table bills", name)
    world.command("migrate", DATABASE_URL=world.cluster.url("customer_care_service", name),
                  OWNER_DATABASE_URL=world.cluster.url("customer_care_owner", name))
    rows = world.cluster.rows(
        "select version, name, checksum from schema_migrations order by 1", name)
    expect("the next call goes on from there", rows == wanted)


def schema(world, name):
    """Columns, constraints and indexes; partitions apart, since demo data makes more of them."""
    return world.cluster.rows("""
        select table_name, column_name, data_type, is_nullable from information_schema.columns
        where table_schema = 'public' and table_name !~ '_[0-9]{4}_[0-9]{2}$'
        union all
        select conrelid::regclass::text, conname, pg_get_constraintdef(oid), '' from pg_constraint
        where connamespace = 'public'::regnamespace
            and conrelid::regclass::text !~ '_[0-9]{4}_[0-9]{2}$'
        union all
        select tablename, indexname, indexdef, '' from pg_indexes
        where schemaname = 'public' and tablename !~ '_[0-9]{4}_[0-9]{2}$'
        order by 1, 2, 3""", name)


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
