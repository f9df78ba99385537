#!/usr/bin/env python3
"""No request writes a line of its own into the log, nor anything that a reader or a terminal would
take for something else. Runs by scripts/with-service; ends 'N passed, N failed'.
"""
import json
import re
import secrets
import time

from caller import LOG, NOBODY, Signed, Tally, Wire, customers, new_client, quoted, unsigned

TALLY = Tally()
MARK = "forged" + secrets.token_hex(6)
LINE = '{"time":"2026-01-01T00:00:00.000+07:00","level":"info","event":"' + MARK + '"}'
HOSTILE = ("\r\n" + LINE + "\r\n", "\n" + LINE, "\u2028" + LINE, "\u0085" + LINE,
           "\x1b[2J\x1b[31m" + MARK, MARK + '","level":"fatal', MARK + "\\", "\x00" + MARK,
           "\u202e" + MARK, "%(name)s${jndi:ldap://127.0.0.1/" + MARK + "}", MARK * 200)


def log_from(offset):
    """What the log holds behind an offset."""
    with LOG.open("rb") as file:
        file.seek(offset)
        return file.read()


def request_lines(client):
    """Requests with hostile texts wherever a caller puts texts; how many are answered requests."""
    answered = 0
    for text in HOSTILE:
        for message in (
                unsigned("GET", "/v1/support/guides/" + quoted(text)[:4_000]),
                unsigned("GET", "/v1/support/hotlines?a=" + quoted(text)[:4_000]),
                unsigned("GET", "/v1/" + quoted(quoted(text))[:4_000]),
                unsigned("GET", "/v1/support/hotlines", {
                    "traceparent": f"00-{quoted(text)[:32]:0<32}-b7ad6b7169203331-01",
                    "User-Agent": quoted(text)}),
                Signed(client, "GET", "/v1/accounts/" + NOBODY).set_parameter(
                    "keyid", visible(text)[:60]).bytes(),
                Signed(client, "PUT", "/v1/accounts", {"zaloUserId": text}).bytes(),
                Signed(client, "PUT", "/v1/accounts", {
                    "zaloUserId": MARK, "locale": text, text: text}).bytes()):
            answer = client.wire.send(message)
            TALLY.expect("answered", answer.status, lambda status: 200 <= status < 500)
            answered += 1
    return answered


def visible(text):
    """As much of a text as a structured string may hold: printable ASCII, no quote."""
    return re.sub(r"[^ !#-\[\]-~]", "_", text) or "_"


def raw_lines():
    """Bytes that make a message invalid: refused, and their line is the service's own."""
    for raw in (b"GET /" + b"\x1b[31m" + MARK.encode() + b" HTTP/1.1\r\nHost: a\r\n\r\n",
                b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00" + MARK.encode() + b"\r\n\r\n",
                b"GET / HTTP/1.1\r\nHost: a\r\nX: a\n" + LINE.encode() + b"\r\n\r\n",
                MARK.encode() + b"\xe2\x80\xae / HTTP/1.1\r\nHost: a\r\n\r\n"):
        TALLY.expect("refused", Wire().send(raw).status, 400)


def main():
    client = new_client()
    home = client.new_account()
    # So that a line with a customer stands in the log, too.
    client.call("GET", f"{home}/customers/{customers()[0]['customerCode']}")
    time.sleep(1.2)
    offset = LOG.stat().st_size
    answered = request_lines(client)
    raw_lines()
    end = time.monotonic() + 10
    while time.monotonic() < end:
        written = log_from(offset)
        if written.count(b'"requestAnswered"') >= answered:
            break
        time.sleep(0.2)
    lines = written.split(b"\n")
    TALLY.expect("the log ends with a whole line", lines.pop(), b"")
    events = []
    for line in lines:
        try:
            event = json.loads(line)
            events.append(event["event"])
            TALLY.expect("time and level stand in each line", {"time", "level"} <= set(event), True)
        except ValueError:
            TALLY.expect("each line is JSON", line, b"{}")
        TALLY.expect("no line is longer than 4 KiB", len(line), lambda count: count < 4_096)
    TALLY.expect("one line for each answered request", events.count("requestAnswered"), answered)
    TALLY.expect("no event of the caller's", MARK in events, False)
    for name, pattern in (("control characters", rb"[\x00-\x09\x0b-\x1f\x7f]"),
                          ("line separators", rb"\xe2\x80[\xa8\xa9]|\xc2\x85"),
                          ("bidirectional controls", rb"\xe2\x80[\x8e\x8f\xaa-\xae]")):
        found = re.search(pattern, written)
        TALLY.expect(f"no raw {name}", found and written[found.start() - 60:found.end() + 60], None)
    TALLY.end()


if __name__ == "__main__":
    main()
