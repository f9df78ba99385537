"""openapi.yaml as both checks of this folder read it: operations, references, schemas."""

import dataclasses
import pathlib
import re
import urllib.parse

import jsonschema
import referencing
import referencing.jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEFAULT_PATH = ROOT / "openapi.yaml"
METHODS = ("get", "put", "post", "patch", "delete")
_BASE = "urn:contract"

format_checker = jsonschema.FormatChecker()


@format_checker.checks("int64")
def _is_int64(value):
    """1.0 is an integer to JSON Schema, but never on our wire."""
    if isinstance(value, float):
        return False
    return not isinstance(value, int) or -(2**63) <= value < 2**63


@format_checker.checks("uri-reference")
def _is_uri_reference(value):
    return not isinstance(value, str) or re.fullmatch(r"[!-~]*", value) is not None


@dataclasses.dataclass
class Operation:
    """One operation; `location` is where it stands in the document."""

    id: str
    method: str
    path: str
    location: tuple
    node: dict

    @property
    def scope(self):
        return self.node.get("x-scope")

    @property
    def pattern(self):
        return re.compile(re.sub(r"\\\{\w+\\\}", r"([^/]+)", re.escape(self.path)))

    @property
    def path_parameters(self):
        return re.findall(r"\{(\w+)\}", self.path)


class Document:
    """The parsed document. A location is the tuple of keys that leads to a node."""

    def __init__(self, root):
        self.root = root
        resource = referencing.Resource(
            contents=root, specification=referencing.jsonschema.DRAFT202012
        )
        self._registry = referencing.Registry().with_resource(_BASE, resource)
        self._validators = {}
        self.operations = [
            Operation(node.get("operationId"), method, path, ("paths", path, method), node)
            for path, item in root["paths"].items()
            for method, node in item.items()
            if method in METHODS
        ]

    @classmethod
    def load(cls, path=DEFAULT_PATH):
        with open(path, encoding="utf-8") as file:
            return cls(yaml.safe_load(file))

    def at(self, location):
        node = self.root
        for key in location:
            node = node[int(key)] if isinstance(node, list) else node[key]
        return node

    def resolve(self, location):
        """Follows `$ref` from a location to the location of what it names."""
        node = self.at(location)
        while isinstance(node, dict) and "$ref" in node:
            location = location_of(node["$ref"])
            node = self.at(location)
        return location

    def operation(self, method, path):
        """The operation of a request; HEAD is GET. A static segment beats a parameter."""
        method = "get" if method == "HEAD" else method.lower()
        found = [one for one in self.on_path(path) if one.method == method]
        return found[0] if found else None

    def on_path(self, path):
        """All operations of the most static template that matches the path."""
        found = [one for one in self.operations if one.pattern.fullmatch(path)]
        best = min((len(one.path_parameters) for one in found), default=0)
        return [one for one in found if len(one.path_parameters) == best]

    def parameters(self, operation):
        """The locations of the parameters of an operation and of its path."""
        for owner in (operation.location[:2], operation.location):
            for index in range(len(self.at(owner).get("parameters", []))):
                yield self.resolve(owner + ("parameters", str(index)))

    def responses(self, operation):
        """Status text to location, for an operation, or for any path when it is None."""
        owner = ("x-global-responses",) if operation is None else operation.location
        owner = owner if operation is None else owner + ("responses",)
        return {status: self.resolve(owner + (status,)) for status in self.at(owner)}

    def errors(self, location, value):
        """What is wrong with a value by the schema at a location, as sentences."""
        if location not in self._validators:
            path = "/".join(
                urllib.parse.quote(key.replace("~", "~0").replace("/", "~1"), safe="~")
                for key in location
            )
            self._validators[location] = jsonschema.Draft202012Validator(
                {"$ref": f"{_BASE}#/{path}"},
                registry=self._registry,
                format_checker=format_checker,
            )
        for error in self._validators[location].iter_errors(value):
            yield from _leaves(error)


def location_of(reference):
    """'#/components/schemas/Bill' as a location."""
    if not reference.startswith("#/"):
        raise ValueError(f"not a reference within the document: {reference}")
    keys = urllib.parse.unquote(reference[2:]).split("/")
    return tuple(key.replace("~1", "/").replace("~0", "~") for key in keys)


def _leaves(error):
    """The deepest causes of a failed `oneOf`, else the error itself."""
    # The branch for null says nothing of use about a value that is there.
    causes = [
        cause for cause in error.context or [] if cause.validator_value != "null"
    ]
    if error.validator not in ("oneOf", "anyOf") or not causes:
        yield f"{error.json_path}: {error.message[:300]}"
        return
    for cause in causes:
        yield from _leaves(cause)
