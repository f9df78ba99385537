#!/usr/bin/env python3
"""Breaks each invariant once, behind the back of the service, and sees to it that the checks of
workload.py notice: a check that cannot fail says nothing about a fault.
"""
import time

import harness
import workload
from harness import say
from workload import Load

#: What is done to the database, and which check must fail by it.
BREAKS = (
    ("delete from followers where customer_code = (select customer_code from followers limit 1)",
     "active subscriptions have followers"),
    ("insert into followers select 'PB99000000001', account_id, gen_random_uuid(), 'low', now()"
     " from accounts limit 1", "followers have active subscriptions"),
    ("delete from subscriptions where (account_id, subscription_id) in (select account_id,"
     " subscription_id from subscriptions where state = 'pending' limit 1)",
     "I1 what was acknowledged is durable"),
    ("insert into audit_events select account_id, gen_random_uuid(), happened_at, client_id,"
     " action, customer_code, request_id from audit_events where action = 'subscription_added'"
     " limit 1", "I2 nothing was done twice"),
    ("delete from audit_events where action = 'verification_succeeded'",
     "nothing was done without its audit"),
    ("insert into subscriptions select a.account_id, gen_random_uuid(), 'PB94' || n, 'pending',"
     " null, null, now(), '1', now(), null, now() from (select account_id from accounts limit 1)"
     " a, generate_series(100000000, 100000010) n", "never more than ten live codes"),
    ("delete from accounts where account_id = (select account_id from accounts limit 1)",
     "an account stands on both sides"),
    ("insert into audit_events select account_id, gen_random_uuid(), happened_at, client_id,"
     " action, customer_code, request_id from (select * from audit_events where action ="
     " 'verification_attempted' and customer_code like 'PB99%' limit 1) a,"
     " generate_series(1, 5)", "never more than five evaluated guesses"),
    ("delete from audit_events where action = 'verification_attempted'",
     "each guess was counted before its answer"),
    ("update idempotency_keys set answer = 'other'", "I5 same key, same answer"),
    ("delete from idempotency_keys", "every acknowledged key is stored with its effect"),
    ("delete from nonces", "a signed write takes effect once"),
)


def fault():
    world = harness.World()
    service = harness.Service(world)
    service.start()
    load = Load(world, [service], workers=3)
    load.start()
    time.sleep(3)
    load.stop()
    noticed = set()

    def listen(name, holds, detail=""):
        if not holds:
            noticed.add(name)
        return holds

    workload.expect = listen
    load.check()
    harness.expect("nothing is noticed while nothing is broken", not noticed, noticed or "")
    for sql, check in BREAKS:
        noticed.clear()
        # Without the foreign keys, which would notice some of it first.
        world.cluster.rows("set session_replication_role = replica; " + sql)
        load.check()
        harness.expect(f"noticed: {check}", check in noticed, "" if check in noticed else noticed)
    say("every check can fail")


fault.__doc__ = __doc__
if __name__ == "__main__":
    harness.run(fault)
