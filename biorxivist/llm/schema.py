"""A pydantic model -> the JSON schema that servers with strict output accept.

Strict output knows no defaults and no open objects: every field is required, what may be missing is a union with null,
and nothing else may stand beside the fields. References are written out, because small servers do not follow them.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

__all__ = ["strict_schema"]

DROPPED = frozenset({"title", "default", "$defs", "properties", "description"})


def strict_schema(shape: type[BaseModel]) -> dict[str, Any]:
    """The schema of a model whose fields are flat: scalars, literals, lists, other models.

    Raises
    ------
    TypeError
        If a field has a default or holds a map, neither of which strict output can express.
    """
    schema = shape.model_json_schema()
    strict: dict[str, Any] = _strict(schema, schema.get("$defs", {}))
    return strict


def _strict(node: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_strict(entry, definitions) for entry in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _strict(definitions[node["$ref"].rpartition("/")[2]], definitions)
    made = {name: _strict(value, definitions) for name, value in node.items() if name not in DROPPED}
    if node.get("type") == "object":
        fields = node.get("properties")
        if not fields or set(node.get("required", ())) != set(fields):
            loose = sorted(set(fields or ()) - set(node.get("required", ())))
            msg = f"strict output has no defaults and no maps, as {', '.join(loose) or 'a field'} would need"
            raise TypeError(msg)
        made["properties"] = {name: _strict(value, definitions) for name, value in fields.items()}
        made["required"] = list(fields)
        made["additionalProperties"] = False
    return made
