#!/usr/bin/env python3
"""What is huge, deep, long or odd is refused at once and leaves no memory behind; texts that other
programs would run are only texts (reliability API4, SQL injection, Unicode).

Runs by scripts/with-service; ends 'N passed, N failed'.
"""
import pathlib
import secrets
import socket
import time

from caller import (AUTHORITY, BINARY, Signed, Tally, Wire, customers, follow, new_client, quoted,
                    unsigned)

TALLY = Tally()
CLIENT = new_client()
# Bytes that the service may have grown by after all of this.
GROWTH = 20_000_000
ODD = ("'", "''", '"', "\\", "';--", "' or '1'='1", "%", "_", "$1", "${x}", "{{7*7}}", "\u0000",
       "\u202e", "\ufeff", "\u0301", "caf\u0065\u0301", "\U0001F600", "\ud7ff", "\ue000",
       "-1", "0x10", "1e9", "NaN", "null", "true", "../../etc/passwd", "<script>", "=1+1")


def resident():
    """Bytes of memory of the service that listens on our port."""
    for process in pathlib.Path("/proc").iterdir():
        try:
            environment = (process / "environ").read_bytes()
            # Children of the service's wrapper have the same environment: only its own program.
            if (process / "exe").resolve() != BINARY.resolve():
                continue
        except (OSError, ValueError):
            continue
        if b"CUSTOMER_CARE_PORT=" + AUTHORITY.rsplit(":", 1)[1].encode() in environment:
            return int((process / "statm").read_text(encoding="ascii").split()[1]) * 4_096
    return 0


def quick(name, message, wanted, seconds=1.0):
    """An answer with one of these statuses, within a time that only waiting would exceed."""
    answer = CLIENT.wire.send(message)
    TALLY.expect(name, answer.status, lambda status: status in wanted)
    TALLY.expect(f"{name}: at once", answer.seconds, lambda took: took < seconds)


def put(body):
    return Signed(CLIENT, "PUT", "/v1/accounts", body).bytes()


def bodies():
    """Deep, wide, long and colliding JSON; a body that is announced and does not come."""
    for name, text in (
            ("100,000 deep", b"[" * 100_000), ("30,000 deep", b"[" * 30_000),
            ("30,000 deep objects", b'{"a":' * 10_000), ("a long number", b"9" * 60_000),
            ("60 KB of a text", b'{"zaloUserId":"' + b"a" * 60_000 + b'"}'),
            ("6,000 names", b"{" + b",".join(b'"%d":0' % n for n in range(6_000)) + b"}"),
            ("one name 6,000 times", b"{" + b",".join([b'"a":0'] * 6_000) + b"}"),
            ("1e999999999", b'{"zaloUserId":1e999999999}'),
            ("20,000 codes", b'{"customerCodes":[' + b",".join([b'"a"'] * 12_000) + b"]}")):
        quick(name, put(text), (400, 413, 422))
    wire = Wire()
    big = b"PUT /v1/accounts HTTP/1.1\r\nHost: " + AUTHORITY.encode() + b"\r\nContent-Length: "
    # Who has not signed is told so first; a length that no number holds is a fault of framing.
    for length, status in ((b"65537", 401), (b"99999999999", 401), (b"9" * 30, 413)):
        answer = wire.send(big + length + b"\r\n\r\n")
        TALLY.expect(f"a body of {length.decode()} bytes", answer.status, status)
    TALLY.expect("a signed body of 65,537 bytes",
                 CLIENT.call("PUT", "/v1/accounts", {"zaloUserId": "a" * 65_520}).status, 413)


