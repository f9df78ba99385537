#!/usr/bin/env python3
"""Measures the service beside pgbench and nginx, in turns on the same machine, as ratios.

Started by scripts/bench, which prepares the database, the service and the tools. Absolute figures
depend on the machine and its other work; the ratios of runs that stand side by side do not.
"""
import argparse
import base64
import hashlib
import hmac
import json
import os
import pathlib
import random
import re
import secrets
import socket
import statistics
import subprocess
import sys
import time
import urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
LOOKUP = REPOSITORY / "Sources/CustomerCare/Endpoints/Bills/BillOfMonth.swift"
HOTLINES = "/v1/support/hotlines"
CALCULATIONS = "/v1/tariff-calculations"
BILL = "bills/{month}"
# Beside the bill: what else is looked up of a customer, by one statement each.
OTHERS = {"outages": "outages", "reading schedule": "reading-schedule"}
USE = '{"from":"2026-03-01","to":"2026-03-31","kwh":%d,"households":1,"purpose":"residential"}'
WRK_LUA = """
local requests = {{}}
for block in io.open("{path}", "rb"):read("*a"):gmatch("(.-)%z") do
    requests[#requests + 1] = block
end
local position = 0
request = function()
    position = position % #requests + 1
    return requests[position]
end
done = function(summary, latency, _)
    local errors = summary.errors
    local form = '{{"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "failed": %d}}\\n'
    io.write(string.format(form,
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
        errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base-url", required=True)
    parser.add_argument("--admin-url", required=True)
    parser.add_argument("--service-pid", type=int, required=True)
    parser.add_argument("--postgres-pid", type=int, required=True)
    parser.add_argument("--socket-folder", required=True)
    parser.add_argument("--pgbench", required=True)
    parser.add_argument("--nginx-port", type=int)
    parser.add_argument("--account", required=True)
    parser.add_argument("--key-id", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--customers", type=int, required=True)
    parser.add_argument("--months", type=int, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--folder", required=True, help="for files of this run")
    parser.add_argument("--json", help="where to write the figures")
    parser.add_argument("--only-lookup", action="store_true")
    return parser.parse_args()


class Signer:
    """Signs look-ups beforehand: RFC 9421 with hmac-sha256."""

    def __init__(self, options):
        self.options = options
        self.authority = options.base_url.split("//")[1]
        self.key = hmac.new(base64.b64decode(options.secret), digestmod=hashlib.sha256)
        self.month = time.strftime("%Y-%m", time.gmtime(time.time() + 7 * 3600))

    def lookup(self, number, resource):
        """The bytes of a signed look-up of something of a customer."""
        path = (f"/v1/accounts/{self.options.account}/customers/PB0601{number:07d}/"
                + resource.format(month=self.month))
        nonce = secrets.token_hex(12)
        parameters = ('("@method" "@authority" "@path" "@query")'
                      f';created={int(time.time())};keyid="{self.options.key_id}"'
                      f';alg="hmac-sha256";nonce="{nonce}"')
        base = (f'"@method": GET\n"@authority": {self.authority}\n"@path": {path}\n"@query": ?\n'
                f'"@signature-params": {parameters}')
        code = self.key.copy()
        code.update(base.encode())
        signature = base64.b64encode(code.digest()).decode()
        return (f"GET {path} HTTP/1.1\r\nHost: {self.authority}\r\n"
                f"Signature-Input: sig1={parameters}\r\nSignature: sig1=:{signature}:\r\n\r\n")

    def write(self, path, count, resource=BILL):
        """Look-ups of customers drawn at random, parted by NUL."""
        draw = random.Random(count)
        with open(path, "w", encoding="ascii") as file:
            for _ in range(count):
                file.write(self.lookup(
                    draw.randint(1, self.options.customers), resource))
                file.write("\0")


def ticks(pid):
    """Processor time of a process with those of its children that have ended, in seconds."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def children(pid):
    """The processes that a process has started."""
    return [int(text) for text in
            pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def postgres_seconds(pid):
    """Processor time of a PostgreSQL server and all its backends."""
    total = ticks(pid)
    for child in children(pid):
        try:
            total += ticks(child)
        except FileNotFoundError:
            pass
    return total


def memory(pid, field):
    """A line of /proc/PID/smaps_rollup in KiB."""
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(value) for value in re.findall(rf"^{field}:\s+(\d+) kB", text, re.M))


