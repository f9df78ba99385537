"""A small signing client of its own: RFC 9421 with hmac-sha256 over a keep-alive socket.

PyPI's libraries sign and send some hundred requests a second; a fault needs load beside the
service and PostgreSQL on the same few cores, so this one does only what the tests need.
"""
import base64
import hashlib
import hmac
import json
import secrets
import socket
import time

AUTHORITY = "care.test"
JSON = "application/json"


class NoAnswer(Exception):
    """The connection ended, or the time was over, before there was a whole answer."""

    def __init__(self, reason, was_sent):
        super().__init__(reason)
        self.was_sent = was_sent


class Answer:
    """Status, header fields (lower case) and body of an answer, and how long it took."""

    def __init__(self, status, fields, body, seconds):
        self.status = status
        self.fields = fields
        self.body = body
        self.seconds = seconds

    @property
    def json(self):
        """The body as a value; an empty one is None."""
        return json.loads(self.body) if self.body else None

    @property
    def code(self):
        """The code of a problem, else the empty string."""
        if "problem+json" not in self.fields.get("content-type", ""):
            return ""
        return self.json.get("code", "")


class Key:
    """The key of a client of the service; `offset` is how far its clock is ahead."""

    def __init__(self, key_id, secret, offset=0):
        self.key_id = key_id
        self.secret = secret
        self.offset = offset

    def sign(self, method, target, body, idempotency_key=None):
        """The bytes of a signed request."""
        path, _, query = target.partition("?")
        parts = [("@method", method), ("@authority", AUTHORITY), ("@path", path),
                 ("@query", "?" + query)]
        lines = [f"{method} {target} HTTP/1.1", f"Host: {AUTHORITY}"]
        if body is not None:
            digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
            fields = [("content-type", JSON), ("content-digest", f"sha-256=:{digest}:")]
            if idempotency_key:
                fields.append(("idempotency-key", f'"{idempotency_key}"'))
            parts += fields
            lines += [f"{name}: {value}" for name, value in fields]
            lines.append(f"Content-Length: {len(body)}")
        covered = " ".join(f'"{name}"' for name, _ in parts)
        created = int(time.time() + self.offset)
        parameters = (f'({covered});created={created};keyid="{self.key_id}";'
                      f'nonce="{secrets.token_hex(16)}"')
        base = "".join(f'"{name}": {value}\n' for name, value in parts)
        base += f'"@signature-params": {parameters}'
        mac = base64.b64encode(hmac.digest(self.secret, base.encode(), "sha256")).decode()
        lines += [f"Signature-Input: sig1={parameters}", f"Signature: sig1=:{mac}:", "", ""]
        return "\r\n".join(lines).encode() + (body or b"")


class Wire:
    """One keep-alive connection to a port of loopback; connects when it has to."""

    def __init__(self, port, timeout=20.0):
        self.port = port
        self.timeout = timeout
        self.socket = None
        self.buffer = b""

    def close(self):
        """Closes the connection; the next request opens another."""
        if self.socket:
            self.socket.close()
        self.socket = None
        self.buffer = b""

    def exchange(self, request):
        """Sends a request and reads its answer."""
        begin = time.monotonic()
        was_sent = False
        try:
            if self.socket is None:
                self.socket = socket.create_connection(("127.0.0.1", self.port), self.timeout)
                self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.settimeout(self.timeout)
            was_sent = True
            self.socket.sendall(request)
            status, fields, body = self._read()
        except OSError as error:
            self.close()
            raise NoAnswer(f"{type(error).__name__}: {error}", was_sent) from None
        if fields.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, fields, body, time.monotonic() - begin)

    def _read(self):
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        first, *rest = head.decode("latin-1").split("\r\n")
        status = int(first.split(" ", 2)[1])
        fields = {}
        for line in rest:
            name, _, value = line.partition(":")
            fields[name.lower()] = value.strip()
        length = 0 if status in (204, 304) else int(fields.get("content-length", "0"))
        while len(self.buffer) < length:
            self._more()
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        return status, fields, body

    def _more(self):
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionResetError("the connection was closed")
        self.buffer += data


class Caller:
    """A client's key on a connection; not for several threads."""

    def __init__(self, port, key, timeout=20.0):
        self.key = key
        self.wire = Wire(port, timeout)

    def call(self, method, target, value=None, idempotency_key=None):
        """Signs, sends and reads; raises NoAnswer."""
        body = None if value is None else json.dumps(value).encode()
        request = self.key.sign(method, target, body, idempotency_key)
        reused = self.wire.socket is not None
        try:
            return self.wire.exchange(request)
        except NoAnswer:
            # An idle connection may have been closed in just this moment. A read can simply be
            # sent again; of a write nobody knows, so that is the journal's business.
            if not reused or method != "GET":
                raise
            return self.wire.exchange(self.key.sign(method, target, body, idempotency_key))


def get(port, path, timeout=2.0):
    """An unsigned GET on a connection of its own: (status, body), or (0, reason)."""
    wire = Wire(port, timeout)
    try:
        answer = wire.exchange(
            f"GET {path} HTTP/1.1\r\nHost: {AUTHORITY}\r\nConnection: close\r\n\r\n".encode())
        return answer.status, answer.body
    except NoAnswer as error:
        return 0, str(error).encode()
    finally:
        wire.close()
