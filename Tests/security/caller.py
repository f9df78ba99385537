"""What the attacks share: a signer of our own whose every part can be spoilt, raw sockets, a
client without a rate limit, the database, and counting.

Runs against the service that scripts/with-service has started. Our own signer, because a library
refuses to make what these tests must send; Tests/client/python_client.py has the library's view.
"""
import base64
import datetime
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import secrets
import socket
import subprocess
import sys
import time
import urllib.parse

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BASE_URL = os.environ["CUSTOMER_CARE_BASE_URL"]
ADMIN_URL = os.environ["CUSTOMER_CARE_ADMIN_URL"]
DEMO = json.loads(pathlib.Path(os.environ["CUSTOMER_CARE_DEMO_FILE"]).read_text(encoding="utf-8"))
DATABASE_URL = os.environ["CUSTOMER_CARE_TEST_DATABASE_URL"].replace(
    "/postgres?", "/customer_care?")
BINARY = REPOSITORY / os.environ.get("CUSTOMER_CARE_BINARY", ".build/release/customer-care")
LOG = REPOSITORY / ".run/with-service.log"
AUTHORITY = BASE_URL.split("://")[1]
DECLARATION = {"confirmed": True, "textVersion": "2026-01"}
JSON_TYPE = "application/json"


class Tally:
    """Counts expectations and tells of those that fail."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def expect(self, name, actual, wanted):
        """Counts one expectation: equal to `wanted`, or true of it when that is a function."""
        holds = wanted(actual) if callable(wanted) else actual == wanted
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            told = "" if callable(wanted) else f", expected {wanted!r}"
            print(f"FAIL {name}: {actual!r}{told}")
        return holds

    def end(self):
        """Prints the last line and ends the program."""
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(0 if self.passed and not self.failed else 1)


class Answer:
    """One answer: status, headers in lower case, body, and the seconds it took."""

    def __init__(self, status, headers, body, seconds):
        self.status = status
        self.headers = headers
        self.body = body
        self.seconds = seconds

    def json(self):
        return json.loads(self.body)

    def told(self):
        """What a caller can tell two refusals apart by: all but the name of the exchange."""
        headers = {name: value for name, value in self.headers.items()
                   if name not in ("x-request-id", "date", "ratelimit", "ratelimit-policy")}
        try:
            body = {name: value for name, value in self.json().items() if name != "instance"}
        except ValueError:
            body = self.body
        return self.status, headers, body


class Wire:
    """One connection; opens another when the service has closed it."""

    def __init__(self, authority=AUTHORITY):
        self.host, self.port = authority.rsplit(":", 1)
        self.socket = None

    def send(self, message):
        """Sends a message as it is; status 0 when the connection ends without an answer."""
        method = message.split(b" ", 1)[0].decode("latin-1")
        for attempt in (1, 2):
            is_old = self.socket is not None
            if not is_old:
                self.socket = socket.create_connection((self.host, int(self.port)), timeout=15)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            begin = time.perf_counter()
            try:
                self.socket.sendall(message)
                response = http.client.HTTPResponse(self.socket, method=method)
                response.begin()
                body = response.read()
            except (OSError, http.client.HTTPException):
                self.close()
                if is_old and attempt == 1:
                    continue
                return Answer(0, {}, b"", time.perf_counter() - begin)
            seconds = time.perf_counter() - begin
            if response.will_close:
                self.close()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, body, seconds)

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def digest(body, algorithm="sha-256"):
    """The Content-Digest of a body."""
    hashed = hashlib.new(algorithm.replace("-", ""), body).digest()
    return f"{algorithm}=:{base64.b64encode(hashed).decode()}:"


class Signed:
    """A signed request in parts; change any of them, then take the `bytes`.

    `components` and `parameters` are what is covered and how; `signs` maps a component to the
    value that is signed in place of the one that is sent.
    """

    def __init__(self, client, method, target, body=None, headers=None):
        self.client = client
        self.method = method
        self.target = target
        self.body = body if body is None or isinstance(body, bytes) else \
            json.dumps(body, ensure_ascii=False).encode()
        self.headers = [("Host", AUTHORITY)]
        self.components = ["@method", "@authority", "@path", "@query"]
        if self.body is not None:
            self.headers.append(("Content-Digest", digest(self.body)))
            if "Content-Type" not in (headers or {}):
                self.headers.append(("Content-Type", JSON_TYPE))
            self.components += ["content-type", "content-digest"]
        self.headers += list((headers or {}).items())
        if any(name.lower() == "idempotency-key" for name, _ in self.headers):
            self.components.append("idempotency-key")
        self.parameters = [("created", int(time.time())), ("keyid", client.key_id),
                           ("nonce", secrets.token_hex(16))]
        self.secret = client.secret
        self.label = "sig1"
        self.signs = {}
        # Given, they replace the field that would be made.
        self.input_field = None
        self.code_field = None

    def set_parameter(self, name, value):
        """Replaces or adds a parameter; None takes it away."""
        kept = [(key, old) for key, old in self.parameters if key != name]
        self.parameters = kept if value is None else kept + [(name, value)]
        return self

    def set_header(self, name, value):
        """Replaces or adds a header; None takes it away."""
        self.headers = [(key, old) for key, old in self.headers if key.lower() != name.lower()]
        if value is not None:
            self.headers.append((name, value))
        return self

    def value(self, component):
        """What is signed for a component."""
        if component in self.signs:
            return self.signs[component]
        path, mark, query = self.target.partition("?")
        derived = {"@method": self.method, "@authority": AUTHORITY, "@path": path,
                   "@query": "?" + query, "@target-uri": f"{BASE_URL}{path}{mark}{query}"}
        if component in derived:
            return derived[component]
        return ", ".join(value for name, value in self.headers if name.lower() == component)

    def parameters_text(self):
        """The covered components and the parameters, as they are sent and signed."""
        covered = " ".join(f'"{component}"' for component in self.components)
        texts = [f";{name}=" + (str(value) if isinstance(value, int) else f'"{value}"')
                 for name, value in self.parameters]
        return f"({covered})" + "".join(texts)

    def code(self):
        """The base64 of the code over the signature base."""
        lines = [f'"{component}": {self.value(component)}' for component in self.components]
        lines.append(f'"@signature-params": {self.parameters_text()}')
        mac = hmac.new(self.secret, "\n".join(lines).encode("latin-1"), hashlib.sha256)
        return base64.b64encode(mac.digest()).decode()

    def bytes(self):
        """The message."""
        fields = list(self.headers)
        given = self.input_field
        fields.append(("Signature-Input", f"{self.label}={self.parameters_text()}"
                       if given is None else given))
        given = self.code_field
        fields.append(("Signature", f"{self.label}=:{self.code()}:" if given is None else given))
        if self.body is not None:
            fields.append(("Content-Length", len(self.body)))
        head = f"{self.method} {self.target} HTTP/1.1\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in fields if value is not False)
        return head.encode("latin-1") + b"\r\n" + (self.body or b"")


class Client:
    """A client of the service with its secret, and a connection."""

    def __init__(self, key_id, secret):
        self.key_id = key_id
        self.secret = secret
        self.wire = Wire()

    def call(self, method, target, body=None, headers=None):
        """Signs and sends."""
        return self.wire.send(Signed(self, method, target, body, headers).bytes())

    def new_account(self):
        """The path of an account of its own."""
        answer = self.call("PUT", "/v1/accounts", {"zaloUserId": "attack-" + secrets.token_hex(8)})
        if answer.status != 201:
            raise SystemExit(f"no account could be made: {answer.status} {answer.body!r}")
        return "/v1/accounts/" + answer.json()["accountId"]

    def subscribe(self, home, codes):
        """Adds subscriptions."""
        return self.call("POST", home + "/subscriptions",
                         {"customerCodes": codes, "declaration": DECLARATION}, once())


def once():
    """A header with a fresh Idempotency-Key."""
    return {"Idempotency-Key": f'"{secrets.token_hex(16)}"'}


def unsigned(method, target, headers=None, body=b""):
    """A message without a signature."""
    fields = {"Host": AUTHORITY, **(headers or {})}
    if body:
        fields["Content-Length"] = len(body)
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body


def command_environment():
    """The environment of a command of the service."""
    ours = {"CUSTOMER_CARE_BASE_URL", "CUSTOMER_CARE_ADMIN_URL", "CUSTOMER_CARE_DEMO_FILE",
            "CUSTOMER_CARE_TEST_DATABASE_URL", "CUSTOMER_CARE_BINARY"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def command(*arguments):
    """Runs the service's binary and gives what it says."""
    return subprocess.run([BINARY, *arguments], env=command_environment(), check=True,
                          capture_output=True, text=True, timeout=60).stdout


