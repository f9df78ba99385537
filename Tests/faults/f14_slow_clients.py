#!/usr/bin/env python3
"""F14: 1,200 clients that are slow: with their heads, their bodies, and with reading the answers.

The service stays available to everybody else, cuts the slow ones off at its deadlines with 408 or
a close, and holds no memory for them.
"""
import select
import socket
import time

import calls
import harness
from harness import expect, say
from workload import Load

EACH = 400


def fault():
    world = harness.World()
    service = harness.Service(
        world, HEADER_TIMEOUT_MS="4000", BODY_TIMEOUT_MS="4000", WRITE_TIMEOUT_MS="4000",
        IDLE_TIMEOUT_MS="6000")
    service.start()
    load = Load(world, [service], workers=3)
    load.start()
    time.sleep(1.5)
    alone_begin = time.monotonic()
    time.sleep(2)
    alone_end = time.monotonic()
    before = service.figures()
    probes = harness.Probes(service)
    begin = time.monotonic()
    groups = {
        "heads": [slow(service, b"GET /v1/support/hotlines HTTP/1.1\r\nHost: care.test\r\n")
                  for _ in range(EACH)],
        "bodies": [slow(service, b"PUT /v1/accounts HTTP/1.1\r\nHost: care.test\r\n"
                        b"Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{")
                   for _ in range(EACH)],
        "readers": [reader(service) for _ in range(EACH)],
    }
    say(f"{3 * EACH} slow clients are there after {time.monotonic() - begin:.1f} s")
    drip_until = time.monotonic() + 10
    answers = {"heads": {}, "bodies": {}, "readers": {}}
    while time.monotonic() < drip_until:
        drip(groups["heads"], b"x: y\r\n", answers["heads"])
        drip(groups["bodies"], b" ", answers["bodies"])
        time.sleep(0.5)
    end = time.monotonic()
    peak = service.figures()
    counts = load.statistics.counts(begin, end)
    say(f"meanwhile the others saw {counts}")
    say(f"slow heads: {answers['heads']}; slow bodies: {answers['bodies']}; {peak}")
    open_now = service.metric("customer_care_open_connections")
    expect("slow ones are cut off at the deadlines", open_now <= 12, f"{open_now:.0f} open")
    expect("slow heads are told 408 or closed",
           set(answers["heads"]) <= {"408", "closed", "reset"} and answers["heads"],
           answers["heads"])
    expect("slow bodies are told 408 or 401 or closed",
           set(answers["bodies"]) <= {"408", "401", "closed", "reset"} and answers["bodies"],
           answers["bodies"])
    bad = {name for name in counts if name[0] not in "24"}
    expect("the service stays available to others", not bad and counts.get("202", 0) > 10, bad)
    rate_alone = rate(load, alone_begin, alone_end)
    rate_beside = rate(load, begin + 2, end)
    expect("and does not slow down by more than a half", rate_beside > rate_alone / 2,
           f"{rate_alone:.0f} -> {rate_beside:.0f} requests a second")
    expect("no memory is held for them", peak["rss"] <= before["rss"] + 40_000,
           f"{before['rss']} -> {peak['rss']} kB")
    probes.is_over = True
    expect("it is ready and alive all the time", probes.liveness_lost == 0
           and [ready for _, ready in probes.changes] == [True])
    for group in groups.values():
        for one in group:
            one.close()
    load.stop()
    load.check()
    load.expect_bounded()
    harness.expect_no_leak(service, before)


def rate(load, begin, end):
    """Answers a second between two moments."""
    return sum(load.statistics.counts(begin, end).values()) / (end - begin)


def slow(service, first):
    """A connection that has sent a beginning."""
    one = socket.create_connection(("127.0.0.1", service.port), 10)
    one.sendall(first)
    one.setblocking(False)
    return one


def reader(service):
    """A connection that asks 300 times and reads nothing, with a small window."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_304)
    one.connect(("127.0.0.1", service.port))
    one.setblocking(False)
    request = f"GET /v1/support/guides HTTP/1.1\r\nHost: {calls.AUTHORITY}\r\n\r\n".encode()
    try:
        one.send(request * 300)
    except OSError:
        pass
    return one


def drip(group, piece, answers):
    """Sends a little over each connection and notes down which were ended, and how."""
    poll = select.poll()
    by_number = {one.fileno(): one for one in group if one.fileno() >= 0}
    for number in by_number:
        poll.register(number, select.POLLIN)
    for number, _ in poll.poll(0):
        one = by_number[number]
        try:
            data = one.recv(4_096)
            name = data.split(b" ")[1].decode() if data else "closed"
        except OSError:
            name = "reset"
        answers[name] = answers.get(name, 0) + 1
        one.close()
    for one in group:
        if one.fileno() >= 0:
            try:
                one.send(piece)
            except OSError:
                pass


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
