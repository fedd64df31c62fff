"""The schemas of crds/: the bounds and the rules that stand in them, and the places of an object that they are about.

A place is a tuple of names; `ITEM` stands for each item of a list and `VALUE` for each value of a map. In an object the
same place has the index or the key instead.
"""

import pathlib
from dataclasses import dataclass

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
ITEM, VALUE = "[]", "{}"
BOUNDS = ("type", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems",
          "minProperties", "maxProperties", "required")


def definitions():
    """{plural: CustomResourceDefinition} of everything in crds/."""
    read = [yaml.safe_load(path.read_text()) for path in sorted((ROOT / "crds").glob("*.yaml"))]
    return {crd["spec"]["names"]["plural"]: crd for crd in read}


def schema_of(crd):
    return crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]


@dataclass(frozen=True)
class Bound:
    place: tuple
    keyword: str
    value: object
    schema: dict

    def __str__(self):
        name = f" {self.value}" if self.keyword == "required" else ""
        return f"{written(self.place)} {self.keyword}{name}"


@dataclass(frozen=True)
class Rule:
    place: tuple
    message: str

    def __str__(self):
        return f"{written(self.place)}: {self.message}"


def walk(schema, place=()):
    """(place, schema) of every part of a schema."""
    yield place, schema
    for name, part in schema.get("properties", {}).items():
        yield from walk(part, (*place, name))
    if "items" in schema:
        yield from walk(schema["items"], (*place, ITEM))
    if "additionalProperties" in schema:
        yield from walk(schema["additionalProperties"], (*place, VALUE))


def bounds(schema):
    """Every Bound of a schema, but for what the API server itself says about metadata, apiVersion and kind."""
    for place, part in walk(schema):
        if place in ((), ("apiVersion",), ("kind",), ("metadata",)):
            continue
        for keyword in BOUNDS:
            if keyword == "required":
                yield from (Bound(place, keyword, name, part) for name in part.get(keyword, []))
            elif keyword in part and (place[0], keyword) != ("metadata", "type"):
                yield Bound(place, keyword, part[keyword], part)
        if part.get("x-kubernetes-list-type") in ("map", "set"):
            yield Bound(place, "unique", part["x-kubernetes-list-type"], part)
    yield from (Bound((), "required", name, schema) for name in schema.get("required", []))


def rules(schema):
    for place, part in walk(schema):
        yield from (Rule(place, rule["message"]) for rule in part.get("x-kubernetes-validations", []))


def find(value, place):
    """The first place in an object that is such a place, with indices and keys; None when the object has none."""
    if not place:
        return ()
    head, *rest = place
    if head == ITEM:
        inner = enumerate(value) if isinstance(value, list) else ()
    elif head == VALUE:
        inner = value.items() if isinstance(value, dict) else ()
    else:
        inner = [(head, value[head])] if isinstance(value, dict) and head in value else ()
    for key, below in inner:
        found = find(below, rest)
        if found is not None:
            return (key, *found)
    return None


def get(value, place):
    for key in place:
        value = value[key]
    return value


def written(place):
    """spec.versions[0].url"""
    text = ""
    for key in place:
        if key in (ITEM, VALUE):
            text += key
        elif isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{key}" if text else key
    return text