def shown_secret(text):
    """The client that `clients create` or `clients rotate` has shown."""
    shown = dict(line.split(None, 1) for line in
                 text.replace("key id", "key-id").splitlines() if line.strip())
    return Client(shown["key-id"].strip(), base64.b64decode(shown["secret"].strip()))


def new_clients(*scopes):
    """A client without a rate limit for each list of scopes; known to the service within five
    seconds."""
    clients = [shown_secret(command(
        "clients", "create", "--name", "attack-" + secrets.token_hex(6),
        "--requests-per-minute", "0", "--scope", *one)) for one in scopes]
    for client in clients:
        await_known(client)
    return clients


def new_client(*scopes):
    """One of them; it may act for accounts, when nothing else is said."""
    return new_clients(scopes or ("accounts",))[0]


def await_known(client, is_known=True, seconds=20):
    """Waits until the service knows a client, or knows it no more."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = client.call("GET", "/v1/accounts/" + NOBODY)
        if (answer.status != 401) == is_known:
            return
        time.sleep(0.2)
    raise SystemExit(f"after {seconds} s the service has not noticed the change of a client")


NOBODY = "00000000-0000-7000-8000-000000000000"


def query(sql):
    """Rows of the database as lists of texts."""
    done = subprocess.run(
        ["psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--field-separator=\t",
         "--set=ON_ERROR_STOP=1", "--command", sql, DATABASE_URL],
        check=True, capture_output=True, text=True, timeout=60)
    return [line.split("\t") for line in done.stdout.splitlines()]


def customers(is_easy=True):
    """Demo customers that can be followed, the last ones first: other tests take the first."""
    return [customer for customer in reversed(DEMO["customers"])
            if not is_easy or (customer["periodsPerMonth"] == 1
                               and customer["contractStatus"] == "active")]


def absent_code():
    """A well-formed customer code that nobody has."""
    known = {customer["customerCode"] for customer in DEMO["customers"]}
    while True:
        code = "PB99" + "".join(secrets.choice("0123456789") for _ in range(9))
        if code not in known:
            return code


def follow(client, home, customer):
    """Makes an account follow a customer, verified by the phone; the subscription's path."""
    item = client.subscribe(home, [customer["customerCode"]]).json()["items"][0]
    path = f"{home}/subscriptions/{item['subscriptionId']}"
    answer = client.call("POST", path + "/verification", {"phone": customer["phone"]})
    if answer.status != 200:
        raise SystemExit(f"the customer could not be verified: {answer.status} {answer.body!r}")
    return path


def month_now():
    """This month in Viet Nam."""
    zone = datetime.timezone(datetime.timedelta(hours=7))
    return datetime.datetime.now(zone).strftime("%Y-%m")


def quoted(text):
    """Percent-encoded for a path or a query."""
    return urllib.parse.quote(text, safe="")
