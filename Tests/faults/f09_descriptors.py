#!/usr/bin/env python3
"""F9: out of file descriptors: 200 connections want in where 96 descriptors are all there are.

The listener rests instead of spinning, connections that are in are answered, so are the probes,
and those outside get in as soon as there is room.
"""
import time

import calls
import harness
from harness import expect, say

LIMIT = 96
HELLO = f"GET /v1/support/hotlines HTTP/1.1\r\nHost: {calls.AUTHORITY}\r\n\r\n".encode()


def fault():
    world = harness.World()
    service = harness.Service(world, prefix=["prlimit", f"--nofile={LIMIT}"],
                              IDLE_TIMEOUT_MS="60000")
    service.start()
    before = service.figures()
    inside, outside = [], []
    for _ in range(200):
        wire = calls.Wire(service.port, 0.5)
        wire.socket = harness.socket.create_connection(("127.0.0.1", service.port), 2)
        wire.socket.settimeout(0.5)
        outside.append(wire)
    time.sleep(0.5)
    for wire in list(outside):
        wire.socket.sendall(HELLO)
    time.sleep(0.5)
    for wire in list(outside):
        wire.socket.setblocking(False)
        try:
            answered = wire.socket.recv(65536).startswith(b"HTTP/1.1 200")
        except OSError:
            answered = False
        wire.socket.settimeout(3)
        if answered:
            outside.remove(wire)
            inside.append(wire)
    say(f"{len(inside)} are in, {len(outside)} wait; {service.figures()}")
    expect("the limit is reached", len(outside) >= 80 and len(inside) >= 20,
           f"{len(inside)} in, {len(outside)} out")
    exhausted(world, service, inside)
    room(service, inside, outside)
    for wire in inside + outside:
        wire.close()
    harness.expect_no_leak(service, before)
    expect("it is ready in the end", service.is_ready())
    status, _ = calls.get(service.port, "/v1/support/hotlines")
    expect("and answers", status == 200, status)


def exhausted(world, service, inside):
    """While nothing is left: no busy loop, the probes and those inside are answered."""
    begin, begin_time = service.figures()["cpu"], time.monotonic()
    time.sleep(3)
    share = (service.figures()["cpu"] - begin) / (time.monotonic() - begin_time)
    expect("no busy loop: less than a tenth of a processor", share < 0.1, f"{share:.1%}")
    good = 0
    for wire in inside:
        good += wire.exchange(HELLO).status == 200
    expect("those inside are answered", good == len(inside), f"{good} of {len(inside)}")
    key = world.key()
    signed = calls.Caller(service.port, key, 3)
    signed.wire = inside[0]
    answer = signed.call("PUT", "/v1/accounts", {"zaloUserId": "descriptors"})
    expect("also with a write to the database", answer.status == 201, answer.status)
    # The admin port needs descriptors too. The probes come and go, one at a time.
    begin = time.monotonic()
    ready = sum(service.is_ready() for _ in range(5))
    say(f"readiness meanwhile: {ready} of 5, {(time.monotonic() - begin) / 5:.2f} s each")
    expect("a probe is answered while descriptors are out", ready > 0, f"{ready} of 5")


def room(service, inside, outside):
    """Those who wait get in when others go."""
    begin = time.monotonic()
    for wire in inside:
        wire.close()
    good = 0

    def answered():
        nonlocal good
        for wire in outside:
            if wire.socket.fileno() in heard:
                continue
            try:
                if wire.socket.recv(65536).startswith(b"HTTP/1.1 200"):
                    heard.add(wire.socket.fileno())
                    good += 1
            except OSError:
                pass
        return good >= len(inside) - 5

    heard = set()
    for wire in outside:
        wire.socket.setblocking(False)
    # Each loop has a queue and a limit of its own, so a few may wait at the other one.
    took = harness.wait_until(answered, 5)
    expect("those who waited are let in and answered within 2 s", took is not None and took <= 2,
           f"{good} in {harness.seconds(took)}")
    for wire in outside:
        wire.close()
    time.sleep(0.5)
    pauses = service.metric("customer_care_accept_pauses_total")
    expect("the rests are counted", pauses > 0, f"{pauses:.0f}")


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