def wrk(url, requests_file, options, connections=64):
    """Runs wrk with one thread; its figures."""
    script = pathlib.Path(options.folder) / "wrk.lua"
    script.write_text(WRK_LUA.format(path=requests_file))
    output = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{options.seconds}s", "-s", str(script), url],
        check=True, stdout=subprocess.PIPE, text=True).stdout
    figures = json.loads(output.strip().splitlines()[-1])
    if figures["failed"]:
        sys.exit(f"{figures['failed']} of wrk's requests failed:\n{output}")
    figures["rate"] = figures["requests"] / (figures["microseconds"] / 1e6)
    return figures


def pgbench(script, clients, options):
    """Transactions a second of the look-up's own statement."""
    output = subprocess.run(
        [options.pgbench, "--no-vacuum", "--protocol=prepared", f"--client={clients}",
         f"--time={options.seconds}", f"--file={script}", f"--host={options.socket_folder}",
         "--username=customer_care_service", "customer_care"],
        check=True, capture_output=True, text=True,
        # As the service's own links have it; without it the statement is planned each time.
        env={**os.environ, "PGOPTIONS": "-c plan_cache_mode=force_generic_plan"}).stdout
    return float(re.search(r"tps = ([\d.]+) \(without", output).group(1))


def lookup_script(options, month):
    """The statement of the look-up for pgbench, a customer drawn for each transaction."""
    source = LOOKUP.read_text(encoding="utf-8")
    sql = re.search(r'"get_bill",\s*"""\n(.*?)"""', source, re.S).group(1)
    sql = re.sub(r"--.*", "", sql)
    for name, value in (("$1", f"'{options.account}'::uuid"),
                        ("$2", "('PB0601' || lpad((:n)::text, 7, '0'))"),
                        # Not a constant: a partition must be found at run time, as for $3.
                        ("$3", f"('{month}-01'::date + :zero::integer)"),
                        ("$4", "(current_date + :zero::integer)")):
        sql = sql.replace(name, value)
    path = pathlib.Path(options.folder) / "lookup.sql"
    path.write_text(f"\\set n random(1, {options.customers})\n\\set zero 0\n"
                    + " ".join(sql.split()) + ";\n")
    return path


def idle_connections(options, count):
    """KiB of private memory of the service for each idle keep-alive connection."""
    host, port = options.base_url.split("//")[1].split(":")
    time.sleep(1)
    before = memory(options.service_pid, "Private_Dirty")
    request = f"GET {HOTLINES} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode()
    connections = []
    for _ in range(count):
        connection = socket.create_connection((host, int(port)))
        connection.sendall(request)
        connections.append(connection)
    for connection in connections:
        connection.recv(4096)
    used = memory(options.service_pid, "Private_Dirty") - before
    for connection in connections:
        connection.close()
    return used / count


class Table:
    """Figures of interleaved rounds."""

    def __init__(self):
        self.rounds = {}

    def add(self, name, value):
        self.rounds.setdefault(name, []).append(value)

    def ratio(self, name, other):
        """Median of the ratios, round by round."""
        return statistics.median(
            a / b for a, b in zip(self.rounds[name], self.rounds[other]))

    def median(self, name):
        return statistics.median(self.rounds[name])

    def spread(self, name):
        values = self.rounds[name]
        return (max(values) - min(values)) / statistics.median(values)


def run_round(table, options, files):
    """One turn of everything."""
    base, lookups, hotlines, calculations, script = files
    cpu = ticks(options.service_pid), postgres_seconds(options.postgres_pid)
    figures = wrk(base, lookups, options)
    thousands = figures["requests"] / 1000
    table.add("lookup", figures["rate"])
    table.add("lookup p50 ms", figures["p50"] / 1000)
    table.add("lookup p99 ms", figures["p99"] / 1000)
    table.add("service CPU ms", (ticks(options.service_pid) - cpu[0]) * 1000 / thousands)
    table.add("PostgreSQL CPU ms",
              (postgres_seconds(options.postgres_pid) - cpu[1]) * 1000 / thousands)
    table.add("RSS under load", memory(options.service_pid, "Rss"))
    table.add("pgbench c8", pgbench(script, 8, options))
    table.add("pgbench c64", pgbench(script, 64, options))
    if options.only_lookup:
        return
    for name in OTHERS:
        table.add(name, wrk(base, f"{lookups}-{name}", options)["rate"])
    figures = wrk(base, hotlines, options)
    table.add("hotlines", figures["rate"])
    table.add("hotlines p99 ms", figures["p99"] / 1000)
    figures = wrk(base, calculations, options)
    table.add("calculations", figures["rate"])
    table.add("calculations p99 ms", figures["p99"] / 1000)
    table.add("nginx", wrk(f"http://127.0.0.1:{options.nginx_port}", hotlines, options)["rate"])


