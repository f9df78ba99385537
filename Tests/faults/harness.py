"""What every fault needs: throwaway clusters, instances of the service, probes, a report.

A fault is a script f<number>_<name>.py that calls `run(fault)`. Everything it starts listens on
loopback or on unix sockets in folders closed to others, and is gone when it ends.
"""
import atexit
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64decode, b64encode

import calls
from report import REPORT, expect, say

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BINARY = pathlib.Path(
    os.environ.get("CUSTOMER_CARE_BINARY") or REPOSITORY / ".build/release/customer-care")
HERE = pathlib.Path(__file__).resolve().parent


def run(fault):
    """Runs a fault, cleans up, prints the counts and ends the process."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    atexit.register(clean_up)
    print((fault.__doc__ or "").strip(), flush=True)
    try:
        fault()
    except Exception as error:  # pylint: disable=broad-except
        import traceback
        traceback.print_exc()
        expect("the fault ran to its end", False, repr(error))
        for service in SERVICES:
            say(f"last lines of {service.log_path.name}:")
            print(service.log_tail(), flush=True)
    ended = [service for service in SERVICES if service.ended_by_itself()]
    expect("no instance ended by itself", not ended,
           [(service.log_path.name, service.process.returncode) for service in ended] or "")
    if REPORT.failed:
        keep_logs()
    clean_up()
    print(f"{REPORT.passed} passed, {REPORT.failed} failed", flush=True)
    sys.stdout.flush()
    # Workers that hang in a socket must not keep a fault from ending.
    os._exit(0 if REPORT.passed and not REPORT.failed else 1)


def keep_logs():
    """Keeps what the instances have logged, since their folders go."""
    folder = REPOSITORY / ".run" / "faults"
    folder.mkdir(parents=True, exist_ok=True)
    for number, service in enumerate(SERVICES):
        if service.log_path.exists():
            kept = folder / f"{pathlib.Path(sys.argv[0]).stem}-service-{number}.log"
            shutil.copy(service.log_path, kept)
            say(f"log kept in {kept.relative_to(REPOSITORY)}")


def skip(reason):
    """Ends a fault that this machine cannot show; says so, and counts as passed."""
    expect(f"skipped: {reason}", True)


# --- What has to go in the end -------------------------------------------------------------------

SERVICES = []
CLUSTERS = []
PROCESSES = []
FOLDERS = []
MOUNTS = []


def clean_up():
    """Stops whatever runs, newest first, and removes the folders."""
    for process in reversed([service.process for service in SERVICES] + PROCESSES):
        if process and process.poll() is None:
            process.kill()
            process.wait()
    for cluster in CLUSTERS:
        if cluster.is_running():
            cluster.stop("immediate")
    for mount in MOUNTS:
        subprocess.run(["umount", "-l", mount], check=False, capture_output=True)
    for folder in FOLDERS:
        shutil.rmtree(folder, ignore_errors=True)
    for kept in (SERVICES, CLUSTERS, PROCESSES, MOUNTS, FOLDERS):
        kept.clear()


def temporary_folder(for_postgres=False):
    """A folder closed to others; its path is short, since those of unix sockets must be."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="cc-fault.", dir="/var/tmp"))
    FOLDERS.append(folder)
    if for_postgres and os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    return folder


def start_process(arguments, **options):
    """A process that ends with the fault."""
    process = subprocess.Popen(arguments, start_new_session=True, **options)
    PROCESSES.append(process)
    return process


def free_ports(count):
    """So many ports that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def wait_until(condition, seconds, pause=0.02):
    """Whether the condition came true in that time; how long it took, else None."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > seconds:
            return None
        time.sleep(pause)
    return time.monotonic() - begin


# --- PostgreSQL ----------------------------------------------------------------------------------

def postgres_tools():
    """The folder of the newest PostgreSQL's programs."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"),
                   key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    return pathlib.Path(subprocess.check_output(["pg_config", "--bindir"], text=True).strip())


TOOLS = postgres_tools()
AS_POSTGRES = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def as_postgres(*arguments, check=True, **options):
    """PostgreSQL refuses to run as root; then it runs as the user of Debian's package."""
    return subprocess.run(
        [*AS_POSTGRES, *map(str, arguments)], check=check, cwd="/", capture_output=True,
        text=True, **options)


