#!/usr/bin/env python3
"""Prints how long the service takes from its start to the first ready answer, and its size then.

    start_time.py BINARY ADMIN_PORT
"""
import os
import signal
import socket
import statistics
import subprocess
import sys
import time

RUNS = 7


def is_ready(port):
    """Whether /readyz answers 200."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def start(binary, port):
    """Milliseconds from the start of the process to its readiness."""
    begin = time.monotonic()
    process = subprocess.Popen(
        [binary, "serve"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not is_ready(port):
        if process.poll() is not None:
            sys.exit("the service ended before it was ready")
        if time.monotonic() - begin > 30:
            sys.exit("the service is not ready after 30 s")
        time.sleep(0.001)
    taken = (time.monotonic() - begin) * 1000
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=30)
    return taken


def main():
    binary, port = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    times = [start(binary, port) for _ in range(RUNS)]
    print(f"ready after {statistics.median(times):.0f} ms (median of {RUNS}, "
          f"{min(times):.0f} to {max(times):.0f})   goal ≤ 100 ms")


if __name__ == "__main__":
    main()
