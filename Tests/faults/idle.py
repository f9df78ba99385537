#!/usr/bin/env python3
"""Opens many keep-alive connections and holds them: idle.py PORT COUNT [PATH].

Sends one GET over each, prints "COUNT SECONDS SLOWEST" (the slowest to be accepted and answered,
in milliseconds), holds them until its input ends, and prints how many are open still.
"""
import resource
import select
import socket
import sys
import time


def main():
    """Opens, holds, counts."""
    port, count = int(sys.argv[1]), int(sys.argv[2])
    path = sys.argv[3] if len(sys.argv) > 3 else "/v1/support/hotlines"
    request = f"GET {path} HTTP/1.1\r\nHost: care.test\r\n\r\n".encode()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count + 50:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 50), hard))
    begin = time.monotonic()
    slowest = 0.0
    held = []
    for _ in range(count):
        start = time.monotonic()
        one = socket.create_connection(("127.0.0.1", port), 10)
        one.sendall(request)
        if not one.recv(4_096).startswith(b"HTTP/1.1 200"):
            print("not answered", flush=True)
            return 1
        slowest = max(slowest, time.monotonic() - start)
        held.append(one)
    print(len(held), f"{time.monotonic() - begin:.2f}", f"{slowest * 1_000:.1f}", flush=True)
    sys.stdin.read()
    poll = select.poll()
    for one in held:
        poll.register(one, select.POLLIN)
    closed = {number for number, _ in poll.poll(0)}
    print(len(held) - len(closed), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
