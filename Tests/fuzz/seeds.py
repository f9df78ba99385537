#!/usr/bin/env python3
"""The first inputs of each fuzz target: the corpus that earlier runs have left in
Tests/fuzz/corpus, the hostile requests of Tests/http/http_cases.json, the examples of the RFCs,
and long inputs for the check of linear work.

    seeds.py FOLDER             writes them into FOLDER/TARGET, a file each
    seeds.py --keep TARGET DIR  makes the files of a folder the corpus of a target

A corpus is one file: a JSON list of texts whose characters stand for bytes, a line each.
"""
import hashlib
import json
import pathlib
import sys

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CORPUS = REPOSITORY / "Tests/fuzz/corpus"
LONG = 12_000

SIGNATURES = (
    # RFC 9421 B.2.5 and this API's own example.
    ('sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
     "sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:"),
    ('sig1=("@method" "@authority" "@path" "@query" "content-type" "content-digest");'
     'created=1609815600;keyid="zalo-miniapp";alg="hmac-sha256";nonce="n-0001";tag="evnspc-cskh"',
     "sig1=:G4ZHukSlhUKDZ6fv4PsHpMN8gIZdPAyygsx03aAOA+8=:"),
    ('sig1=( "@method"  "@target-uri" ) ; created=1; expires=2;nonce="a\\"b\\\\"', "sig1=:AA==:"),
    ('sig1=();a=?1;b=1.5;c=:AA==:;d=tok', "sig1=:AA==:, sig2=:AA==:"),
)
DIGEST = "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
DIGEST_512 = ("sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyea"
              "ldVLvRwEmTHWXvJwew==:")
BODY = '{"hello": "world"}'

JSON_TEXTS = (
    "{}", "[]", "null", "true", "-0", "0.0", "1e2", "-1.5E-3", "1e400", "-1e-400",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "01", "+1", ".5", "1.",
    '"\\u0041\\ud83d\\ude00"', '"\\ud800"', '"\\u0000"', '"\\q"', '"\ttab"', "\ufeff{}", "NaN",
    '{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"k":1,"\u212a":2}', '{"caf\u00e9":1,"cafe\u0301":2}',
    '[1,]', '{"a":1,}', "[1 2]", "{'a':1}", "//c\n1", "1 1", " \t\r\n1 ", "\u00a01",
    '{"customerCodes":["PB06010001234"],"declaration":{"confirmed":true,"textVersion":"2026-01"}}',
    '{"zaloUserId":"2468013579024680135","locale":"vi","consent":{"textVersion":"2026-01"}}',
    "[" * 32 + "]" * 32, "[" * 33 + "]" * 33, '{"alias":"Nh\u00e0 m\u1eb9 \u2028"}',
)
TARGETS = (
    "/", "/v1/accounts/01995f3e-8c57-7b1a-9d2e-5f0c6a7b8d90/bills?from=2026-01&to=2026-10&limit=3",
    "/v1/accounts/a%2Fb/bills/current", "/v1/accounts/%00", "/a/../b", "//host/x", "/%zz",
    "/%c0%af",
    "/v1/accounts/caf%C3%A9?a=b+c%2Bd&&=&e", "http://example.com:80/p?q", "https://[::1]/", "*",
    "/%E1%BB%87/%e1%bb%87", "/v1/accounts/x/bills/2026-10?cursor=abc%3D%3D", "/?%3f=%26",
)


