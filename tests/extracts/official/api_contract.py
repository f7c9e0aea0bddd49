"""Whether a JSON answer keeps to a schema of the API's OpenAPI document: properties, types, allowed values."""

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}


def faults(value, schema, document, where="answer"):
    """What breaks the schema (a name of the document's, or a schema), a line each."""
    schemas = document["components"]["schemas"]
    schema = schemas[schema] if isinstance(schema, str) else schema
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if value is None:
        return [] if schema.get("nullable") else [f"{where} is null"]
    if "oneOf" in schema:
        each = [faults(value, option, document, where) for option in schema["oneOf"]]
        return min(each, key=len)  # the nearest of the alternatives
    found = []
    whole = merged(schema, schemas)
    kind = TYPES.get(whole.get("type"))
    if kind and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
        return [f"{where} is {value!r}, and should be of type {whole['type']}"]
    if "enum" in whole and value not in whole["enum"]:
        found.append(f"{where} is {value!r}, which is not allowed")
    if isinstance(value, dict):
        properties, others = whole.get("properties", {}), whole.get("additionalProperties")
        found += [f"{where} has no {name}" for name in whole.get("required", []) if name not in value]
        for name, inner in value.items():
            if name in properties:
                found += faults(inner, properties[name], document, f"{where}.{name}")
            elif others is False:
                found.append(f"{where} has {name}, which the contract lacks")
            elif others:
                found += faults(inner, others, document, f"{where}.{name}")
    if isinstance(value, list):
        found += [fault for number, item in enumerate(value)
                  for fault in faults(item, whole.get("items", {}), document, f"{where}[{number}]")]  # fmt: skip
    return found


def merged(schema, schemas):
    """A schema with those that it refers to under allOf, as one."""
    whole = {key: value for key, value in schema.items() if key != "allOf"}
    whole["properties"], whole["required"] = dict(whole.get("properties", {})), list(whole.get("required", []))
    for part in schema.get("allOf", []):
        inner = merged(schemas[part["$ref"].rpartition("/")[2]] if "$ref" in part else part, schemas)
        whole["properties"] |= inner.pop("properties")
        whole["required"] += inner.pop("required")
        whole = {**inner, **whole, **({"type": inner["type"]} if "type" in inner else {})}
        if inner.get("additionalProperties") is False:
            whole["additionalProperties"] = False
    return whole
