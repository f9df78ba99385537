#!/usr/bin/env python3
"""Every way to forge, strip, alter, replay or downgrade a signature is the same 401
(RFC 9421 section 7, reliability API2b). Runs by scripts/with-service; ends 'N passed, N failed'.
"""
import base64
import concurrent.futures
import secrets
import socket
import subprocess
import time

from caller import (AUTHORITY, BASE_URL, BINARY, NOBODY, Client, Signed, Tally, Wire, await_known,
                    command, command_environment, digest, new_clients, once, shown_secret,
                    unsigned)

TALLY = Tally()
CLIENT, OTHER, ROTATED = new_clients(("accounts",), ("accounts",), ("accounts",))
HOME = CLIENT.new_account()
REFUSALS = {}


def read(target=None):
    """A signed read that is right, to be spoilt."""
    return Signed(CLIENT, "GET", target or HOME + "/subscriptions?a=b")


def write(headers=None):
    """A signed write that is right, to be spoilt."""
    return Signed(CLIENT, "PUT", "/v1/accounts", {"zaloUserId": "m-" + secrets.token_hex(8)},
                  headers)


def add():
    """A signed write with an Idempotency-Key that is right, to be spoilt."""
    return Signed(CLIENT, "POST", HOME + "/subscriptions",
                  {"customerCodes": ["PB06010001234"],
                   "declaration": {"confirmed": True, "textVersion": "2026-01"}}, once())


def refused(name, request):
    """A request that must be 401, told like every other."""
    message = request if isinstance(request, bytes) else request.bytes()
    answer = CLIENT.wire.send(message)
    if TALLY.expect(name, answer.status, 401):
        REFUSALS.setdefault(repr(answer.told()), []).append(name)


def accepted(name, request):
    """The control: the same request unspoilt."""
    answer = CLIENT.wire.send(request.bytes())
    TALLY.expect("control: " + name, answer.status, lambda status: 200 <= status < 300)


def changed(request, **parts):
    for name, value in parts.items():
        setattr(request, name, value)
    return request


def controls():
    """What must be accepted, so that the refusals below mean something."""
    accepted("a read", read())
    accepted("a write", write())
    accepted("a write with a key", add())
    accepted("@target-uri", changed(read(), components=["@method", "@authority", "@target-uri"]))
    accepted("the other order", changed(read(), components=[
        "@query", "@path", "@authority", "@method"]))
    accepted("alg named", read().set_parameter("alg", "hmac-sha256"))
    accepted("299 s old", read().set_parameter("created", int(time.time()) - 295))
    accepted("absolute form", changed(read(), target=BASE_URL + HOME, signs={
        "@path": HOME, "@query": "?"}))
    accepted("SHA-512 of the body", with_digest(write(), "sha-512"))
    accepted("both digests", with_digest(write(), "sha-512", "sha-256"))


def with_digest(request, *algorithms):
    """The digests of these algorithms in place of the usual one."""
    return request.set_header(
        "Content-Digest", ", ".join(digest(request.body, one) for one in algorithms))


def stripped():
    """Something is missing."""
    refused("no signature at all", unsigned("GET", HOME))
    refused("no Signature", changed(read(), code_field=False))
    refused("no Signature-Input", changed(read(), input_field=False))
    for make, kind in ((read, "read"), (write, "write"), (add, "write with a key")):
        for component in make().components:
            request = make()
            request.components.remove(component)
            refused(f"{kind} without {component}", request)
    refused("nothing covered", changed(read(), components=[]))
    for name in ("created", "keyid", "nonce"):
        refused(f"no {name}", read().set_parameter(name, None))


def altered():
    """A covered value is not the one that was signed."""
    refused("another method", changed(read(HOME), method="DELETE", signs={"@method": "GET"}))
    refused("another path", changed(read(), signs={"@path": HOME}))
    refused("another query", changed(read(), signs={"@query": "?a=c"}))
    refused("a query added", changed(read(), signs={"@query": "?"}))
    refused("another authority", changed(read(), signs={"@authority": "example.com"}))
    refused("a Host that is not ours", read().set_header("Host", "example.com"))
    refused("a Host that is not ours, signed", changed(
        read().set_header("Host", "example.com"), signs={"@authority": "example.com"}))
    refused("absolute form of another host", changed(
        read(), target="http://example.com" + HOME, signs={
            "@path": HOME, "@query": "?", "@authority": AUTHORITY}))
    refused("another content type", changed(write(), signs={"content-type": "text/plain"}))
    refused("another key", changed(add(), signs={"idempotency-key": '"other"'}))
    refused("another digest", changed(write(), signs={"content-digest": digest(b"{}")}))
    refused("~ for %7E", changed(read(HOME + "/subscriptions?a=~"), signs={"@query": "?a=%7E"}))
    refused("%7E for ~", changed(read(HOME + "/subscriptions?a=%7E"), signs={"@query": "?a=~"}))
    refused("+ for %20", changed(read(HOME + "/subscriptions?a=+"), signs={"@query": "?a=%20"}))
    refused("the decoded path", changed(
        read(HOME.replace("-", "%2D") + "/subscriptions"), signs={
            "@path": HOME + "/subscriptions"}))
    for place in (0, 10, 21, 42):
        code = read().code()
        other = "A" if code[place] != "A" else "B"
        refused(f"byte {place} of the code", changed(
            read(), code_field=f"sig1=:{code[:place]}{other}{code[place + 1:]}:"))


