"""The CEL rules of crds/ and their twins in the operator judge one table of objects alike."""

import copy
import re

import pytest
import yaml

import judges
from schemas import ITEM, ROOT, definitions, rules, schema_of, written

DATA = ROOT / "tests/operator/data"
TABLES = {kind: yaml.safe_load((DATA / name).read_text())
          for kind, name in {"mlroutes": "rules.yaml", "mlquotas": "quota_rules.yaml"}.items()}


def merged(value, patch):
    """A JSON merge patch (RFC 7386)."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    made = dict(value) if isinstance(value, dict) else {}
    for name, part in patch.items():
        if part is None:
            made.pop(name, None)
        else:
            made[name] = merged(made.get(name), part)
    return made


def rows(verdict):
    return [pytest.param(kind, case, merged(table["base"], case[verdict]), id=f"{kind}: {case['name']}")
            for kind, table in TABLES.items() for case in table["cases"] if verdict in case]


@pytest.mark.parametrize("kind, case, made", rows("accept"))
def test_a_good_object_is_taken_by_both(api, kind, case, made):
    assert judges.api_server(api.admin, kind, made) == []
    assert judges.local_mode(made) == []


@pytest.mark.parametrize("kind, case, made", rows("refuse"))
def test_a_bad_object_is_refused_by_both_at_one_place_and_for_one_reason(api, kind, case, made):
    def found_by(faults):
        return any(place == case["place"] and case.get("rule", "") in words for place, words in faults)

    by_server, by_local_mode = judges.api_server(api.admin, kind, made), judges.local_mode(made)
    assert by_server == [] if case.get("beyond") else found_by(by_server), by_server
    assert found_by(by_local_mode), by_local_mode


def about(kind, verdict):
    """(message, place) of each case about a rule, with the place as it stands in the schema."""
    return {(case["rule"], re.sub(r"\[\d+\]", ITEM, case["place"]))
            for case in TABLES[kind]["cases"] if "rule" in case and verdict in case}


@pytest.mark.parametrize("verdict", ["accept", "refuse"])
@pytest.mark.parametrize("kind", TABLES)
def test_every_rule_has_an_object_that_it_takes_and_one_that_it_refuses(kind, verdict):
    wanted = {(rule.message, written(rule.place)) for rule in rules(schema_of(definitions()[kind]))}
    assert sorted(wanted - about(kind, verdict)) == []
