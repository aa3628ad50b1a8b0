"""As much of JSON Schema as the published schema uses; anything else in it is an error here."""

import re
from typing import Any

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "null": type(None)}
ANNOTATIONS = {"$schema", "$id", "$defs", "title", "description", "default"}


def faults(value: Any, schema: dict[str, Any], root: dict[str, Any], path: str = "") -> list[str]:
    """Where the value does not follow the schema."""
    found = []
    for word, rule in schema.items():
        match word:
            case _ if word in ANNOTATIONS:
                pass
            case "$ref":
                found += faults(value, root["$defs"][rule.removeprefix("#/$defs/")], root, path)
            case "type":
                is_right = isinstance(value, TYPES[rule]) and (rule == "boolean" or not isinstance(value, bool))
                found += [] if is_right else [f"{path}: no {rule}"]
            case "const":
                found += [] if value == rule else [f"{path}: not {rule}"]
            case "enum":
                found += [] if value in rule else [f"{path}: none of {rule}"]
            case "pattern":
                found += [] if re.search(rule, value) else [f"{path}: not like {rule}"]
            case "anyOf":
                found += [] if any(not faults(value, choice, root) for choice in rule) else [f"{path}: nothing of it"]
            case "properties":
                for name in rule.keys() & value.keys():
                    found += faults(value[name], rule[name], root, f"{path}/{name}")
            case "required":
                found += [f"{path}: without {name}" for name in rule if name not in value]
            case "additionalProperties":
                assert rule is False
                found += [f"{path}: with {name}" for name in value.keys() - schema["properties"].keys()]
            case "items":
                for number, item in enumerate(value):
                    found += faults(item, rule, root, f"{path}/{number}")
            case _:
                raise NotImplementedError(word)
    return found
