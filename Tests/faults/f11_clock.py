#!/usr/bin/env python3
"""F11: the wall clock jumps: three days ahead, an hour back, to 2038, to 29 February, and over a
month's end in Vietnam.

Timers are monotonic and notice nothing; signatures are judged by the clock as it is; a nonce is
used up whatever the clock says; days and months are those of Vietnam.
"""
import datetime
import glob
import os
import pathlib
import secrets
import time

import calls
import harness
from harness import expect, say
from workload import DECLARATION

LIBRARY = next(iter(glob.glob("/usr/lib/*/faketime/libfaketimeMT.so.1")), None)
DAY = 86_400


class Clock:
    """The clock of the service: so many seconds off."""

    def __init__(self, folder):
        self.path = folder / "faketime"
        self.offset = 0
        self.set(0)

    def set(self, offset):
        """Jumps, at once."""
        self.offset = offset
        temporary = self.path.with_suffix(".new")
        temporary.write_text(f"{offset:+d}\n", encoding="utf-8")
        temporary.rename(self.path)

    def set_to(self, text):
        """Jumps to an instant."""
        moment = datetime.datetime.fromisoformat(text)
        self.set(int(moment.timestamp() - time.time()))


def fault():
    if LIBRARY is None:
        return harness.skip("libfaketime is not installed (scripts/packages --for-faults)")
    world = harness.World()
    clock = Clock(world.folder)
    service = harness.Service(world)
    service.extra = {
        "LD_PRELOAD": LIBRARY, "FAKETIME_TIMESTAMP_FILE": str(clock.path),
        "FAKETIME_NO_CACHE": "1", "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC",
        # Without names libfaketime changes the environment before main, and Swift's runtime, which
        # looks for the arguments beside it, finds none.
        "FAKETIME_SHARED": f"/faketime_sem_{os.getpid()} /faketime_shm_{os.getpid()}",
    }
    service.start()
    probes = harness.Probes(service)
    idle = service.caller()
    before = put(idle, "clock-0")
    expect("the clock is right at first", before.status == 201, before.status)
    home = "/v1/accounts/" + before.json["accountId"]
    for name, jump in (
            ("three days ahead", lambda: clock.set(3 * DAY)),
            ("an hour back", lambda: clock.set(-3_600)),
            ("over 2038-01-19T03:14:07Z", lambda: over_2038(clock)),
            ("on 29 February", lambda: clock.set_to("2028-02-29T05:00:00+00:00")),
            ("back to now", lambda: clock.set(0))):
        jumped(world, service, clock, idle, name, jump)
    month_end(world, service, clock)
    clock.set(0)
    windows(world, service, clock, home)
    time.sleep(0.5)
    probes.is_over = True
    for kind in ("sem.faketime_sem", "faketime_shm"):
        pathlib.Path(f"/dev/shm/{kind}_{os.getpid()}").unlink(missing_ok=True)
    expect("it was ready all the time", [ready for _, ready in probes.changes] == [True],
           probes.changes if len(probes.changes) > 1 else "")
    expect("liveness stays true", probes.liveness_lost == 0, probes.liveness_lost)
    text = service.log_path.read_text(encoding="utf-8")
    expect("no time in the log is negative", '"microseconds":-' not in text)
    total = service.metric("customer_care_http_request_duration_seconds_sum")
    expect("the durations in the metrics are sane", 0 < total < 60, f"{total:.2f} s in all")


def over_2038(clock):
    """The second in which 32 bits of seconds since 1970 are used up passes meanwhile."""
    clock.set_to("2038-01-19T03:14:05+00:00")
    time.sleep(3)


def put(caller, zalo_user):
    """A signed write."""
    return caller.call("PUT", "/v1/accounts", {"zaloUserId": zalo_user})


def jumped(world, service, clock, idle, name, jump):
    """After a jump: the idle connection lives, signatures count by the new clock, once each."""
    old = world.key(clock.offset)
    jump()
    key = world.key(clock.offset)
    idle.key = key
    time.sleep(0.3)
    socket_before = idle.wire.socket
    answer = put(idle, "clock-" + secrets.token_hex(6))
    good = answer.status == 201 and idle.wire.socket is socket_before
    expect(f"{name}: an idle connection lives and a signature of then counts", good,
           f"{answer.status}, createdAt {answer.json.get('createdAt')}")
    if abs(old.offset - key.offset) > 300:
        stale = put(service.caller(key=old), "stale")
        expect(f"{name}: a signature of before does not", stale.status == 401, stale.status)
    request = key.sign("PUT", "/v1/accounts", b'{"zaloUserId":"clock-twice"}')
    wire = calls.Wire(service.port)
    statuses = [wire.exchange(request).status for _ in range(2)]
    expect(f"{name}: a nonce counts once", statuses[0] in (200, 201) and statuses[1] == 401,
           statuses)


def month_end(world, service, clock):
    """The month is that of Vietnam, to the second."""
    clock.set_to("2026-12-31T23:59:57+07:00")
    key = world.key(clock.offset)
    caller = service.caller(key=key)
    customer = world.customers[0]
    home = "/v1/accounts/" + put(caller, "month-end").json["accountId"]
    added = caller.call("POST", home + "/subscriptions", {
        "customerCodes": [customer["customerCode"]], "declaration": DECLARATION},
        secrets.token_hex(12))
    subscription = added.json["items"][0]["subscriptionId"]
    caller.call("POST", f"{home}/subscriptions/{subscription}/verification",
                {"phone": customer["phone"]})
    target = f"{home}/customers/{customer['customerCode']}/bills/current"
    months = []
    for _ in range(60):
        answer = caller.call("GET", target)
        if answer.status != 200:
            say(f"{answer.status} {answer.body[:200]}")
            break
        month = answer.json["month"]
        if not months or months[-1] != month:
            months.append(month)
        if len(months) == 2:
            break
        time.sleep(0.1)
    expect("at midnight in Vietnam the month changes", months == ["2026-12", "2027-01"], months)


def windows(world, service, clock, home):
    """What is bound to time: 15 minutes for a pending code, 24 hours for a lock."""
    caller = service.caller(key=world.key())
    added = caller.call("POST", home + "/subscriptions", {
        "customerCodes": ["PB95000000001"], "declaration": DECLARATION}, secrets.token_hex(12))
    target = (f"{home}/subscriptions/{added.json['items'][0]['subscriptionId']}/verification")
    statuses = [caller.call("POST", target, {"phone": f"09000000{n:02d}"}).status
                for n in range(6)]
    expect("five guesses, then a lock", statuses == [422] * 5 + [429], statuses)
    clock.set(16 * 60)
    caller.key = world.key(clock.offset)
    answer = caller.call("POST", target, {"phone": "0900000099"})
    expect("after 15 minutes it has expired", answer.status == 404, answer.status)
    clock.set(-2 * 3_600)
    caller.key = world.key(clock.offset)
    answer = caller.call("POST", target, {"phone": "0900000099"})
    expect("a clock put back gives no new guesses", answer.status in (404, 429), answer.status)


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