def bodies():
    """The digest does not stand for the body that came."""
    request = write()
    message = request.bytes()
    refused("a changed body", message.replace(b'"m-', b'"n-'))
    request = write()
    new = request.body.replace(b'"m-', b'"n-')
    signs = {"content-digest": digest(request.body)}
    refused("a changed body with a digest of its own", changed(
        request.set_header("Content-Digest", digest(new)), body=new, signs=signs))
    for algorithm in ("sha-1", "md5"):
        refused(f"a digest of {algorithm} only", with_digest(write(), algorithm))
    right = write()
    wrong = digest(b"{}", "sha-512")
    refused("one right and one wrong digest", right.set_header(
        "Content-Digest", digest(right.body) + ", " + wrong))
    for name, value in (("empty", ""), ("no value", "sha-256"), ("a token", "sha-256=abc"),
                        ("twice", None), ("trailing comma", "+,")):
        request = write()
        own = digest(request.body)
        value = {None: own + ", " + own, "+,": own + ","}.get(value, value)
        refused(f"digest: {name}", request.set_header("Content-Digest", value))
    request = write()
    request.headers.append(("Content-Digest", digest(request.body)))
    refused("the digest in two lines", request)
    request = write()
    request.headers.append(("Content-Type", "text/plain"))
    refused("a second content type beside the signed", changed(
        request, signs={"content-type": "application/json"}))
    request = read()
    request.body = b"{}"
    refused("a body that is not covered", request)


def times():
    """Too old, too new, over, or no time at all."""
    now = int(time.time())
    for name, created in (("301 s old", now - 305), ("from the future", now + 310), ("1970", 0),
                          ("far future", 999999999999999), ("a text", str(now)),
                          ("negative", -1)):
        refused(name, read().set_parameter("created", created))
    refused("over", read().set_parameter("expires", now - 1))
    refused("over before it began", read().set_parameter("expires", now - 100))
    text = read().parameters_text()
    for name, spoilt in (("a fraction", f"{now}.5"), ("a plus", f"+{now}"), ("a date", f"@{now}"),
                         ("hexadecimal", hex(now)), ("16 digits", "0" * 6 + str(now))):
        request = read()
        text = request.parameters_text().replace(f"created={now}", f"created={spoilt}")
        refused(f"created as {name}", changed(request, input_field="sig1=" + text))


def keys():
    """Not the key of whom it names."""
    refused("an unknown key id", changed(read(), client=CLIENT).set_parameter("keyid", "nobody-1"))
    refused("another's key id", read().set_parameter("keyid", OTHER.key_id))
    refused("another's secret", changed(read(), secret=OTHER.secret))
    refused("an empty secret", changed(read(), secret=b""))
    refused("a secret of zeros", changed(read(), secret=bytes(32)))
    refused("the base64 of the secret", changed(
        read(), secret=base64.b64encode(CLIENT.secret)))
    refused("an empty key id", read().set_parameter("keyid", ""))
    refused("a long key id", read().set_parameter("keyid", "k" * 65))
    refused("a key id with a quote", read().set_parameter("keyid", "a' or 1=1--"))
    for algorithm in ("none", "rsa-v1_5-sha256", "HMAC-SHA256", "hmac-sha512", "ed25519", ""):
        refused(f"alg={algorithm}", read().set_parameter("alg", algorithm))
    old = Client(ROTATED.key_id, ROTATED.secret)
    new = shown_secret(command("clients", "rotate", ROTATED.key_id, "--hours", "0"))
    await_known(new)
    TALLY.expect("a secret that has ended", old.call("GET", HOME).status, 401)
    command("clients", "revoke", new.key_id)
    await_known(new, is_known=False)
    TALLY.expect("a revoked client", new.call("GET", HOME).status, 401)


