#!/usr/bin/env python3
"""Measures imports: a first load, one that changes nothing or everything, and look-ups meanwhile.

Started by scripts/bench. ROWS (200,000) customers get a bill each, by `customer-care import`, from
the file to the last commit. What stands beside: bare COPY of the same rows into the same tables
(bills, which get their key and are attached as a partition, and what is owed of them), and the bare
statements that put staged rows into use. The database does not synchronise.
"""
import multiprocessing
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "faults")]
# pylint: disable=wrong-import-position
import harness  # noqa: E402

ROWS = int(os.environ.get("ROWS", "200000"))
MONTH = "date_trunc('month', now() at time zone interval '7 hours')::date"
CUSTOMERS = f"""
    insert into managing_units values ('PB9901', 'Bench') on conflict do nothing;
    insert into customers (customer_code, sealed_holder_name, sealed_address, holder_name_index,
        usage_purpose, household_count, periods_per_month, contract_status, unit_code, credit,
        as_of)
    select 'PB9901' || lpad(n::text, 7, '0'), 'a', 'b', 'c', 'residential', 1, 1, 'active',
        'PB9901', 0, now()
    from generate_series(1, {ROWS}) as n;
    analyze customers;
"""
# One line for each customer; revision and price are expressions, the latter of a kWh.
LINE = """
    select json_build_object('customerCode', 'PB9901' || lpad(n::text, 7, '0'),
        'month', to_char({month}, 'YYYY-MM'), 'revision', {revision},
        'status', case {revision} when 1 then 'issued' else 'corrected' end,
        'invoiceId', (10000000 + n)::text, 'periodStart', {month} - 25, 'periodEnd', {month} + 4,
        'consumptionKWh', 200, 'amountExcludingVAT', 200 * {price}, 'vatRatePercent', 8,
        'vat', 16 * {price}, 'total', 216 * {price}, 'issuedOn', {month} + 5,
        'dueOn', {month} + 12,
        'readings', json_build_array(json_build_object('meterSerialNumber', lpad(n::text, 8, '0'),
            'register', 'total', 'openingReading', n % 9000, 'closingReading', n % 9000 + 200,
            'multiplier', 1, 'consumptionKWh', 200, 'isEstimated', false)),
        'lines', json_build_array(
            json_build_object('kind', 'tier', 'tier', 1, 'register', null, 'quantityKWh', 50,
                'unitPrice', {price}, 'amount', 50 * {price}),
            json_build_object('kind', 'tier', 'tier', 2, 'register', null, 'quantityKWh', 50,
                'unitPrice', {price}, 'amount', 50 * {price}),
            json_build_object('kind', 'tier', 'tier', 3, 'register', null, 'quantityKWh', 100,
                'unitPrice', {price}, 'amount', 100 * {price})))
    from generate_series(1, {rows}) as n order by n
"""


def line(name, ratio, goal, rest):
    """One line of the table."""
    print(f"{name:<46} {ratio:>12.2f}   {goal:<10} {rest}", flush=True)


