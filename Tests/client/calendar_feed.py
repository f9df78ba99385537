#!/usr/bin/env python3
"""A calendar feed as a calendar program reads it: PyPI's icalendar. Runs against the service of
CUSTOMER_CARE_BASE_URL, else the one that `make run` started. Ends with 'N passed, N failed'.
"""
import datetime
import sys

import icalendar
import requests

import python_client
from python_client import BASE_URL, DECLARATION, DEMO, call, expect, idempotency_key, new_account

ZONE = datetime.timezone(datetime.timedelta(hours=7))


def follow(customer):
    """A new account that follows a customer; its path and that of the subscription."""
    account = new_account()
    answer = call(
        "POST", f"{account}/subscriptions",
        {"customerCodes": [customer["customerCode"]], "declaration": DECLARATION},
        headers=idempotency_key())
    path = f"{account}/subscriptions/{answer.json()['items'][0]['subscriptionId']}"
    call("POST", f"{path}/verification", {"phone": customer["phone"]})
    return account, path


def check_bytes(content):
    """What RFC 5545 asks of the lines, whatever they say."""
    lines = content.split(b"\r\n")
    expect("every line ends with CRLF", b"\n" in content.replace(b"\r\n", b""), False)
    expect("lines are folded at 75 octets", max(map(len, lines)) <= 75, True)
    expect("no character is cut", all(_is_text(line) for line in lines), True)


def _is_text(line):
    try:
        line.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


def check_events(calendar, outages):
    """The events beside what the look-ups say."""
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    expect("each event has an id of its own", len(events), len(calendar.walk("VEVENT")))
    expect("the zone is explained", [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")],
           ["Asia/Ho_Chi_Minh"])
    for outage in outages:
        event = next(e for uid, e in events.items() if outage["outageId"] in uid)
        name = outage["place"]
        expect(f"{name}: begins", event["DTSTART"].dt.astimezone(ZONE).isoformat(),
               outage["start"])
        expect(f"{name}: its version", int(event["SEQUENCE"]), outage["version"] - 1)
        expect(f"{name}: cancelled or not", str(event["STATUS"]) == "CANCELLED",
               outage["cancelledAt"] is not None)
    days = [uid for uid in events if uid.startswith("reading-")]
    expect("reading days are whole days",
           all(type(events[uid]["DTSTART"].dt) is datetime.date for uid in days), True)
    expect("there are some", len(days) >= 3, True)
    return events


def main():
    # The second owes its newest bill, which is due.
    customer = DEMO["customers"][1]
    account, subscription = follow(customer)
    made = call("PUT", f"{subscription}/calendar")
    expect("a feed is made", made.status_code, 201)
    address = BASE_URL + made.json()["path"]
    answer = requests.get(address, timeout=10)
    expect("it can be read without a signature", answer.status_code, 200)
    expect("its type", answer.headers["Content-Type"], "text/calendar; charset=utf-8")
    check_bytes(answer.content)
    listed = call(
        "GET", f"{account}/customers/{customer['customerCode']}/outages").json()["items"]
    expect("there are outages to compare", len(listed) > 0, True)
    events = check_events(icalendar.Calendar.from_ical(answer.content), listed)
    expect("the due date is told", any(uid.startswith("due-") for uid in events), True)
    expect("no name stands in it", customer["name"] in answer.text, False)
    again = requests.get(address, headers={"If-None-Match": answer.headers["ETag"]}, timeout=10)
    expect("an unchanged feed is 304", again.status_code, 304)
    expect("it can be ended", call("DELETE", f"{subscription}/calendar").status_code, 204)
    expect("it opens nothing then", requests.get(address, timeout=10).status_code, 404)
    print(f"{python_client.passed} passed, {python_client.failed} failed")
    sys.exit(1 if python_client.failed else 0)


if __name__ == "__main__":
    main()