def main():
    options = parse_arguments()
    folder = pathlib.Path(options.folder)
    signer = Signer(options)
    lookups = folder / "lookups"
    hotlines = folder / "hotlines"
    hotlines.write_text(f"GET {HOTLINES} HTTP/1.1\r\nHost: {signer.authority}\r\n\r\n\0")
    calculations = folder / "calculations"
    with calculations.open("w") as file:
        for kwh in range(0, 900, 7):
            body = USE % kwh
            file.write(f"POST {CALCULATIONS} HTTP/1.1\r\nHost: {signer.authority}\r\n"
                       f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
                       f"{body}\0")
    files = (options.base_url, lookups, hotlines, calculations,
             lookup_script(options, signer.month))
    result = {"RSS idle": memory(options.service_pid, "Rss")}
    if not options.only_lookup:
        # Before the load: memory that a load has left behind would be used again and hide it.
        result["KiB per idle connection"] = idle_connections(options, 5_000)
    table = Table()
    for number in range(options.rounds + 1):
        # Nonces must differ and signatures be fresh: as many as a run may send, anew each time.
        signer.write(lookups, 60_000 * options.seconds)
        if not options.only_lookup:
            for name, resource in OTHERS.items():
                signer.write(f"{lookups}-{name}", 60_000 * options.seconds, resource)
        run_round(table if number else Table(), options, files)
        print(f"    round {number} of {options.rounds}" + ("" if number else " (warm-up)"),
              file=sys.stderr, flush=True)
    report(table, result, options)
    if options.json:
        figures = {name: table.median(name) for name in table.rounds} | result
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=2) + "\n")


def report(table, result, options):
    """Prints what was measured beside what is to be reached."""
    def line(name, value, goal="", note=""):
        print(f"{name:<46} {value:>12}   {goal:<10} {note}")

    print(f"\n{options.customers} customers with {options.months} bills; medians of "
          f"{options.rounds} rounds, {options.seconds} s each part\n")
    line("", "measured", "goal")
    line("look-up ÷ pgbench -c 8", f"{table.ratio('lookup', 'pgbench c8'):.2f}", "≥ 0.75",
         f"({table.median('lookup'):.0f} a second ÷ {table.median('pgbench c8'):.0f})")
    line("look-up ÷ pgbench -c 64", f"{table.ratio('lookup', 'pgbench c64'):.2f}", "≥ 1.00",
         f"(÷ {table.median('pgbench c64'):.0f})")
    line("look-up p50", f"{table.median('lookup p50 ms'):.2f} ms")
    line("look-up p99", f"{table.median('lookup p99 ms'):.2f} ms", "≤ 10 ms")
    line("CPU per 1,000 look-ups: service", f"{table.median('service CPU ms'):.1f} ms")
    line("CPU per 1,000 look-ups: PostgreSQL", f"{table.median('PostgreSQL CPU ms'):.1f} ms")
    line("resident memory idle", f"{result['RSS idle'] / 1024:.1f} MiB", "≤ 25 MiB")
    line("resident memory under load", f"{max(table.rounds['RSS under load']) / 1024:.1f} MiB",
         "≤ 40 MiB")
    if not options.only_lookup:
        for name in OTHERS:
            line(f"{name} ÷ look-up of a bill", f"{table.ratio(name, 'lookup'):.2f}", "≥ 0.80",
                 f"({table.median(name):.0f} a second)")
        line("hotlines ÷ nginx", f"{table.ratio('hotlines', 'nginx'):.2f}", "≥ 0.60",
             f"({table.median('hotlines'):.0f} a second ÷ {table.median('nginx'):.0f})")
        line("hotlines p99", f"{table.median('hotlines p99 ms'):.2f} ms")
        line("calculations, JSON in and out ÷ hotlines",
             f"{table.ratio('calculations', 'hotlines'):.2f}", "≥ 0.60",
             f"({table.median('calculations'):.0f} a second)")
        line("calculations p99", f"{table.median('calculations p99 ms'):.2f} ms")
        line("private memory per idle connection",
             f"{result['KiB per idle connection']:.2f} KiB", "≤ 4 KiB", "(of 5,000)")
    noisy = max(table.spread(name) for name in ("lookup", "pgbench c8", "pgbench c64"))
    print(f"\nThe machine: {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}; rates of "
          f"one part differed by up to {noisy:.0%} of their median between rounds.")


if __name__ == "__main__":
    main()
