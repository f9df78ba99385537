#!/usr/bin/env python3
"""F13: twice the load that the database takes, for ten seconds.

The database is slow on purpose (faultproxy.py), so that its links are what is short and not the
processor, which the load would share. What is done a second stays what it was, the rest is
refused by 503 within the wait for a link, and afterwards all is as before.
"""
import threading
import time

import calls
import harness
from harness import expect, say

DELAY_MS = 15
SECONDS = 10
#: DatabaseConfiguration.waitMilliseconds, which a caller waits for a link.
WAIT_SECONDS = 2.0


def fault():
    world = harness.World()
    proxy = harness.Proxy(world.cluster)
    service = harness.Service(
        world, DATABASE_URL=proxy.url(world.cluster), LOOP_COUNT="1", WRITE_LINK_COUNT="4")
    service.start()
    before = service.figures()
    proxy.set(f"delay {DELAY_MS}")
    press = Press(world, service)
    knee, typical = press.closed(4, 5)
    say(f"four callers at once: {knee:.1f} writes a second, the median {typical * 1000:.0f} ms")
    press.open(2 * knee, SECONDS)
    good = [one for one in press.outcomes if one[1] == 201]
    refused = [one for one in press.outcomes if one[1] == 503]
    other = [one for one in press.outcomes if one[1] not in (201, 503)]
    say(f"{len(press.outcomes)} sent at {2 * knee:.1f} a second: {len(good)} done, "
        f"{len(refused)} refused, {len(other)} other")
    # The first two seconds fill the line; what counts is how it goes on then.
    since = press.begin + WAIT_SECONDS
    goodput = len([one for one in good if since <= one[0] <= press.begin + SECONDS]) / (
        SECONDS - WAIT_SECONDS)
    expect("as much is done a second as without overload", goodput >= 0.9 * knee,
           f"{goodput:.1f} of {knee:.1f}")
    expect("the rest is refused by 503", len(refused) > 0 and not other, other[:3] or len(refused))
    slowest = max((one[2] for one in refused), default=0.0)
    expect("within the wait for a link", slowest <= WAIT_SECONDS + 1, f"{slowest:.2f} s")
    accepted = sorted(one[2] for one in good)
    late = accepted[int(len(accepted) * 0.99) - 1] if accepted else 0.0
    expect("what is done waits no longer than that", late <= WAIT_SECONDS + 4 * typical + 0.5,
           f"p99 {late:.2f} s")
    expect("what needs no database is answered within 100 ms", press.local <= 0.1,
           f"{press.local * 1000:.0f} ms")
    expect("it stays ready", service.is_ready())
    begin = time.monotonic()
    calm = harness.wait_until(
        lambda: service.metric("customer_care_database_waiting") == 0, 5, 0.1)
    expect("the line is empty within 5 s", calm is not None, harness.seconds(calm))
    again, usual = press.closed(4, 3)
    expect("and all is as before", again >= 0.7 * knee and usual <= 1.5 * typical,
           f"{again:.1f} a second, the median {usual * 1000:.0f} ms, "
           f"{time.monotonic() - begin:.1f} s after")
    stored = world.cluster.value("select count(*) from zalo_users where zalo_user_id like 'over%'")
    expect("what was acknowledged is there, what was refused is not",
           int(stored) == press.acknowledged, f"{stored} of {press.acknowledged}")
    proxy.set("up")
    harness.expect_no_leak(service, before)


class Press:
    """Writes at a given number of callers, or at a given rate whatever the answers."""

    def __init__(self, world, service):
        self.service = service
        self.key = world.key()
        self.lock = threading.Lock()
        self.number = 0
        self.outcomes = []
        self.begin = 0.0
        self.local = 0.0
        self.acknowledged = 0

    def write(self, caller):
        """One new account; notes down when it ended, its status and how long it took."""
        with self.lock:
            self.number += 1
            name = f"over-{self.number}"
        begin = time.monotonic()
        try:
            status = caller.call("PUT", "/v1/accounts", {"zaloUserId": name}).status
        except calls.NoAnswer as error:
            status = str(error)
        now = time.monotonic()
        with self.lock:
            self.outcomes.append((now, status, now - begin))
            self.acknowledged += status == 201

    def closed(self, callers, seconds):
        """Writes a second, and their median time, of so many callers that wait for each other."""
        self.outcomes = []
        end = time.monotonic() + seconds

        def work():
            caller = self.service.caller()
            while time.monotonic() < end:
                self.write(caller)
            caller.wire.close()

        threads = [threading.Thread(target=work) for _ in range(callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        times = sorted(one[2] for one in self.outcomes if one[1] == 201)
        return len(times) / seconds, times[len(times) // 2]

    def open(self, rate, seconds):
        """So many writes a second, each by a caller of its own."""
        self.outcomes = []
        self.begin = time.monotonic()
        threads = []
        local = calls.Wire(self.service.port)
        request = f"GET /v1/support/hotlines HTTP/1.1\r\nHost: {calls.AUTHORITY}\r\n\r\n".encode()
        for number in range(int(rate * seconds)):
            due = self.begin + number / rate
            time.sleep(max(0, due - time.monotonic()))
            thread = threading.Thread(target=self.once)
            thread.start()
            threads.append(thread)
            if number % 5 == 0:
                self.local = max(self.local, local.exchange(request).seconds)
        for thread in threads:
            thread.join()
        local.close()

    def once(self):
        """One write on a connection of its own."""
        caller = self.service.caller()
        self.write(caller)
        caller.wire.close()


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
