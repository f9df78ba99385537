#!/usr/bin/env python3
"""F10: callers try to use up the memory: large bodies, many held bodies, answers nobody reads.

The service has 256 MB, where the control group for memory can be had, and stays below; too much is
refused unread or by 503, and what was used is given back.
"""
import pathlib
import os
import socket
import threading
import time

import calls
import harness
from harness import expect, say

LIMIT = 256 * 1_048_576


def fault():
    world = harness.World()
    service = harness.Service(world)
    service.start()
    group = memory_group(service)
    caller = service.caller()
    caller.call("PUT", "/v1/accounts", {"zaloUserId": "memory"})
    before = service.figures()
    probes = harness.Probes(service)
    peak = Peak(service)
    large_bodies(world, service)
    hostile_json(world, service)
    held_bodies(service)
    unread(service)
    first = peak.most
    held_bodies(service)
    unread(service)
    peak.is_over = True
    expect("a second time takes no more than the first", peak.most <= first + 20_000,
           f"{first} -> {peak.most} kB")
    say(f"at most {peak.most / 1000:.0f} MB resident, {before['rss'] / 1000:.0f} MB before")
    expect("memory stays below 256 MB", peak.most < LIMIT // 1_000, f"{peak.most} kB")
    if group:
        failures = int((group / "memory.failcnt").read_text(encoding="utf-8"))
        say(f"the limit of the control group was met {failures} times")
    expect("the process lives", service.process.poll() is None)
    probes.is_over = True
    expect("it is alive all the time", probes.liveness_lost == 0, probes.liveness_lost)
    answer = service.caller().call("PUT", "/v1/accounts", {"zaloUserId": "memory"})
    expect("it works as before", answer.status == 200, answer.status)
    harness.expect_no_leak(service, before, 30, 40_000)
    remove(service, group)


class Peak(threading.Thread):
    """Watches the resident memory."""

    def __init__(self, service):
        super().__init__(daemon=True)
        self.service = service
        self.most = 0
        self.is_over = False
        self.start()

    def run(self):
        while not self.is_over:
            try:
                self.most = max(self.most, self.service.figures()["rss"])
            except OSError:
                return
            time.sleep(0.05)


def memory_group(service):
    """A control group of 256 MB around the service; None where there is none."""
    group = pathlib.Path(f"/sys/fs/cgroup/memory/cc-fault-{os.getpid()}")
    try:
        group.mkdir()
        (group / "memory.limit_in_bytes").write_text(str(LIMIT), encoding="utf-8")
        (group / "cgroup.procs").write_text(str(service.pid), encoding="utf-8")
    except OSError as error:
        say(f"no control group for memory here ({error}): only the figures count")
        return None
    return group


def remove(service, group):
    """Ends the service and removes the control group."""
    service.kill()
    if group:
        time.sleep(0.2)
        try:
            group.rmdir()
        except OSError:
            pass


def large_bodies(world, service):
    """1,000 bodies of 1 MB, 50 at a time."""
    statuses, lock = {}, threading.Lock()
    head = (f"PUT /v1/accounts HTTP/1.1\r\nHost: {calls.AUTHORITY}\r\nContent-Type: "
            f"{calls.JSON}\r\nContent-Length: 1048576\r\n\r\n").encode()
    body = b" " * 1_048_576

    def send():
        for _ in range(20):
            try:
                with socket.create_connection(("127.0.0.1", service.port), 10) as one:
                    one.sendall(head)
                    try:
                        one.sendall(body)
                    except OSError:
                        pass
                    name = one.recv(64).split(b" ")[1].decode()
            except (OSError, IndexError) as error:
                name = type(error).__name__
            with lock:
                statuses[name] = statuses.get(name, 0) + 1

    threads = [threading.Thread(target=send, daemon=True) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    say(f"1,000 bodies of 1 MB: {statuses}")
    # Whoever has not signed is not told how large a body may be: 401 comes before 413.
    expect("bodies that are too large are refused unread",
           statuses.get("401", 0) >= 950, statuses)


def held_bodies(service):
    """2,000 callers send most of the longest allowed body and then wait: more than may be held."""
    head = (f"PUT /v1/accounts HTTP/1.1\r\nHost: {calls.AUTHORITY}\r\nContent-Type: "
            f"{calls.JSON}\r\nContent-Length: 65536\r\n\r\n").encode()
    piece = head + b" " * 65_000
    held = []
    refused = 0
    for _ in range(2_000):
        one = socket.create_connection(("127.0.0.1", service.port), 10)
        one.settimeout(5)
        try:
            one.sendall(piece)
        except OSError:
            refused += 1
        held.append(one)
    time.sleep(1)
    statuses = {}
    for one in held:
        one.setblocking(False)
        try:
            data = one.recv(64)
            name = data.split(b" ")[1].decode() if data else "closed"
        except BlockingIOError:
            name = "held"
        except OSError:
            name = "reset"
        statuses[name] = statuses.get(name, 0) + 1
    say(f"2,000 held bodies: {statuses}; {service.figures()['rss'] / 1000:.0f} MB")
    expect("not all of them are held", statuses.get("held", 0) <= 1_100, statuses)
    expect("the others are refused by 503 or 413",
           set(statuses) <= {"held", "503", "413", "408", "closed", "reset"}, statuses)
    for one in held:
        one.close()


def unread(service):
    """300 callers send requests without an end and never read."""
    request = f"GET /v1/support/guides HTTP/1.1\r\nHost: {calls.AUTHORITY}\r\n\r\n".encode()
    ended = 0
    held = []
    for _ in range(300):
        one = socket.create_connection(("127.0.0.1", service.port), 10)
        one.setblocking(False)
        held.append(one)
    end = time.monotonic() + 4
    while time.monotonic() < end:
        for one in held:
            try:
                one.send(request * 200)
            except BlockingIOError:
                pass
            except OSError:
                ended += 1
        time.sleep(0.05)
    say(f"300 who never read: {service.figures()['rss'] / 1000:.0f} MB")
    for one in held:
        one.close()


def hostile_json(world, service):
    """Deep nesting and many members, signed, so that the parser meets them."""
    key = world.key()
    wire = calls.Wire(service.port)
    statuses = []
    for body in (b"[" * 60_000, b'{"a":' * 12_000, b"[" + b"1," * 30_000 + b"1]",
                 b'{"zaloUserId":"' + b"x" * 60_000 + b'"}',
                 b"{" + b",".join(b'"k%d":1' % number for number in range(5_000)) + b"}"):
        begin = time.monotonic()
        answer = wire.exchange(key.sign("PUT", "/v1/accounts", body))
        statuses.append((answer.status, round((time.monotonic() - begin) * 1_000)))
    expect("hostile JSON is refused by 400 or 422 within 100 ms",
           all(status in (400, 422) and took < 100 for status, took in statuses), statuses)


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