class Cluster:
    """A private cluster on a unix socket: commits are durable against everything but power."""

    BASE = {
        "listen_addresses": "", "fsync": "off", "max_connections": "200",
        "shared_buffers": "64MB", "log_min_messages": "warning", "port": "5432",
    }

    def __init__(self, data=None, **settings):
        self.folder = temporary_folder(for_postgres=True)
        self.data = data or self.folder / "data"
        self.sockets = self.folder / "s"
        self.settings = self.BASE | {"unix_socket_directories": str(self.sockets)} | settings
        as_postgres("mkdir", "-p", self.sockets)
        CLUSTERS.append(self)

    def initialise(self):
        """Makes the data folder."""
        as_postgres(
            TOOLS / "initdb", f"--pgdata={self.data}", "--username=postgres", "--encoding=UTF8",
            "--locale=C.UTF-8", "--lc-collate=C", "--auth-local=trust", "--auth-host=reject",
            "--no-sync", "--no-instructions")

    def start(self, wait=True):
        """Starts and, unless told otherwise, waits until it answers."""
        options = " ".join(f"-c {name}='{value}'" for name, value in self.settings.items())
        waiting = ["--wait", "--timeout=60"] if wait else ["--no-wait"]
        # The server must not inherit a pipe, or reading that pipe would wait for its end.
        subprocess.run(
            [*AS_POSTGRES, TOOLS / "pg_ctl", "start", f"--pgdata={self.data}", *waiting,
             "--silent", f"--log={self.folder / 'server.log'}", f"--options={options}"],
            check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self, mode="fast"):
        """Stops: `fast` ends the sessions, `immediate` is a crash."""
        as_postgres(TOOLS / "pg_ctl", "stop", f"--pgdata={self.data}", f"--mode={mode}",
                    "--wait", "--silent", check=mode == "fast")

    def is_running(self):
        """Whether its postmaster lives."""
        status = as_postgres(TOOLS / "pg_ctl", "status", f"--pgdata={self.data}", check=False)
        return status.returncode == 0

    def promote(self):
        """Makes the primary out of a standby."""
        as_postgres(TOOLS / "pg_ctl", "promote", f"--pgdata={self.data}", "--wait", "--silent")

    def make_standby(self, **settings):
        """A started standby of this cluster, in a folder of its own."""
        standby = Cluster(**settings)
        as_postgres(
            TOOLS / "pg_basebackup", f"--pgdata={standby.data}", "--write-recovery-conf",
            "--checkpoint=fast", "--no-sync", f"--host={self.sockets}", "--port=5432",
            "--username=postgres")
        standby.start()
        return standby

    def url(self, role, database="customer_care", sockets=None):
        """The connection string for a role."""
        host = str(sockets or self.sockets).replace("/", "%2F")
        return f"postgresql://{role}@/{database}?host={host}&port=5432"

    def psql_arguments(self, database="customer_care", role="postgres"):
        """The command of a psql session without noise."""
        return [str(TOOLS / "psql"), "--no-psqlrc", "--quiet", "--tuples-only", "--no-align",
                "--set=ON_ERROR_STOP=1", self.url(role, database)]

    def rows(self, sql, database="customer_care"):
        """The rows of a query, each a list of texts."""
        command = self.psql_arguments(database) + ["--field-separator=\t", f"--command={sql}"]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return [line.split("\t") for line in done.stdout.splitlines()]

    def value(self, sql, database="customer_care"):
        """The only value of a query."""
        return self.rows(sql, database)[0][0]


# --- A cluster with demo data --------------------------------------------------------------------

