#!/usr/bin/env python3
"""Compares recorded exchanges with openapi.yaml.

Each line of a recording is one JSON object:

    {"operationId": "getBill" or null, "method": "GET", "path": "/v1/...?from=2026-01",
     "requestHeaders": {"name": "value"}, "requestBody": text or null, "status": 200,
     "responseHeaders": {"name": "value"}, "responseBody": text or null}

Header names are in lower case. A response body that is not UTF-8 is recorded in base64 with
"responseBodyEncoding": "base64", and is not looked into.

Every exchange must be one that openapi.yaml documents: path, status, headers, content type and
body. Over all exchanges, every operation must have answered a 2xx, and every signed one a 401
and a 404 or 422 besides.
"""

import argparse
import json
import re
import sys
import urllib.parse

from openapi_document import DEFAULT_PATH, Document

PROBLEM = ("components", "schemas", "Problem")
STATUS_OF_CODE = ("components", "schemas", "ProblemCode", "x-status")


class Exchange:
    """One line of a recording."""

    def __init__(self, record):
        self.operation_id = record.get("operationId")
        self.method = record["method"]
        self.target = record["path"]
        self.status = record["status"]
        self.request_headers = record.get("requestHeaders") or {}
        self.request_body = record.get("requestBody")
        self.headers = record["responseHeaders"]
        self.body = record.get("responseBody") or ""
        self.is_opaque = record.get("responseBodyEncoding") == "base64"
        # The absolute form names an origin before the path (RFC 9112 section 3.2.2).
        origin_form = re.sub(r"^https?://[^/?]*", "", self.target)
        self.path, _, self.query = origin_form.partition("?")

    def __str__(self):
        return f"{self.method} {self.target[:120]} -> {self.status}"


def strict_json(text):
    """The value of a JSON text; a repeated key or NaN is an error."""

    def pairs(items):
        value = dict(items)
        if len(value) != len(items):
            raise ValueError("a key is repeated")
        return value

    def constant(name):
        raise ValueError(f"{name} is not JSON")

    return json.loads(text, object_pairs_hook=pairs, parse_constant=constant)


