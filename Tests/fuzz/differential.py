#!/usr/bin/env python3
"""Asks other parsers what they think of the inputs that ours has accepted: h11 of requests and
chunked bodies, Python's json of JSON texts, http_sf of signature fields, urllib of queries.

    differential.py TARGET FILE

FILE holds a line of JSON for each accepted input with what ours has understood. Fails when the
other one strictly refuses an input or understands something else, unless DIFFERENCES below says
why that is right. Ends with 'N compared, N differ'.
"""
import json
import math
import re
import struct
import sys
import urllib.parse

import h11
import http_sf

sys.set_int_max_str_digits(0)

# What ours accepts and the other does not, on purpose: a name for the report, the reason, and how
# such an input is known.
DIFFERENCES = {
    "RequestParser": [
        ("length of more than 20 digits",
         "RFC 9110 8.6 says 1*DIGIT; ours reads leading zeros and refuses what overflows",
         lambda data, fault: "content-length" in fault.lower()
         and re.search(rb"(?i)content-length:[ \t]*0[0-9]{20}", data)),
        ("chunk size of more than 20 digits",
         "RFC 9112 7.1 says 1*HEXDIG; ours reads leading zeros and refuses what overflows",
         lambda data, fault: "chunk" in fault and re.search(rb"(?m)^0[0-9A-Fa-f]{20}", data)),
    ],
    "ChunkedBody": [
        ("chunk size of more than 20 digits",
         "RFC 9112 7.1 says 1*HEXDIG; ours reads leading zeros and refuses what overflows",
         lambda data, fault: "chunk" in fault and re.search(rb"(?m)^0[0-9A-Fa-f]{20}", data)),
    ],
    "JSON": [],
    "Signature": [],
    "Target": [],
}
CHUNKED_HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


class Differs(Exception):
    """The other parser refuses, or understands something else."""


def same(what, ours, theirs):
    """Raises when two readings differ."""
    if ours != theirs:
        raise Differs(f"{what}: ours {ours!r}, theirs {theirs!r}")


def unhex(text):
    return bytes.fromhex(text)


# --- HTTP ----------------------------------------------------------------------------------------

def messages(data):
    """The request, the body and whether it is complete, as h11 reads the bytes."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 20)
    connection.receive_data(data)
    request, body, complete = None, b"", False
    while True:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as fault:
            raise Differs(f"h11 refuses: {fault}") from fault
        if isinstance(event, h11.Request):
            request = event
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        elif isinstance(event, h11.EndOfMessage):
            return request, body, True
        else:
            return request, body, complete


def compare_request(record, data):
    """Head and, when it is all there, the body; the empty lines before a request are skipped as
    RFC 9112 2.2 asks, which h11 does not do."""
    end = int(record["end"]) if record["body"] != "-" else int(record["head"])
    message = data[:end].lstrip(b"\r\n")
    request, body, complete = messages(message)
    if request is None:
        raise Differs("h11 wants more bytes for the head")
    same("method and target", unhex(record["line"]), request.method + b" " + request.target)
    fields = [tuple(unhex(part) for part in field.split(":"))
              for field in record["fields"].split()]
    # h11 gives this one value in lower case, whatever was sent.
    fields = [(name, value.lower() if name == b"transfer-encoding" else value)
              for name, value in fields]
    same("fields", fields, [(name, value) for name, value in request.headers])
    if record["body"] != "-":
        same("the body is complete", True, complete)
        same("body", unhex(record["body"]), body)


def compare_chunked(record, data):
    _, body, complete = messages(CHUNKED_HEAD + data[:int(record["end"])])
    same("the body is complete", True, complete)
    same("content", unhex(record["content"]), body)


# --- JSON ----------------------------------------------------------------------------------------

def unique(pairs):
    """An object, when no name occurs twice."""
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name twice")
    return dict(pairs)


def refuse_constant(name):
    raise ValueError(f"{name} is no JSON")


def canonical(value):
    """The text that JSONTarget.swift writes for the same value."""
    if value is None:
        return "n"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, int):
        return f"i{value}" if -(1 << 63) <= value < 1 << 63 else "o"
    if isinstance(value, float):
        return "o" if math.isinf(value) else "r" + struct.pack(">d", value).hex()
    if isinstance(value, str):
        return "s" + value.encode("utf-8").hex()
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    return "{" + ",".join(f"{name.encode('utf-8').hex()}:{canonical(member)}"
                          for name, member in value.items()) + "}"


def compare_json(record, data):
    try:
        value = json.loads(data.decode("utf-8", "strict"), object_pairs_hook=unique,
                           parse_constant=refuse_constant)
        theirs = canonical(value)
    except ValueError as fault:
        raise Differs(f"json refuses: {fault}") from fault
    same("value", record["value"], theirs)


# --- Structured fields ---------------------------------------------------------------------------

def single_member(data):
    """The only member of a dictionary."""
    try:
        dictionary = http_sf.parse(data, tltype="dictionary")
    except Exception as fault:
        raise Differs(f"http_sf refuses: {fault}") from fault
    same("members", 1, len(dictionary))
    return next(iter(dictionary.items()))


def compare_signature(record, _):
    label, (items, parameters) = single_member(unhex(record["field"]))
    same("label", unhex(record["label"]).decode(), label)
    components = [unhex(text).decode() for text in record["components"].split()]
    same("components", [(name, {}) for name in components], items)
    ours = {}
    for name, text in zip(("created", "expires"), record["numbers"].split()):
        if text != "-":
            ours[name] = int(text)
    for name, text in zip(("keyid", "nonce", "alg", "tag"), record["texts"].split()):
        if text != "-":
            ours[name] = unhex(text[1:]).decode()
    same("parameters", ours, dict(parameters))
    code_label, (code, code_parameters) = single_member(unhex(record["code"]))
    same("label of the code", label, code_label)
    same("parameters of the code", {}, dict(code_parameters))
    same("code", unhex(record["signature"]), code)


# --- Targets -------------------------------------------------------------------------------------

def compare_target(record, _):
    path = unhex(record["path"])
    if record["decoded"] != "-":
        same("path", unhex(record["decoded"]), urllib.parse.unquote_to_bytes(path))
    if record["query"] == "-" or record["pairs"] == "-":
        return
    pairs = [tuple(unhex(part) for part in pair.split("="))
             for pair in record["pairs"].split()]
    query = unhex(record["query"])
    theirs = urllib.parse.parse_qsl(query.decode("ascii"), keep_blank_values=True,
                                    errors="surrogateescape")
    same("query", pairs, [tuple(part.encode("utf-8", "surrogateescape") for part in pair)
                          for pair in theirs])


COMPARE = {"RequestParser": compare_request, "ChunkedBody": compare_chunked, "JSON": compare_json,
           "Signature": compare_signature, "Target": compare_target}


def main():
    target, path = sys.argv[1:]
    compared, differing, excused = 0, 0, {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            record = json.loads(line)
            data = unhex(record["input"])
            compared += 1
            try:
                COMPARE[target](record, data)
            except Differs as difference:
                reason = next((name for name, _, fits in DIFFERENCES[target]
                               if fits(data, str(difference))), None)
                if reason:
                    excused[reason] = excused.get(reason, 0) + 1
                    continue
                differing += 1
                if differing <= 10:
                    print(f"    {difference}\n        {data[:300]!r}")
    for name, count in excused.items():
        print(f"    {count} allowed: {name}")
    print(f"    {target}: {compared} compared, {differing} differ")
    return 1 if differing or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