def wire(case):
    """The bytes of a case of http_cases.json, pauses left out."""
    parts = []
    for item in case["send"]:
        if isinstance(item, str):
            parts.append(item)
        elif "repeat" in item:
            parts.append(item["repeat"] * min(item["times"], LONG // max(1, len(item["repeat"]))))
        elif "bytewise" in item:
            parts.append(item["bytewise"])
    text = "".join(parts).replace("{P}", "/").replace("{B}", "/")
    return text.encode("latin-1")[:16_384]


def requests():
    """Every hostile request, and long ones of each shape."""
    cases = json.loads((REPOSITORY / "Tests/http/http_cases.json").read_text(encoding="utf-8"))
    yield from (wire(case) for case in cases)
    head = b"GET / HTTP/1.1\r\nHost: a\r\n"
    yield head + b"X: " + b"y" * LONG + b"\r\n\r\n"
    yield head + b"a: b\r\n" * 99 + b"\r\n"
    yield b"GET /" + b"%41" * 2_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n"
    yield head + b"X: " + b" \t" * (LONG // 2) + b"\r\n\r\n"
    yield head + b"Connection: " + b"a," * (LONG // 2) + b"close\r\n\r\n"


def chunked_bodies():
    """The bodies of the chunked requests, RFC 9112's shapes, and long ones."""
    for request in requests():
        if b"chunked" in request.lower() and b"\r\n\r\n" in request:
            yield request.split(b"\r\n\r\n", 1)[1]
    yield b"4\r\nWiki\r\n5\r\npedia\r\n0\r\n\r\n"
    yield b"4;a=b;c=\"d\\\"e\"\r\nWiki\r\n0\r\nX-Trailer: y\r\n\r\n"
    yield b"1\r\na\r\n" * 2_000 + b"0\r\n\r\n"
    yield b"0\r\n" + b"a: b\r\n" * 1_300 + b"\r\n"
    yield b"1;" + b"a" * 900 + b"\r\nx\r\n" + b"1;" + b"b" * 900 + b"\r\nx\r\n0\r\n\r\n"
    yield b"0" * 30 + b"\r\n\r\n"


def signatures():
    """Both fields, a digest and a body, parted by line ends."""
    for field, code in SIGNATURES:
        yield "\n".join((field, code, DIGEST, BODY)).encode()
        yield "\n".join((field, code, f"{DIGEST}, {DIGEST_512}", BODY)).encode()
    yield b"sig1=(" + b'"a" ' * 400 + b")\nsig1=:AA==:"
    yield b"sig1=()" + b";created=1" * 200 + b"\nsig1=:AA==:"
    yield b'sig1=();nonce="' + b"\\\\" * (LONG // 2) + b'"\nsig1=:AA==:\n' + b"a=:AA==:," * 200


def json_texts():
    """Values of each kind, the traps, and long texts of each shape."""
    yield from (text.encode("utf-8") for text in JSON_TEXTS)
    yield b'"\xff"'
    yield b'"\xed\xa0\x80"'
    yield "\ufeff1".encode("utf-16-le")
    yield b"[" + b"1," * (LONG // 2) + b"1]"
    yield b"[" + b"1e999," * (LONG // 6) + b"1]"
    yield b'"' + b"\\u00e9" * (LONG // 6) + b'"'
    yield b"[" * LONG
    yield b"9" * LONG
    yield b"{" + b",".join(b'"%d":%d' % (n, n) for n in range(1_000)) + b"}"


def targets():
    """Paths and queries, and long ones."""
    yield from (target.encode("utf-8") for target in TARGETS)
    yield b"/?" + b"a=b&" * 3_000
    yield b"/" + b"%41" * 4_000
    yield b"/a" * 5_000


def corpus_file(name):
    return CORPUS / f"{name}.json"


def keep(name, folder):
    """Makes the files of a folder the corpus of a target."""
    inputs = sorted(path.read_bytes() for path in folder.iterdir())
    lines = ",\n".join(json.dumps(one.decode("latin-1")) for one in inputs)
    CORPUS.mkdir(exist_ok=True)
    corpus_file(name).write_text(f"[\n{lines}\n]\n", encoding="ascii")
    print(f"    {name}: {len(inputs)} inputs kept")


def main():
    if sys.argv[1] == "--keep":
        keep(sys.argv[2], pathlib.Path(sys.argv[3]))
        return
    folder = pathlib.Path(sys.argv[1])
    makers = {"RequestParser": requests, "ChunkedBody": chunked_bodies, "JSON": json_texts,
              "Signature": signatures, "Target": targets}
    for name, maker in makers.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        seeds = list(maker())
        if corpus_file(name).exists():
            seeds += [text.encode("latin-1") for text in
                      json.loads(corpus_file(name).read_text(encoding="ascii"))]
        for seed in seeds:
            (folder / name / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


if __name__ == "__main__":
    main()