def shapes():
    """Fields that are not exactly one signature."""
    def both(name, field=None, code=None):
        request = read()
        own, own_code = "sig1=" + request.parameters_text(), f"sig1=:{request.code()}:"
        refused(name, changed(
            request, input_field=(field or "{}").format(own), code_field=(
                code or "{}").format(own_code)))

    both("a trailing comma", "{},")
    both("a trailing comma in the code", None, "{},")
    both("two members, the second empty", "{}, sig2=()", "{}, sig2=:AA==:")
    both("two members, the first bad", "sig0=(), {}", "sig0=:AA==:, {}")
    both("two inputs, one code", "{}, sig2=()")
    both("another label", None, "sig2=:AAAA:")
    both("a parameter of the code", None, "{};a=1")
    both("bytes behind", "{} x")
    both("an unknown parameter", "{};context=\"a\"")
    both("a parameter twice", "{};nonce=\"abcdefgh\"")
    both("a bare parameter", "{};tag")
    both("garbage", "((((", None)
    both("a long field", "{};tag=\"" + "t" * 2100 + "\"")
    both("no colons", None, "sig1=AAAA")
    for component in ('"content-type";bs', '"@method";req', '"@path";sf', '"@query";tr',
                      '"@query-param";name="a"', '"@status"', '"@request-target"', '"@scheme"',
                      '"Host"', '"x-absent"', '""', '"@"', '"@signature-params"'):
        request = read()
        text = request.parameters_text().replace('"@query")', f'"@query" {component})')
        request.parameters_text = lambda text=text: text
        refused(f"component {component}", request)
    for name, component in (("twice", "@method"), ("many", None)):
        request = read()
        request.components += [component] if component else [f"x-{n}" for n in range(20)]
        request.headers += [(f"x-{n}", "a") for n in range(20)]
        refused(f"components: {name}", request)
    code = read().code()
    for name, text in (("half a code", code[:21] + "==="), ("an empty code", ""),
                       ("no padding", code.rstrip("=")), ("a code twice as long", code[:-1] + code),
                       ("zeros", "A" * 43 + "="), ("white space", " " + code)):
        refused(name, changed(read(), code_field=f"sig1=:{text}:"))
    request = read()
    request.headers += [("Signature", f"sig1=:{request.code()}:")]
    refused("two Signature lines", request)
    request = read()
    request.headers += [("Signature-Input", "sig1=" + request.parameters_text())]
    refused("two Signature-Input lines", request)
    request = read()
    text = request.parameters_text()
    begin, _, end = text.partition(";nonce")
    refused("parameters in another order", changed(
        request, input_field="sig1=" + text.split(")")[0] + ");nonce" + end
        + begin.split(")")[1]))


def replays():
    """A signature counts once: twice in a row, fifty at once, on another instance."""
    message = read().bytes()
    TALLY.expect("a read", CLIENT.wire.send(message).status, 200)
    refused("a read again", message)
    message = write().bytes()
    TALLY.expect("a write", CLIENT.wire.send(message).status, 201)
    refused("a write again", message)
    message = write().bytes()
    with concurrent.futures.ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: Wire().send(message).status, range(50)))
    TALLY.expect("fifty at once, one takes effect", sorted(answers), [201] + [401] * 49)
    first = write().set_parameter("nonce", "same-nonce-" + secrets.token_hex(4))
    second = write()
    second.parameters = first.parameters
    TALLY.expect("a nonce", CLIENT.wire.send(first.bytes()).status, 201)
    refused("its nonce under another write", second)
    refused("an empty nonce", read().set_parameter("nonce", ""))
    refused("a long nonce", read().set_parameter("nonce", "n" * 129))
    other_instance(message)


def other_instance(message):
    """A second process on the same database knows the used nonces, as would one after a restart."""
    ports = []
    for _ in range(2):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ports.append(str(free.getsockname()[1]))
    environment = command_environment() | {
        "CUSTOMER_CARE_PORT": ports[0], "CUSTOMER_CARE_ADMIN_PORT": ports[1],
        "CUSTOMER_CARE_LOOP_COUNT": "1"}
    process = subprocess.Popen([BINARY, "serve"], env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        wire, admin = Wire("127.0.0.1:" + ports[0]), Wire("127.0.0.1:" + ports[1])
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                if admin.send(unsigned("GET", "/readyz")).status == 200:
                    break
            except OSError:
                pass
            time.sleep(0.1)
        TALLY.expect("control: another instance", wire.send(write().bytes()).status, 201)
        TALLY.expect("a replay on another instance", wire.send(message).status, 401)
    finally:
        process.terminate()
        process.wait(30)


def overrides():
    """Headers that other frameworks let change the request change nothing here."""
    for name, value in (("X-HTTP-Method-Override", "DELETE"), ("X-Original-URL", "/metrics"),
                        ("X-Forwarded-Host", "example.com"), ("Authorization", "Bearer a")):
        request = read(HOME)
        request.headers.append((name, value))
        TALLY.expect(f"with {name}", CLIENT.wire.send(request.bytes()).status, 200)
    TALLY.expect("the account is still there", CLIENT.call("GET", HOME).status, 200)
    request = read(HOME).bytes()
    for name, end in (("a bare CR", b"\r"), ("a bare LF", b"\n"), ("NUL", b"\0")):
        spoilt = request.replace(b"\r\n\r\n", b"\r\nX: a" + end + b'"@method": DELETE\r\n\r\n')
        TALLY.expect(f"{name} in a header", CLIENT.wire.send(spoilt).status, 400)
    TALLY.expect("two Hosts", CLIENT.wire.send(
        request.replace(b"Host:", b"Host: example.com\r\nHost:")).status, 400)


def main():
    controls()
    for part in (stripped, altered, bodies, times, keys, shapes, replays, overrides):
        part()
    TALLY.expect("nobody can tell one refusal from another", {
        told: names[:3] for told, names in REFUSALS.items()}, lambda kinds: len(kinds) == 1)
    TALLY.expect("an account of nobody", CLIENT.call("GET", "/v1/accounts/" + NOBODY).status, 404)
    TALLY.end()


if __name__ == "__main__":
    main()
