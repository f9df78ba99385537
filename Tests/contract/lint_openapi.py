#!/usr/bin/env python3
"""Holds openapi.yaml to the rules of OpenAPI 3.1 and to those of this house.

Each rule is a function that yields findings; its first line says the rule.
"""

import argparse
import re
import sys

import openapi_spec_validator
from openapi_document import DEFAULT_PATH, Document, location_of

SCOPES = {"accounts", "admin", "import", "partner", "public", "staff"}
CAMEL_CASE = re.compile(r"[a-z]+(?:[A-Z][A-Za-z0-9]*)*")
MONEY = re.compile(
    r"(?:.*(?:[Aa]mount|[Pp]rice).*|total|paid|remaining|billed|credit|vat)"
)
PROBLEM_REFERENCE = {"$ref": "#/components/schemas/Problem"}
# Said in somebody else's words, whose names are not ours to choose.
FOREIGN = {"ProviderAnswer", "ServiceForm", "TypedForm"}
# Schemas whose fields depend on the case, so that not all of them can be required.
WITH_OPTIONAL_FIELDS = {"Problem", "FieldError"}


def lint_specification(document):
    """The document is valid OpenAPI 3.1."""
    for error in openapi_spec_validator.OpenAPIV31SpecValidator(document.root).iter_errors():
        yield f"{'/'.join(map(str, error.path))}: {error.message[:200]}"


def lint_operations(document):
    """Every operation has an own operationId, summary, description, one tag and a scope."""
    tags = {tag["name"] for tag in document.root["tags"]}
    seen = set()
    for operation in document.operations:
        name = f"{operation.method.upper()} {operation.path}"
        if not CAMEL_CASE.fullmatch(operation.id or ""):
            yield f"{name}: operationId {operation.id!r} is not lower camel case"
        if operation.id in seen:
            yield f"{name}: operationId {operation.id} occurs twice"
        seen.add(operation.id)
        for key in ("summary", "description"):
            if not operation.node.get(key):
                yield f"{name}: no {key}"
        used = operation.node.get("tags", [])
        if len(used) != 1 or not set(used) <= tags:
            yield f"{name}: needs exactly one tag of the list, has {used}"
        if operation.scope not in SCOPES:
            yield f"{name}: x-scope {operation.scope!r} is none of {sorted(SCOPES)}"
        if (operation.scope == "public") != (operation.node.get("security") == []):
            yield f"{name}: x-scope public and an empty security belong together"


def lint_path_parameters(document):
    """Every parameter of a path is declared, and no other."""
    for operation in document.operations:
        declared = {
            parameter["name"]
            for parameter in map(document.at, document.parameters(operation))
            if parameter["in"] == "path"
        }
        if declared != set(operation.path_parameters):
            yield f"{operation.id}: path and declared parameters differ: {sorted(declared)}"


def lint_statuses(document):
    """Every operation documents what its kind may answer."""
    for operation in document.operations:
        wanted = {"500", "503"}
        if operation.scope != "public":
            wanted |= {"401", "403", "429"}
            if operation.path_parameters:
                wanted |= {"404", "422"}
        if "requestBody" in operation.node:
            wanted |= {"400", "413", "415", "422"}
        if operation.method == "get":
            wanted |= {"200", "304"}
        for status in sorted(wanted - set(operation.node["responses"])):
            yield f"{operation.id}: status {status} is not documented"


def _all_responses(document):
    """Each response as (name for findings, operation or None, status, node)."""
    for operation in [*document.operations, None]:
        owner = operation.id if operation else "x-global-responses"
        for status, location in document.responses(operation).items():
            yield f"{owner} {status}", operation, status, document.at(location)


def lint_problems(document):
    """Every 4xx and 5xx is application/problem+json with schema Problem."""
    for name, _, status, response in _all_responses(document):
        if status < "400":
            continue
        content = response.get("content", {})
        if list(content) != ["application/problem+json"]:
            yield f"{name}: must be application/problem+json only, is {list(content)}"
        elif content["application/problem+json"].get("schema") != PROBLEM_REFERENCE:
            yield f"{name}: its schema must be Problem"


def lint_headers(document):
    """Every response documents the headers that go with its status."""
    by_status = {
        "201": ["Location"],
        "304": ["ETag"],
        "401": ["Accept-Signature"],
        "405": ["Allow"],
        "429": ["Retry-After"],
        "503": ["Retry-After"],
    }
    for name, operation, status, response in _all_responses(document):
        wanted = ["X-Request-Id", *by_status.get(status, [])]
        if status == "200" and operation.method == "get":
            wanted += ["ETag", "Cache-Control"]
        if status >= "400":
            wanted.append("Content-Language")
        for header in wanted:
            if header not in response.get("headers", {}):
                yield f"{name}: header {header} is not documented"


def _walk(node, location=()):
    """Every dictionary below a node, with its location."""
    if isinstance(node, dict):
        yield location, node
        for key, child in node.items():
            yield from _walk(child, location + (key,))
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from _walk(child, location + (str(index),))