class Bench:
    """A cluster, a service and the key of a client that may import."""

    def __init__(self):
        self.world = harness.World(shared_buffers="512MB", max_wal_size="4GB",
                                   checkpoint_timeout="30min", synchronous_commit="off")
        self.cluster = self.world.cluster
        self.service = harness.Service(self.world)
        self.service.environment["ORIGINS"] = (
            f"http://care.test,http://127.0.0.1:{self.service.port}")
        text = self.world.command(
            "clients", "create", "--name", "bench", "--scope", "import",
            "--requests-per-minute", "0")
        words = {line.split()[0]: line.split()[-1] for line in text.splitlines() if line.strip()}
        self.key = {"CUSTOMER_CARE_KEY_ID": words["key"], "CUSTOMER_CARE_SECRET": words["secret"]}
        self.cluster.rows("begin;" + CUSTOMERS + "commit")

    def file(self, name, revision, price, month=MONTH):
        """A file of lines."""
        path = self.world.folder / name
        sql = LINE.format(month=month, revision=revision, price=price, rows=ROWS)
        with open(path, "wb") as output:
            subprocess.run(self.cluster.psql_arguments() + [f"--command={sql}"], check=True,
                           stdout=output)
        return path

    def new_month(self, ahead):
        """A file of bills of a month to come, and how it is brought in."""
        month = f"({MONTH} + interval '{ahead} months')::date"
        word = self.cluster.rows(f"select to_char({month}, 'YYYY-MM')")[0][0]
        return self.file(f"{word}.ndjson", 1, "2000", month=month), "--new-month", word

    def bring(self, path, *more):
        """Brings a file in; seconds of all of it."""
        begin = time.monotonic()
        done = subprocess.run(
            [str(harness.BINARY), "import", "bills", str(path), "--source", "bench",
             "--url", f"http://127.0.0.1:{self.service.port}", *more],
            env=os.environ | self.key, capture_output=True, text=True, check=False)
        seconds = time.monotonic() - begin
        if done.returncode:
            raise RuntimeError(done.stdout + done.stderr)
        return seconds

    def copied(self):
        """Seconds of bare COPY of the same rows, the key and the attachment."""
        self.cluster.rows("drop table if exists bare, bare_part, bare_balances")
        self.cluster.rows(
            "create table bare (like bills) partition by range (month);"
            "create table bare_part (like bills);"
            "create table bare_balances (like bill_balances including all);"
            # Keys cost what they cost where the bills of other months stand already.
            f"insert into bare_balances select * from bill_balances where month <> {MONTH}")
        self.cluster.rows("vacuum analyze bare_balances")
        tables = {"bills": "bare_part", "bill_balances": "bare_balances"}
        for table in tables:
            with open(self.world.folder / table, "wb") as output:
                subprocess.run(
                    self.cluster.psql_arguments()
                    + [f"--command=copy (select * from {table} where month = {MONTH}) to stdout"],
                    check=True, stdout=output)
        begin = time.monotonic()
        for table, bare in tables.items():
            with open(self.world.folder / table, "rb") as rows:
                subprocess.run(
                    self.cluster.psql_arguments() + [f"--command=copy {bare} from stdin"],
                    check=True, stdin=rows)
        self.cluster.rows(
            "alter table bare_part add primary key (customer_code, month, period_number,"
            " kind, revision); alter table bare attach partition bare_part default")
        return time.monotonic() - begin

    def upserted(self, revision):
        """Seconds of COPY of the same rows into a table, and of those and the bare statement that
        brings them into use; rolled back."""
        rows = self.world.folder / "upserted"
        columns = ", ".join(name for (name,) in self.cluster.rows(
            "select attname from pg_attribute where attrelid = 'bills'::regclass and attnum > 0"
            " and attname <> 'revision' order by attnum"))
        with open(rows, "wb") as output:
            subprocess.run(
                self.cluster.psql_arguments()
                + [f"--command=copy (select {columns} from bills where month = {MONTH}"
                   " and revision = 1) to stdout"], check=True, stdout=output)
        rows.chmod(0o644)
        sql = ("begin; create temporary table staged (like bills);"
               f"alter table staged alter revision set default {revision};"
               "select clock_timestamp() as begin \\gset\n"
               f"\\copy staged ({columns}) from '{rows}'\n"
               "select clock_timestamp() as staged \\gset\n"
               "insert into bills select * from staged on conflict (customer_code, month,"
               " period_number, kind, revision) do nothing;"
               "insert into bill_balances as n (customer_code, month, period_number, kind,"
               " revision, billed, paid, pending, due_on) select customer_code, month,"
               " period_number, kind, revision, total, 0, 0, due_on from staged"
               " on conflict (customer_code, month, period_number, kind) do update set"
               " revision = excluded.revision, billed = excluded.billed, due_on = excluded.due_on,"
               " paid = least(n.paid, excluded.billed) where n.revision < excluded.revision;"
               "select extract(epoch from clock_timestamp() - :'staged'),"
               " extract(epoch from clock_timestamp() - :'begin'); rollback;")
        done = subprocess.run(
            self.cluster.psql_arguments(), input=sql, text=True, check=True, capture_output=True)
        alone, whole = done.stdout.strip().splitlines()[-1].split("|")
        return float(alone), float(whole)


class Lookups:
    """Asks for an account on connections of its own, one after the other on each, and notes how
    long: in processes of their own, since Python has one processor."""

    CONNECTIONS = 6

    def __init__(self, bench):
        caller = bench.service.caller()
        made = caller.call("PUT", "/v1/accounts", {"zaloUserId": "bench-look-up"})
        path = "/v1/accounts/" + made.json["accountId"]
        context = multiprocessing.get_context("fork")
        self.is_over = context.Event()
        self.results = context.Queue()
        self.processes = [
            context.Process(target=self.ask, args=(bench, path), daemon=True)
            for _ in range(self.CONNECTIONS)]
        for process in self.processes:
            process.start()

    def ask(self, bench, path):
        """Looks up until it is over."""
        caller = bench.service.caller()
        found = []
        while not self.is_over.is_set():
            answer = caller.call("GET", path)
            assert answer.status == 200
            found.append((time.monotonic(), answer.seconds))
            # As much as leaves processors for the import.
            time.sleep(0.004)
        self.results.put(found)

    def stop(self):
        """Ends it; when each answer came, and how long it took."""
        self.is_over.set()
        return [pair for _ in self.processes for pair in self.results.get(timeout=30)]