class Checker:
    """Finds what is wrong with exchanges, and remembers which answers were seen."""

    def __init__(self, document):
        self.document = document
        self.seen = {operation.id: set() for operation in document.operations}

    def check(self, exchange):
        """Yields each finding of one exchange as a sentence."""
        if "x-request-id" not in exchange.headers:
            yield "header X-Request-Id is missing"
        if exchange.method == "OPTIONS" and exchange.status < 300:
            yield from self._check_options(exchange)
            return
        operation = self.document.operation(exchange.method, exchange.path)
        if exchange.operation_id is not None and (
            operation is None or operation.id != exchange.operation_id
        ):
            yield f"recorded as {exchange.operation_id}, which has another path or method"
        status = str(exchange.status)
        responses = self.document.responses(None)
        if operation is not None:
            responses = responses | self.document.responses(operation)
            if exchange.method != "HEAD":
                self.seen[operation.id].add(exchange.status)
        if status not in responses:
            owner = operation.id if operation else "a path or method without operation"
            yield f"status {status} is not documented for {owner}"
            return
        if exchange.status < 300 and operation is None:
            yield "a success on a path that openapi.yaml does not have"
            return
        yield from self._check_response(exchange, responses[status])
        if exchange.status >= 400:
            yield from self._check_problem(exchange)
        if exchange.status == 405:
            yield from self._check_allow(exchange)
        if exchange.status < 300:
            yield from self._check_request(exchange, operation)

    def uncovered(self):
        """For each thing every operation must have answered: a finding, or None if it has."""
        for operation in self.document.operations:
            seen = self.seen[operation.id]
            wanted = [("a 2xx", any(200 <= status < 300 for status in seen))]
            if operation.scope != "public":
                wanted.append(("401", 401 in seen))
                # What takes nothing can have nothing wrong.
                if {"404", "422"} & set(operation.node["responses"]):
                    wanted.append(("404 or 422", bool(seen & {404, 422})))
            for name, is_there in wanted:
                yield None if is_there else f"{operation.id} never answered {name}"

    def _check_options(self, exchange):
        if exchange.status != 204 or exchange.body:
            yield "OPTIONS is answered by 204 without a body"
        yield from self._check_allow(exchange)

    def _check_allow(self, exchange):
        """Allow names exactly the methods of the path; `*` has none of its own."""
        if "allow" not in exchange.headers:
            yield "header Allow is missing"
            return
        if exchange.path == "*":
            return
        allowed = set(re.findall(r"[A-Z]+", exchange.headers["allow"]))
        documented = {one.method.upper() for one in self.document.on_path(exchange.path)}
        documented |= {"OPTIONS"} | ({"HEAD"} if "GET" in documented else set())
        if allowed != documented:
            yield f"Allow names {sorted(allowed)}, openapi.yaml {sorted(documented)}"

    def _check_response(self, exchange, location):
        """Headers, content type and body, by the response at a location."""
        response = self.document.at(location)
        for name in response.get("headers", {}):
            header = self.document.resolve(location + ("headers", name))
            yield from self._check_header(exchange, name, header)
        content = response.get("content")
        if exchange.method == "HEAD" or not content:
            if exchange.body:
                yield "a body where none belongs"
            return
        media_type = exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in content:
            yield f"content type {media_type!r}, documented: {', '.join(content)}"
            return
        if exchange.is_opaque:
            return
        try:
            is_json = media_type.endswith("json")
            value = strict_json(exchange.body) if is_json else exchange.body
        except (ValueError, RecursionError) as error:
            yield f"the body is not JSON: {error}"
            return
        schema = location + ("content", media_type, "schema")
        yield from (f"body {error}" for error in self.document.errors(schema, value))

    def _check_header(self, exchange, name, location):
        value = exchange.headers.get(name.lower())
        if value is None:
            if self.document.at(location).get("required"):
                yield f"header {name} is missing"
            return
        schema = location + ("schema",)
        typed = self._typed(schema, value)
        yield from (f"header {name} {error}" for error in self.document.errors(schema, typed))

    def _check_problem(self, exchange):
        """What a schema cannot say: the problem belongs to this very answer."""
        try:
            problem = strict_json(exchange.body)
            code, status = problem["code"], problem["status"]
            instance, kind = problem["instance"], problem["type"]
        except (ValueError, KeyError, TypeError, RecursionError):
            return  # HEAD has no body; everything else was a finding of the schema already.
        if status != exchange.status:
            yield f"the problem says status {status}"
        if instance != f"urn:uuid:{exchange.headers.get('x-request-id')}":
            yield f"instance {instance} is not the X-Request-Id"
        if kind != f"/problems/{str(code).replace('_', '-')}":
            yield f"type {kind} does not belong to code {code}"
        expected = self.document.at(STATUS_OF_CODE).get(code)
        if expected not in (None, exchange.status):
            yield f"code {code} belongs to status {expected}"

    def _check_request(self, exchange, operation):
        """A success means that the request was one the contract allows."""
        values = {
            "path": dict(
                zip(
                    operation.path_parameters,
                    map(
                        urllib.parse.unquote,
                        operation.pattern.fullmatch(exchange.path).groups(),
                    ),
                )
            ),
            "query": dict(urllib.parse.parse_qsl(exchange.query, keep_blank_values=True)),
            "header": exchange.request_headers,
        }
        for location in self.document.parameters(operation):
            parameter = self.document.at(location)
            place, name = parameter["in"], parameter["name"]
            value = values[place].get(name.lower() if place == "header" else name)
            if value is None:
                if parameter.get("required"):
                    yield f"accepted without the required {place} parameter {name}"
                continue
            schema = location + ("schema",)
            typed = self._typed(schema, value)
            for error in self.document.errors(schema, typed):
                yield f"accepted in spite of {place} parameter {name} {error}"
        if "requestBody" not in operation.node:
            return
        content = operation.node["requestBody"]["content"]
        if "application/json" not in content:
            media_type = exchange.request_headers.get("content-type", "").partition(";")[0]
            if media_type not in content:
                yield f"accepted a body of type {media_type!r}, documented: {', '.join(content)}"
            return
        schema = operation.location + ("requestBody", "content", "application/json", "schema")
        try:
            value = strict_json(exchange.request_body or "")
        except (ValueError, RecursionError) as error:
            yield f"accepted though the request body is not JSON: {error}"
            return
        for error in self.document.errors(schema, value):
            yield f"accepted in spite of the request body {error}"

    def _typed(self, schema, value):
        """The text of a header or parameter as a number where the schema wants one."""
        wants_integer = self.document.at(self.document.resolve(schema)).get("type") == "integer"
        return int(value) if wants_integer and re.fullmatch(r"[0-9]+", value) else value


def run(lines, checker, with_coverage=True):
    """Checks each line and, if asked, the coverage; returns (passed count, findings)."""
    passed, findings = 0, []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            exchange = Exchange(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            findings.append((f"line {number}", [f"not a recorded exchange: {error!r}"]))
            continue
        found = list(checker.check(exchange))
        passed += not found
        if found:
            findings.append((f"line {number}: {exchange}", found))
    if passed == 0 and not findings:
        findings.append(("recording", ["it holds no exchange"]))
    for finding in checker.uncovered() if with_coverage else ():
        passed += finding is None
        if finding is not None:
            findings.append(("coverage", [finding]))
    return passed, findings


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("recordings", nargs="*", help="NDJSON files; - is standard input")
    parser.add_argument("--openapi", default=DEFAULT_PATH, help="the contract")
    parser.add_argument(
        "--no-coverage", action="store_true", help="do not ask that all operations occur"
    )
    parser.add_argument(
        "--self-test", action="store_true", help="show that faults are found; read no recording"
    )
    arguments = parser.parse_args()
    if arguments.self_test:
        import test_validate

        return test_validate.main()
    if not arguments.recordings:
        parser.error("name at least one recording, or --self-test")
    lines = []
    for name in arguments.recordings:
        with sys.stdin if name == "-" else open(name, encoding="utf-8") as file:
            lines += file
    checker = Checker(Document.load(arguments.openapi))
    passed, findings = run(lines, checker, with_coverage=not arguments.no_coverage)
    for where, found in findings:
        print(where)
        for finding in found:
            print(f"    {finding}")
    print(f"{passed} passed, {len(findings)} failed")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
