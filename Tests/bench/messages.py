#!/usr/bin/env python3
"""Measures how many people are told at a time: fan-out, claims, and sending by two workers.

Started by scripts/bench. PEOPLE (100,000) follow a code each. Zalo is Tests/soak/fake_zalo.py,
which answers at once. What stands beside: the same insert as one statement, and pgbench with the
writes that each message leaves behind. The database does not synchronise.
"""
import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "soak"), str(HERE.parent / "faults")]
# pylint: disable=wrong-import-position
import harness  # noqa: E402
import messages  # noqa: E402

PEOPLE = int(os.environ.get("PEOPLE", "100000"))
SOURCES = HERE.parents[1] / "Sources/CustomerCare/Jobs"
OUTAGE_ID = "00000000-0000-7000-8000-0000000000ff"


def sql(file, name, *values):
    """A statement of the service with its parameters put in."""
    text = (SOURCES / file).read_text(encoding="utf-8")
    found = re.search(rf'"{name}",\s+"""\n(.*?)"""', text, re.S).group(1)
    found = "\n".join(line for line in found.splitlines() if not line.strip().startswith("--"))
    for number in range(len(values), 0, -1):
        found = found.replace(f"${number}", values[number - 1])
    return found


def announce(world, name):
    """Writes an announcement down whose messages are not due for an hour."""
    world.cluster.rows(
        "insert into announcements (announcement_id, event, topic, audience, parameters,"
        f" outage_id, send_at, code_cursor, message_count, created_at) values (gen_random_uuid(),"
        f" '{name}', 'outage_published', 'outage', '{{}}', '{OUTAGE_ID}',"
        " now() + interval '1 hour', '', 0, now())")


def fan_out(world, service):
    """Rows a second by the service, and by one bare statement."""
    rates = {"service": [], "bare": []}
    bare = sql(
        "Announcer+Statements.swift", "announcer_tell_outage", "gen_random_uuid()",
        "'outage_published'", "'bare'", "'{}'", "now() + interval '1 hour'",
        "null::timestamptz", "now()", "''", "'~'", f"'{OUTAGE_ID}'")
    for number in range(3):
        for kind in rates:
            world.cluster.rows("truncate outbox")
            if kind == "service":
                announce(world, f"bench-{number}")
                harness.wait_until(lambda: world.cluster.value(
                    "select count(*) from announcements where done_at is null") == "0", 300, 0.2)
                row = world.cluster.rows(
                    "select count(*), extract(epoch from max(created_at) - min(created_at)),"
                    " count(distinct created_at) from outbox")[0]
                # Each range bears the time of its beginning: the last one's length is not known.
                ranges = int(row[2])
                rates[kind].append(int(row[0]) * (ranges - 1) / ranges / float(row[1]))
            else:
                begin = time.monotonic()
                world.cluster.rows(bare)
                rates[kind].append(PEOPLE / (time.monotonic() - begin))
    service.kill()
    median = {kind: sorted(found)[1] for kind, found in rates.items()}
    line("fan-out ÷ one bare insert … select", median["service"] / median["bare"],
         "≥ 0.80", f"({median['service']:.0f} rows a second ÷ {median['bare']:.0f})")


def line(name, ratio, goal, rest):
    """One line of the table."""
    print(f"{name:<46} {ratio:>12.2f}   {goal:<10} {rest}", flush=True)


def pgbench(world, script, clients, transactions):
    """Transactions a second of a script."""
    path = world.folder / "bench.sql"
    path.write_text(script, encoding="utf-8")
    done = subprocess.run(
        [harness.TOOLS / "pgbench", "--no-vacuum", "--protocol=prepared", f"--file={path}",
         f"--client={clients}", f"--transactions={transactions}",
         world.cluster.url("customer_care_owner")],
        check=True, capture_output=True, text=True, env=os.environ | {"PGDATABASE": ""})
    return float(re.search(r"tps = ([0-9.]+)", done.stdout).group(1))


def claims(world):
    """What claiming costs for one message: alone, and sixty-four at a time."""
    costs = {}
    for batch in (1, 64):
        claim = sql(
            "MessageSender+Statements.swift", "message_sender_claim", ":slot::smallint",
            "now() + interval '90 minutes'", f"{batch}", "now() + interval '2 hours'")
        rate = pgbench(
            world, f"\\set slot random(0, 255)\n{claim};\n", 1, min(800, PEOPLE // 2 // batch))
        costs[batch] = 1e6 / rate / batch
    line("claim of 64: cost of a message ÷ claim of 1", costs[64] / costs[1], "",
         f"({costs[64]:.0f} µs ÷ {costs[1]:.0f} µs)")


WRITES = """
    \\set n random(1, 1000000000)
    begin;
    insert into zalo_message_ids (provider_message_id, account_id, month, message_id, sent_at)
    values ('p' || :n, gen_random_uuid(), date_trunc('month', now()), gen_random_uuid(), now())
    on conflict do nothing;
    insert into notifications (account_id, month, message_id, topic, parameters, channel, state,
        created_at, sent_at)
    values (gen_random_uuid(), date_trunc('month', now()), gen_random_uuid(), 'outage_published',
        '{"customerCodes":"PB06010001234","place":"Phường 1, Tân An","startsAt":1764547200}',
        'consultation', 'sent', now(), now());
    delete from outbox where slot = :n %% 256 and message_id = gen_random_uuid();
    commit;
"""


def drain(soak):
    """Messages a second by two workers, and commits a second of what each leaves behind."""
    world = soak.world
    world.cluster.rows("update outbox set due_at = now()")
    world.cluster.rows("vacuum analyze outbox")
    for service in (soak.service, harness.Service(world, **soak.service.environment)):
        service.start()
    moments = {}

    def is_done():
        share = soak.control()["messages"] / PEOPLE
        for mark in (0.1, 0.9):
            if share >= mark:
                moments.setdefault(mark, (time.monotonic(), share))
        return len(moments) == 2
    harness.wait_until(is_done, 900, 0.05)
    (begin, first), (end, last) = moments[0.1], moments[0.9]
    rate = PEOPLE * (last - first) / (end - begin)
    for service in harness.SERVICES:
        service.kill()
    beside = pgbench(world, WRITES.replace("%%", "%"), 16, 1_000)
    line("sent by two workers ÷ pgbench -c 16", rate / beside, "",
         f"({rate:.0f} a second ÷ {beside:.0f}; Zalo allows 67)")


def main():
    """All of it on one cluster."""
    messages.COUNT = PEOPLE
    soak = messages.Soak()
    world = soak.world
    world.cluster.rows("begin;" + messages.PEOPLE % {"count": PEOPLE} + "commit")
    # Told before, so that only what is written down here is announced.
    world.cluster.rows(
        "begin;" + messages.OUTAGE + f"insert into announced_outages values ('{OUTAGE_ID}', 1,"
        " false, false, now()); commit; analyze")
    soak.service.start()
    fan_out(world, soak.service)
    world.cluster.rows("truncate outbox")
    soak.service.start()
    announce(world, "drain")
    harness.wait_until(lambda: world.cluster.value(
        "select count(*) from announcements where done_at is null") == "0", 300, 0.2)
    soak.service.kill()
    claims(world)
    drain(soak)
    harness.clean_up()


if __name__ == "__main__":
    main()