def between(found, begin, end):
    """Rate and 99th percentile of a stretch of time."""
    seconds = sorted(took for when, took in found if begin <= when < end)
    return len(seconds) / (end - begin), seconds[int(len(seconds) * 0.99)]


def quiet_and_busy(bench, month):
    """Look-ups before and while a month comes in: rates, 99th percentiles, memory."""
    before = bench.service.figures()["rss"]
    lookups = Lookups(bench)
    time.sleep(1)
    moments = [time.monotonic()]
    time.sleep(5)
    moments.append(time.monotonic())
    bench.bring(*month)
    moments.append(time.monotonic())
    found = lookups.stop()
    after = bench.service.figures()["rss"]
    return between(found, *moments[:2]) + between(found, *moments[1:]) + (before, after)


def changes(bench, turn):
    """Seconds of one import in which a bill in a hundred is new, one in which all are, and the
    bare statements of the latter."""
    revision = 1 + 2 * turn
    # One line for each customer, in their order, as a billing system writes them.
    few = bench.file(
        "few.ndjson", f"(case n % 100 when 0 then {revision + 1} else {revision} end)",
        f"(case n % 100 when 0 then 2050 else {2000 + 100 * revision} end)")
    every = bench.file("every.ndjson", revision + 2, f"{2000 + 100 * (revision + 2)}")
    return bench.bring(few), bench.bring(every), bench.upserted(revision + 9)


def main():
    """All of it on one cluster; what is held against each other, in turns."""
    bench = Bench()
    bench.service.start()
    turns = int(os.environ.get("ROUNDS", "3"))
    # The demo data has no bills of the months after the next.
    months = [bench.new_month(ahead) for ahead in range(3, 3 + turns)]
    first = bench.file("first.ndjson", 1, "2100")
    megabytes = first.stat().st_size / 1e6
    undeclared = bench.bring(first)
    new, copied = zip(*[(bench.bring(*month), bench.copied()) for month in months])
    few, every, upserted = zip(*[changes(bench, turn) for turn in range(turns)])

    def ratio(one, other):
        return statistics.median(a / b for a, b in zip(one, other))

    def rate(seconds):
        return f"{ROWS / statistics.median(seconds):.0f}"

    line("a new month ÷ bare COPY, key, attachment", ratio(copied, new), "≥ 0.60",
         f"({rate(new)} rows a second ÷ {rate(copied)}; "
         f"{megabytes / statistics.median(new):.0f} MB/s)")
    line("  the same, not said to be a new month", copied[0] / undeclared, "",
         f"({rate([undeclared])} rows a second)")
    line("1 % changed: speed ÷ all changed", ratio(every, few), "≥ 2.00",
         f"({rate(few)} rows a second ÷ {rate(every)})")
    alone, whole = zip(*upserted)
    line("all changed ÷ bare COPY, insert … on conflict", ratio(whole, every), "≥ 0.80",
         f"({rate(every)} rows a second ÷ {rate(whole)})")
    line("  the same, without the COPY", ratio(alone, every), "", f"({rate(alone)} a second)")
    # Each turn on a month of its own.
    looks = [quiet_and_busy(bench, bench.new_month(ahead))
             for ahead in range(3 + turns, 3 + 2 * turns)]
    quiet_rate, quiet_p99, busy_rate, busy_p99, before, after = zip(*looks)
    middle = statistics.median
    line("look-ups meanwhile: rate ÷ before", ratio(busy_rate, quiet_rate), "≥ 0.80",
         f"({middle(busy_rate):.0f} a second ÷ {middle(quiet_rate):.0f}, "
         f"{Lookups.CONNECTIONS} at a time, with pauses)")
    line("look-ups meanwhile: p99 ÷ before", ratio(busy_p99, quiet_p99), "≤ 3.00",
         f"({middle(busy_p99) * 1000:.1f} ms ÷ {middle(quiet_p99) * 1000:.1f})")
    line("memory after ÷ before", after[-1] / before[0], "", f"({after[-1]} kB ÷ {before[0]})")
    harness.clean_up()


if __name__ == "__main__":
    main()
