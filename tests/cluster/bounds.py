"""For each bound of a schema a value that just keeps it and one that just breaks it, made from a good one."""

import copy
import itertools

from schemas import find, get, written

# What distinguishes the clones in a list whose items have no key of their own, by the list's place.
VARIED = {("spec", "cost", "terms"): ["pointer"]}
# What clones must not take over, for a rule about the whole list.
CLONED = {("spec", "versions"): {"weight": 0}}


def _digits(before, after):
    def make(length):
        return "9" * length if length <= before else "9" * before + "." + "9" * min(length - before - 1, after)
    return make


def _duration(length):
    """Four parts at most, of five digits at most."""
    return "00001ms" * (length - 24) + "00001s" * 3 if length > 24 else "00009s" * max(length // 6, 1)


# Pattern -> a text of this length that matches it, or of the nearest length that can.
TEXTS = {
    r"^http://([a-z0-9]([-a-z0-9.]*[a-z0-9])?|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}$":
        lambda length: "http://" + "a" * max(length - 10, 1) + ":80",
    r"^/[A-Za-z0-9._~!$&'()*+,;=:@/-]*$": lambda length: "/" + "a" * (length - 1),
    r"^(/([^~/\x00-\x1F\x7F]|~[01])*)+$": lambda length: "/" + "a" * (length - 1),
    r"^[0-9]{1,6}(\.[0-9]{1,6})?$": _digits(6, 6),
    r"^[0-9]{1,9}(\.[0-9]{1,6})?$": _digits(9, 6),
    r"^[0-9]{1,10}(\.[0-9]{1,6})?$": _digits(10, 6),
    r"^(0(\.[0-9]{1,6})?|1(\.0{1,6})?)$": lambda length: "0" if length < 3 else "0." + "9" * min(length - 2, 6),
    r"^([0-9]{1,5}(h|m|s|ms)){1,4}$": _duration,
    r"^\s*\{": lambda length: ('{"keys":[]' + " " * (length - 11) + "}")[:length],
    r'^https?://[!-"$-~]+$': lambda length: "https://" + "a" * (length - 8),
    # The rules about these allow no number of more digits.
    r"^[1-9][0-9]{0,15}(k|M|G|T|Ki|Mi|Gi|Ti)?$": lambda length: "64Mi",
}


def text(schema, length):
    if length <= 0:
        return ""
    if schema.get("format") == "date-time":
        return "2026-01-01T00:00:00." + "0" * (length - 21) + "Z"
    return TEXTS.get(schema.get("pattern"), lambda n: "a" * n)(length)


def longer(schema, most):
    """A text of one more than that, whether or not a pattern allows such a long one."""
    made = text(schema, most + 1)
    return made + made[-1] * (most + 1 - len(made))


def clones(bound, items, count):
    """So many items that no two of which are the same by the list's keys."""
    schema = bound.schema["items"]
    keys = bound.schema.get("x-kubernetes-list-map-keys") or VARIED.get(bound.place, [])
    made = items[:1]
    for number in range(1, count):
        item = copy.deepcopy(items[0])
        if "enum" in schema:
            item = schema["enum"][(schema["enum"].index(item) + number) % len(schema["enum"])]
        elif isinstance(item, str):
            item += str(number)
        else:
            item.update(CLONED.get(bound.place, {}))
            for key in keys:
                if "enum" not in schema["properties"][key]:
                    item[key] += str(number)
        made.append(item)
    return made[:count]


def entries(values, count):
    """Its own first, which an object of certain fields has to have."""
    value = next(iter(values.values()))
    more = ((f"k{number}", value) for number in range(count))
    return dict(itertools.islice(itertools.chain(values.items(), more), count))


def sized(bound, value, size):
    if isinstance(value, list):
        return clones(bound, value, size)
    return entries(value, size) if isinstance(value, dict) else text(bound.schema, size)


def keeping(bound, value):
    """A value at the edge of what the bound takes."""
    keyword, limit = bound.keyword, bound.value
    if keyword in ("minimum", "maximum"):
        return limit
    if keyword.startswith(("min", "max")):
        return sized(bound, value, limit)
    return value


def breaking(bound, value):
    """A value just beyond it."""
    keyword, limit = bound.keyword, bound.value
    if keyword == "type":
        return 7 if limit == "string" else "text"
    if keyword == "enum":
        return "Nonsense"
    if keyword == "pattern":
        return "\t" * max(bound.schema.get("minLength", 1), 1)
    if keyword in ("minLength", "minItems", "minProperties"):
        return sized(bound, value, limit - 1)
    if keyword == "maxLength":
        return longer(bound.schema, limit)
    if keyword in ("maxItems", "maxProperties"):
        return sized(bound, value, limit + 1)
    if keyword in ("minimum", "maximum"):
        return limit + (1 if keyword == "maximum" else -1)
    if keyword == "unique":
        return [value[0], copy.deepcopy(value[0])]
    return {name: inner for name, inner in value.items() if name != limit}  # required


def changed(whole, place, value):
    made = copy.deepcopy(whole)
    if not place:
        return value
    get(made, place[:-1])[place[-1]] = value
    return made


def cases(bound, wholes):
    """(kept, broken, place of the fault) from each of the objects that has the field."""
    for whole in wholes:
        place = find(whole, bound.place)
        if place is None or bound.keyword == "required" and bound.value not in get(whole, place):
            continue
        value = get(whole, place)
        fault = {"required": (*place, bound.value), "unique": (*place, 1)}.get(bound.keyword, place)
        yield (changed(whole, place, keeping(bound, value)), changed(whole, place, breaking(bound, value)),
               written(fault))