def _answer_schemas(document):
    """Location and node of each schema that a response reaches, references followed."""
    seen, waiting = set(), []
    for _, _, _, response in _all_responses(document):
        waiting += [media["schema"] for media in response.get("content", {}).values()]
    while waiting:
        for location, node in _walk(waiting.pop()):
            yield location, node
            reference = node.get("$ref")
            if isinstance(reference, str) and reference not in seen:
                seen.add(reference)
                waiting.append(document.at(location_of(reference)))


def lint_answer_schemas(document):
    """Every object of an answer is closed, and lists all its fields as required."""
    schemas = document.root["components"]["schemas"]
    optional = [schemas[name] for name in WITH_OPTIONAL_FIELDS]
    foreign = [schemas[name] for name in FOREIGN if name in schemas]
    for location, node in _answer_schemas(document):
        types = node.get("type", [])
        is_condition = {"if", "then", "else", "not"} & set(location)
        if is_condition or "object" not in ([types] if isinstance(types, str) else types):
            continue
        if any(node is one for one in foreign):
            continue
        name = node.get("description", sorted(node.get("properties", {})))
        if node.get("additionalProperties") is not False:
            yield f"an object of an answer lacks additionalProperties: false: {name}"
        if not any(node is one for one in optional):
            if set(node.get("required", [])) != set(node.get("properties", {})):
                yield f"an object of an answer does not require all its fields: {name}"


def lint_components(document):
    """Every component is used."""
    used = {
        node["$ref"] for _, node in _walk(document.root) if isinstance(node.get("$ref"), str)
    }
    for kind, components in document.root["components"].items():
        if kind == "securitySchemes":
            continue
        for name in components:
            reference = f"#/components/{kind}/{name}"
            if not any(one == reference or one.startswith(f"{reference}/") for one in used):
                yield f"{reference} is not used"


def lint_properties(document):
    """Properties are lower camel case; money is an int64 whose description names the unit."""
    for location, node in _walk(document.root):
        if location[-1:] != ("properties",) or {"if", "then", "else"} & set(location):
            continue
        for name, schema in node.items():
            where = "/".join(location[2:] + (name,))
            if not CAMEL_CASE.fullmatch(name):
                yield f"{where} is not lower camel case"
            if not MONEY.fullmatch(name):
                continue
            target = document.at(document.resolve(location + (name,)))
            description = schema.get("description", target.get("description", ""))
            types = target.get("type")
            may_be_null = isinstance(types, list) and set(types) == {"integer", "null"}
            if not (types == "integer" or may_be_null) or target.get("format") != "int64":
                yield f"{where} looks like money and is not an int64"
            if "đồng" not in description:
                yield f"{where} looks like money and names no unit"


def lint_examples(document):
    """Every example of a schema is valid by it."""
    for location, node in _walk(document.root):
        if {"properties", "example"} & set(location[-1:]) or "x-status" in location:
            continue
        if isinstance(node.get("examples"), list):
            examples, schema = node["examples"], location
        elif "example" in node and "schema" in node:
            examples, schema = [node["example"]], location + ("schema",)
        else:
            continue
        for example in examples:
            for error in document.errors(schema, example):
                yield f"{'/'.join(location)}: example {error}"


def lint_twins(document):
    """What is said twice says the same: codes and their statuses, bills and their summaries."""
    schemas = document.root["components"]["schemas"]
    codes = schemas["ProblemCode"]
    if list(codes["x-status"]) != codes["enum"]:
        yield "ProblemCode: enum and x-status list different codes"
    summary = set(schemas["Bill"]["properties"]) - {"readings", "lines"}
    if set(schemas["BillSummary"]["properties"]) != summary:
        yield "BillSummary is not Bill without readings and lines"


def lint_line_lengths(path):
    """No line is longer than 100 columns."""
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if len(line.rstrip("\n")) > 100:
                yield f"line {number} is longer than 100 columns"


RULES = (
    lint_specification,
    lint_operations,
    lint_path_parameters,
    lint_statuses,
    lint_problems,
    lint_headers,
    lint_answer_schemas,
    lint_components,
    lint_properties,
    lint_examples,
    lint_twins,
)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("openapi", nargs="?", default=DEFAULT_PATH, help="the contract")
    parser.add_argument(
        "--self-test", action="store_true", help="show that each rule can fail"
    )
    arguments = parser.parse_args()
    if arguments.self_test:
        import test_lint_openapi

        return test_lint_openapi.main()
    document = Document.load(arguments.openapi)
    results = [(rule, list(rule(document))) for rule in RULES]
    results.append((lint_line_lengths, list(lint_line_lengths(arguments.openapi))))
    for rule, findings in results:
        if findings:
            print(rule.__doc__)
        for finding in findings:
            print(f"    {finding}")
    failed = sum(1 for _, findings in results if findings)
    print(f"{len(results) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