class World:
    """A cluster with the schema, demo customers and a client without a rate limit."""

    def __init__(self, **settings):
        template = os.environ.get("FAULTS_TEMPLATE")
        self.cluster = Cluster(**settings)
        self.folder = temporary_folder()
        if template:
            as_postgres("cp", "-a", pathlib.Path(template) / "data", self.cluster.data)
            shutil.copytree(pathlib.Path(template) / "world", self.folder, dirs_exist_ok=True)
            self.cluster.start()
        else:
            self._make()
        self.demo = json.loads((self.folder / "demo.json").read_text(encoding="utf-8"))
        self.credentials = json.loads((self.folder / "client.json").read_text(encoding="utf-8"))
        #: Customers that can be verified by their phone.
        self.customers = [
            customer for customer in self.demo["customers"]
            if customer["periodsPerMonth"] == 1 and customer["contractStatus"] == "active"
            and customer["phone"]]

    def _make(self):
        self.cluster.initialise()
        self.cluster.start()
        for sql in ("create role customer_care_owner login createdb",
                    "create role customer_care_service login",
                    "create database customer_care owner customer_care_owner"):
            self.cluster.rows(sql, "postgres")
        (self.folder / "master.key").write_bytes(
            b64encode(os.urandom(32)) + b"\n")
        (self.folder / "master.key").chmod(0o600)
        self.command("migrate")
        self.command("demo", "--customers", "60", "--output", str(self.folder / "demo.json"))
        text = self.command("clients", "create", "--name", "faults", "--scope", "accounts",
                            "--requests-per-minute", "0")
        words = {line.split()[0]: line.split()[-1] for line in text.splitlines() if line.strip()}
        client = {"keyId": words["key"], "secret": words["secret"]}
        (self.folder / "client.json").write_text(json.dumps(client), encoding="utf-8")

    def key(self, offset=0):
        """The key of the client without a limit."""
        return calls.Key(
            self.credentials["keyId"], b64decode(self.credentials["secret"]), offset)

    def environment(self, database="customer_care", **more):
        """The environment of the service's commands; more is CUSTOMER_CARE_<name>."""
        inherited = {name: value for name, value in os.environ.items()
                     if not name.startswith("CUSTOMER_CARE_")}
        own = {
            "DATABASE_URL": self.cluster.url("customer_care_service", database),
            "OWNER_DATABASE_URL": self.cluster.url("customer_care_owner", database),
            "MASTER_KEY_FILE": str(self.folder / "master.key"),
            "ORIGINS": f"http://{calls.AUTHORITY}",
        } | more
        return inherited | {f"CUSTOMER_CARE_{name}": value for name, value in own.items()}

    def command(self, *arguments, **environment):
        """Runs a command of the service to its end and gives what it printed."""
        done = subprocess.run(
            [str(BINARY), *arguments], env=self.environment(**environment), text=True,
            capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(f"customer-care {arguments[0]}: {done.stderr or done.stdout}")
        return done.stdout


def save_template(folder):
    """Makes a world and leaves it in a folder, from which others are copied in no time."""
    world = World()
    world.cluster.stop()
    target = pathlib.Path(folder)
    as_postgres("cp", "-a", world.cluster.data, target / "data")
    shutil.copytree(world.folder, target / "world")


# --- The service ---------------------------------------------------------------------------------

class Service:
    """One instance of the service, perhaps below another program such as strace."""

    def __init__(self, world, prefix=(), **environment):
        self.world = world
        self.port, self.admin_port = free_ports(2)
        self.prefix = list(prefix)
        self.log_path = temporary_folder() / "service.log"
        self.environment = environment
        self.extra = {}
        self.process = None
        self.output = None
        self.is_told_to_end = False
        SERVICES.append(self)

    def start(self, ready_seconds=20):
        """Starts it and waits until it is ready; says how long that took."""
        environment = self.world.environment(
            PORT=str(self.port), ADMIN_PORT=str(self.admin_port), **self.environment)
        self.is_told_to_end = False
        output = self.output or open(self.log_path, "ab")
        self.process = subprocess.Popen(
            [*self.prefix, str(BINARY), "serve"], env=environment | self.extra, stdout=output,
            stderr=output, start_new_session=True)
        if not ready_seconds:
            return None
        seconds = wait_until(
            lambda: self.is_ready() or self.process.poll() is not None, ready_seconds)
        if seconds is None or self.process.poll() is not None:
            raise RuntimeError(f"the service did not get ready:\n{self.log_tail()}")
        return seconds

    @property
    def pid(self):
        """The service's own process, below whatever runs it."""
        # prlimit replaces itself by what it runs.
        if not self.prefix or self.prefix[0] == "prlimit":
            return self.process.pid
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        below = children.read_text(encoding="utf-8").split()
        return int(below[0]) if below else self.process.pid

    def kill(self, number=signal.SIGKILL):
        """Sends a signal; for SIGKILL waits for the end."""
        self.is_told_to_end = True
        os.kill(self.pid, number)
        if number == signal.SIGKILL:
            self.process.wait()

    def ended_by_itself(self):
        """Whether it has gone without having been told to, such as by a crash."""
        return bool(self.process and self.process.poll() is not None and not self.is_told_to_end)

    def log_tail(self, count=25):
        """The last lines of the log."""
        try:
            text = self.log_path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-count:])

    def is_ready(self):
        """Whether the readiness probe says so."""
        return calls.get(self.admin_port, "/readyz")[0] == 200

    def is_alive(self):
        """Whether the liveness probe says so."""
        return calls.get(self.admin_port, "/livez")[0] == 200

    def metric(self, name):
        """The sum of a series over its labels."""
        status, body = calls.get(self.admin_port, "/metrics")
        if status != 200:
            raise RuntimeError(f"no metrics: {status}")
        return sum(float(line.rsplit(" ", 1)[1]) for line in body.decode().splitlines()
                   if line.split("{")[0].split(" ")[0] == name)

    def figures(self):
        """Descriptors, threads, resident kB, processor seconds and database links now."""
        pid = self.pid
        status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        values = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        times = pathlib.Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        ticks = times.rsplit(")", 1)[1].split()
        return {
            "fds": len(os.listdir(f"/proc/{pid}/fd")),
            "threads": int(values["Threads"]),
            "rss": int(values["VmRSS"].split()[0]),
            "cpu": (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK"),
        }

    def caller(self, timeout=20.0, key=None):
        """A signing client of this instance."""
        return calls.Caller(self.port, key or self.world.key(), timeout)


class Probes(threading.Thread):
    """Asks readiness and liveness every 50 ms and remembers when an answer changed."""

    def __init__(self, service):
        super().__init__(daemon=True)
        self.service = service
        self.changes = []
        self.liveness_lost = 0
        self.slowest = 0.0
        self.is_over = False
        self.start()

    def run(self):
        last = None
        while not self.is_over:
            begin = time.monotonic()
            ready = self.service.is_ready()
            if not self.service.is_alive():
                self.liveness_lost += 1
            self.slowest = max(self.slowest, time.monotonic() - begin)
            if ready != last:
                self.changes.append((begin, ready))
                last = ready
            time.sleep(0.05)

    def delay(self, ready, since):
        """Seconds from a moment until the probe said so; None when it did not."""
        before = None
        for moment, value in self.changes:
            if moment < since:
                before = value
            elif value == ready:
                return 0.0 if before == ready else moment - since
        return 0.0 if before == ready else None

    def expect_honest(self, fault_begin, fault_end, unready_within=2.0, ready_within=5.0):
        """I7: unready within 2 s of the fault, ready within 5 s of its end, always alive."""
        unready = self.delay(False, fault_begin)
        ready = self.delay(True, fault_end)
        # 0.25 s for the probe's own pause and a machine that is shared with the load.
        expect("readiness is false within 2 s of the fault",
               unready is not None and unready <= unready_within + 0.25, seconds(unready))
        expect("readiness is true within 5 s of its end",
               ready is not None and ready <= ready_within + 0.25, seconds(ready))
        expect("liveness stays true", self.liveness_lost == 0, self.liveness_lost)


def seconds(value):
    """A duration for people."""
    return "never" if value is None else f"{value:.2f} s"


class Proxy:
    """faultproxy.py before a cluster; connect to its folder of sockets instead."""

    def __init__(self, cluster):
        self.folder = temporary_folder(for_postgres=True)
        self.control = str(self.folder / "control")
        near = self.folder / ".s.PGSQL.5432"
        far = cluster.sockets / ".s.PGSQL.5432"
        start_process([sys.executable, str(HERE / "faultproxy.py"), str(near), str(far),
                       self.control])
        if wait_until(lambda: os.path.exists(self.control), 10) is None:
            raise RuntimeError("faultproxy.py did not start")

    def url(self, cluster, role="customer_care_service"):
        """The connection string through the proxy."""
        return cluster.url(role, sockets=self.folder)

    def set(self, command):
        """Tells the proxy what to do."""
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(self.control)
            control.sendall(command.encode() + b"\n")
            if control.recv(16) != b"ok\n":
                raise RuntimeError(f"faultproxy.py does not know {command}")


def expect_no_leak(service, before, seconds_allowed=15, rss_allowed=20_000):
    """I6: descriptors, threads and memory come back to what they were."""
    def is_back():
        now = service.figures()
        return (now["fds"] <= before["fds"] + 2 and now["threads"] <= before["threads"]
                and now["rss"] <= before["rss"] + rss_allowed)
    took = wait_until(is_back, seconds_allowed, 0.2)
    now = service.figures()
    expect("no leak of descriptors, threads, memory", took is not None, ", ".join(
        f"{name} {before[name]} -> {now[name]}" for name in ("fds", "threads", "rss")))
