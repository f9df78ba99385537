"""Shows that each rule of lint_openapi.py can fail: one broken contract for each."""

import copy

import lint_openapi
from openapi_document import Document


def _bill(root):
    return root["components"]["schemas"]["Bill"]


def _get_bill(root):
    return next(
        item["get"]
        for item in root["paths"].values()
        if item.get("get", {}).get("operationId") == "getBill"
    )


def _break_specification(root):
    del root["info"]["title"]


def _break_operations(root):
    _get_bill(root)["x-scope"] = "everybody"


def _break_path_parameters(root):
    root["paths"]["/problems/{problem}"]["parameters"].pop(0)


def _break_statuses(root):
    del _get_bill(root)["responses"]["401"]


def _break_problems(root):
    content = root["components"]["responses"]["NotFound"]["content"]
    content["application/json"] = content.pop("application/problem+json")


def _break_headers(root):
    del root["components"]["responses"]["Unavailable"]["headers"]["Retry-After"]


def _break_answer_schemas(root):
    del _bill(root)["additionalProperties"]


def _break_components(root):
    root["components"]["schemas"]["Forgotten"] = {"type": "string"}


def _break_properties(root):
    _bill(root)["properties"]["total_amount"] = {"type": "number"}


def _break_examples(root):
    _bill(root)["examples"][0]["total"] = 685336.5


def _break_twins(root):
    root["components"]["schemas"]["ProblemCode"]["enum"].append("new_code")


def main():
    original = Document.load().root
    missed = []
    for rule in lint_openapi.RULES:
        root = copy.deepcopy(original)
        globals()[rule.__name__.replace("lint_", "_break_")](root)
        if not list(rule(Document(root))):
            missed.append(rule.__name__)
    for name in missed:
        print(f"{name} did not notice its broken contract")
    print(f"{len(lint_openapi.RULES) - len(missed)} passed, {len(missed)} failed")
    return 1 if missed else 0
