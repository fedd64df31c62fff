"""Every bound of the schemas: an object at its edge is taken and one beyond it is refused, by the API server and, for
what a person writes, by local mode as well."""

import pytest
import yaml

import judges
from bounds import cases
from schemas import ROOT, bounds, definitions, find, schema_of, walk, written

WHOLE = yaml.safe_load((ROOT / "tests/cluster/data/whole.yaml").read_text())
BOUNDS = [(kind, bound) for kind, crd in definitions().items() for bound in bounds(schema_of(crd))]

# What the API server says when an object breaks a bound.
WORDS = {
    "type": "must be of type",
    "enum": "Unsupported value",
    "pattern": "should match",
    "minLength": "should be at least",
    "maxLength": "Too long",
    "minimum": "greater than or equal to",
    "maximum": "less than or equal to",
    "minItems": "at least",
    "maxItems": "Too many",
    "minProperties": "at least",
    "maxProperties": "Too many",
    "required": "Required value",
    "unique": "Duplicate value",
}


def objects(kind, namespace):
    return [judges.completed(kind, whole, namespace) for whole in WHOLE[kind]]


@pytest.fixture(scope="module")
def somewhere(api):
    """A namespace with an object of each kind, for its status to be written."""
    namespace = api.namespace()
    for kind in judges.KINDS:
        api.admin.apply({key: part for key, part in objects(kind, namespace)[0].items() if key != "status"})
    return namespace


@pytest.mark.parametrize("kind, bound", BOUNDS, ids=[f"{kind}: {bound}" for kind, bound in BOUNDS])
def test_a_bound_takes_what_keeps_it_and_refuses_what_breaks_it(api, somewhere, kind, bound):
    of_status = bound.place[:1] == ("status",)
    server = judges.api_server_of_status if of_status else judges.api_server
    wholes = objects(kind, somewhere if of_status else "default")
    refused = {}
    for kept, broken, place in cases(bound, wholes):
        if not (refused := server(api.admin, kind, kept)):
            break
    else:
        pytest.fail(f"no object in data/whole.yaml is good with {bound} at its edge: {refused}")
    faults = server(api.admin, kind, broken)
    assert any(field == place and WORDS[bound.keyword] in words for field, words in faults), faults
    if not of_status:
        assert judges.local_mode(kept) == []
        assert place in [field for field, _ in judges.local_mode(broken)]


@pytest.mark.parametrize("kind", WHOLE)
def test_the_objects_set_every_field_of_the_schema(api, kind):
    for made in objects(kind, "default"):
        assert judges.api_server(api.admin, kind, made) == []
    places = [place for place, _ in walk(schema_of(definitions()[kind])) if place[:1] in (("spec",), ("status",))]
    unset = [written(place) for place in places if all(find(made, place) is None for made in WHOLE[kind])]
    assert unset == []