def parameters(home, code):
    """Pages, months and cursors beyond what can be meant."""
    of_code = f"{home}/customers/{code}"
    for text in ("limit=999999999", "limit=0", "limit=-1", "limit=1e2", "limit=" + "9" * 4_000,
                 "limit=%D9%A1", "limit=1&limit=2", "from=0000-00", "from=9999-99", "to=2026-13",
                 "from=2026-10&to=2026-09", "cursor=" + "A" * 4_000, "cursor=a", "cursor=",
                 "from=0001-01-01&to=9999-12-31"):
        quick(f"bills?{text[:40]}",
              Signed(CLIENT, "GET", f"{of_code}/bills?{text}").bytes(), (422,))
    quick("65 parameters", Signed(
        CLIENT, "GET", of_code + "/bills?" + "&".join(["a=b"] * 65)).bytes(), (400,))
    quick("all months", Signed(
        CLIENT, "GET", of_code + "/bills?from=0001-01&to=9999-12").bytes(), (200,))
    for month in ("0001-01", "9999-12"):
        quick(f"bills/{month}", Signed(CLIENT, "GET", f"{of_code}/bills/{month}").bytes(),
              (200, 422))


def odd_texts(home, code):
    """Texts with a meaning elsewhere: no 5xx, and what is stored is what was sent."""
    path = f"{home}/subscriptions"
    subscription = CLIENT.call("GET", path).json()["items"][0]["subscriptionId"]
    for text in ODD:
        for target in (f"/v1/accounts/{quoted(text)}", f"{home}/customers/{quoted(text)}",
                       f"{home}/customers/{code}/bills/{quoted(text)}",
                       f"{home}/customers/{code}/bills?cursor={quoted(text)}",
                       f"/v1/support/guides/{quoted(text)}", f"/problems/{quoted(text)}"):
            answer = CLIENT.call("GET", target)
            TALLY.expect(f"{text!r} in {target[:60]}", answer.status,
                         lambda status: status in (200, 400, 404, 422))
        answer = CLIENT.call("PUT", "/v1/accounts", {"zaloUserId": text})
        TALLY.expect(f"{text!r} as a Zalo id", answer.status,
                     lambda status: status in (200, 201, 400, 422))
        answer = CLIENT.call("PATCH", f"{path}/{subscription}", {"alias": text})
        if TALLY.expect(f"{text!r} as an alias", answer.status,
                        lambda status: status in (200, 400, 422)) and answer.status == 200:
            TALLY.expect("it is what was sent", answer.json()["alias"],
                         lambda alias, sent=text: alias in (sent, "caf\u00e9"))
    for text in ("a\nb", "a\u0000b", "a\x7fb", "a" * 51, ""):
        answer = CLIENT.call("PATCH", f"{path}/{subscription}", {"alias": text})
        TALLY.expect(f"{text!r} is no alias", answer.status, lambda status: status in (400, 422))


def connections():
    """Two hundred connections at once, each with half a request; the others are served."""
    half = [Wire() for _ in range(200)]
    for wire in half:
        wire.socket = socket.create_connection((wire.host, int(wire.port)), timeout=5)
        wire.socket.sendall(b"GET /v1/support/hotlines HTTP/1.1\r\nHost: ")
    quick("beside 200 halves", unsigned("GET", "/v1/support/hotlines"), (200,))
    for wire in half:
        wire.close()
    message = unsigned("GET", "/v1/support/hotlines") * 500
    begin = time.perf_counter()
    Wire().send(message)
    TALLY.expect("500 in one go", time.perf_counter() - begin, lambda took: took < 5)


def main():
    home = CLIENT.new_account()
    customer = customers()[11]
    follow(CLIENT, home, customer)
    for _ in range(50):
        CLIENT.call("PUT", "/v1/accounts", {"zaloUserId": "warm-" + secrets.token_hex(4)})
    before = resident()
    TALLY.expect("control: the memory is known", before > 0, True)
    for _ in range(3):
        bodies()
    parameters(home, customer["customerCode"])
    odd_texts(home, customer["customerCode"])
    connections()
    TALLY.expect("the memory is as before", resident() - before, lambda grown: grown < GROWTH)
    TALLY.end()


if __name__ == "__main__":
    main()
