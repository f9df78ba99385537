#!/usr/bin/env python3
"""Measures durable writes beside pgbench: reports of outages and creations of payments.

Started by scripts/bench on a database that synchronises. pgbench does the inserts of the same
write, prepared, with 64 clients; the service does what it must ask before as well.
"""
import base64
import hashlib
import hmac
import pathlib
import secrets
import subprocess
import sys
import time

from measure import Table, parse_arguments, pgbench, postgres_seconds, ticks, wrk

HERE = pathlib.Path(__file__).resolve().parent
EMPTIED = ("service_requests, service_request_events, outage_reports, outage_incidents,"
           " outage_incident_codes, payments, payment_events, payment_orders,"
           " payment_allocations, idempotency_keys, nonces")


class Writer:
    """Signs writes beforehand, each for a customer that has had none of its kind."""

    def __init__(self, options):
        self.options = options
        self.authority = options.base_url.split("//")[1]
        self.key = hmac.new(base64.b64decode(options.secret), digestmod=hashlib.sha256)
        self.month = time.strftime("%Y-%m", time.gmtime(time.time() + 7 * 3600))
        self.next = {}

    def body(self, kind, number):
        """The path and the body of one write."""
        account = f"00000000-0000-7000-9000-{number // 10:012x}"
        code = f"PB0601{number:07d}"
        if kind == "report":
            return "/v1/service-requests", (
                f'{{"accountId":"{account}","service":"outage-report","customerCode":"{code}",'
                '"form":{"extent":"home"}}')
        return "/v1/payments", (
            f'{{"accountId":"{account}","provider":"vietqr",'
            f'"bills":[{{"customerCode":"{code}","month":"{self.month}"}}]}}')

    def write(self, kind, count):
        """A file of so many signed writes, parted by NUL."""
        path = pathlib.Path(self.options.folder) / kind
        first = self.next.get(kind, 0)
        if first + count > self.options.customers:
            sys.exit(f"not enough customers for another {count} writes: fewer rounds or seconds")
        self.next[kind] = first + count
        with open(path, "w", encoding="ascii") as file:
            for index in range(first, first + count):
                # A step that shares no factor with the number of customers meets each once.
                number = 1 + index * 7919 % self.options.customers
                file.write(self.signed(*self.body(kind, number)))
                file.write("\0")
        return path

    def signed(self, path, body):
        """The bytes of one signed POST."""
        nonce = secrets.token_hex(12)
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        fields = {"content-type": "application/json", "content-digest": f"sha-256=:{digest}:",
                  "idempotency-key": f'"{nonce}"'}
        names = '"@method" "@authority" "@path" "@query" ' + " ".join(f'"{n}"' for n in fields)
        parameters = (f'({names});created={int(time.time())};keyid="{self.options.key_id}"'
                      f';alg="hmac-sha256";nonce="{nonce}"')
        lines = "".join(f'"{name}": {value}\n' for name, value in fields.items())
        base = (f'"@method": POST\n"@authority": {self.authority}\n"@path": {path}\n'
                f'"@query": ?\n{lines}"@signature-params": {parameters}')
        code = self.key.copy()
        code.update(base.encode())
        signature = base64.b64encode(code.digest()).decode()
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return (f"POST {path} HTTP/1.1\r\nHost: {self.authority}\r\n{head}"
                f"Content-Length: {len(body)}\r\nSignature-Input: sig1={parameters}\r\n"
                f"Signature: sig1=:{signature}:\r\n\r\n{body}")


def empty(options):
    """Nothing is left of an earlier run."""
    psql = pathlib.Path(options.pgbench).parent / "psql"
    subprocess.run(
        [psql, "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--username=customer_care_owner",
         f"--host={options.socket_folder}", "customer_care", "--command",
         f"truncate {EMPTIED}", "--command",
         "update bill_balances set pending = 0 where pending <> 0", "--command", "checkpoint"],
        check=False, stderr=subprocess.DEVNULL)


def main():
    options = parse_arguments()
    writer = Writer(options)
    empty(options)
    table = Table()
    # As many as no round has reached; what is left over belongs to no customer twice.
    count = 3_500 * options.seconds
    for number in range(options.rounds + 1):
        target = table if number else Table()
        for kind in ("report", "payment"):
            path = writer.write(kind, count)
            cpu = ticks(options.service_pid), postgres_seconds(options.postgres_pid)
            figures = wrk(options.base_url, path, options)
            thousands = figures["requests"] / 1000
            target.add(f"{kind} service ms", (ticks(options.service_pid) - cpu[0]) * 1000
                       / thousands)
            target.add(f"{kind} PostgreSQL ms",
                       (postgres_seconds(options.postgres_pid) - cpu[1]) * 1000 / thousands)
            if figures["requests"] > count:
                sys.exit(f"{kind}: {figures['requests']} requests of {count} that were signed")
            target.add(kind, figures["rate"])
            target.add(f"{kind} p99 ms", figures["p99"] / 1000)
            target.add(f"pgbench {kind}", pgbench(HERE / f"{kind}.sql", 64, options))
        print(f"    round {number} of {options.rounds}" + ("" if number else " (warm-up)"),
              file=sys.stderr, flush=True)
    for kind, name in (("report", "reports of outages"), ("payment", "creations of payments")):
        print(f"{name + ' ÷ pgbench -c 64':<46} "
              f"{table.ratio(kind, f'pgbench {kind}'):>12.2f}   ≥ 1.00     "
              f"({table.median(kind):.0f} a second ÷ {table.median(f'pgbench {kind}'):.0f},"
              f" p99 {table.median(f'{kind} p99 ms'):.0f} ms)")
        print(f"{'  CPU for 1,000 of them: service':<46} "
              f"{table.median(f'{kind} service ms'):>9.0f} ms")
        print(f"{'  CPU for 1,000 of them: PostgreSQL':<46} "
              f"{table.median(f'{kind} PostgreSQL ms'):>9.0f} ms")


if __name__ == "__main__":
    main()
