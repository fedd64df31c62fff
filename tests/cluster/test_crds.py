"""The kinds as a person meets them: installed, listed, explained, with the examples in them."""

import json

import pytest
import yaml

from schemas import ROOT, definitions, schema_of, walk

CRDS = definitions()
QUICKSTART = sorted((ROOT / "examples/quickstart").glob("*.yaml"))


def example(plural, namespace):
    """The first object of that kind in the quickstart, in this namespace."""
    documents = [d for path in QUICKSTART for d in yaml.safe_load_all(path.read_text())]
    found = next(d for d in documents if d["kind"] == CRDS[plural]["spec"]["names"]["kind"])
    found["metadata"]["namespace"] = namespace
    return found


def conditions(api, plural):
    crd = json.loads(api.admin.kubectl("get", "crd", f"{plural}.mlgateway.io", "-o", "json"))
    return {c["type"]: c["status"] for c in crd["status"]["conditions"]}


@pytest.mark.parametrize("plural", CRDS)
def test_a_kind_is_established_under_the_names_that_it_asks_for(api, plural):
    found = conditions(api, plural)
    assert found["Established"] == found["NamesAccepted"] == "True"
    # The API server says so of a schema that is not structural.
    assert found.get("NonStructuralSchema", "False") == "False"


@pytest.mark.parametrize("plural", CRDS)
def test_a_definition_is_taken_as_it_stands(api, plural):
    """A rule that could cost more than the budget would be refused here, and a field that is not known warned of."""
    run = api.admin.try_kubectl("apply", "--dry-run=server", "--validate=strict", "-f", ROOT / f"crds/{plural}.yaml")
    assert run.returncode == 0, run.stderr
    assert "unrecognized" not in run.stderr and "unknown" not in run.stderr, run.stderr


@pytest.mark.parametrize("short, plural", [("mlr", "mlroutes"), ("mlq", "mlquotas")])
def test_a_short_name_lists_the_kind(api, namespace, short, plural):
    api.admin.apply(example(plural, namespace))
    [listed] = api.admin.kubectl("get", short, "-n", namespace, "-o", "name").split()
    assert listed.startswith(f"{plural[:-1]}.mlgateway.io/")
    assert api.admin.kubectl("get", "mlgateway", "-n", namespace, "-o", "name").split() == [listed]


@pytest.mark.parametrize("plural, columns, wide", [
    ("mlroutes", ["NAME", "PROTOCOL", "WEIGHTS", "ACCEPTED", "PROGRAMMED", "READY", "AGE"], ["REASON"]),
    ("mlquotas", ["NAME", "TARGETS", "TIERS", "USED", "REFUSED", "AGE"], ["ACCEPTED", "REASON"]),
])
def test_a_list_shows_what_a_person_looks_for(api, namespace, plural, columns, wide):
    api.admin.apply(example(plural, namespace))
    heading = api.admin.kubectl("get", plural, "-n", namespace).splitlines()[0].split()
    assert heading == columns
    heading = api.admin.kubectl("get", plural, "-n", namespace, "-o", "wide").splitlines()[0].split()
    assert set(heading) == set(columns + wide)


def test_a_list_shows_the_status_that_was_written(api, namespace):
    api.admin.apply(example("mlroutes", namespace))
    [name] = api.admin.kubectl("get", "mlr", "-n", namespace, "-o", "name").split()
    status = {"weights": "v1=95,v2=5", "programmed": "37/40", "conditions": [
        {"type": "Accepted", "status": "True", "reason": "Accepted", "message": "",
         "lastTransitionTime": "2026-01-01T00:00:00Z"}]}
    api.admin.kubectl("patch", name, "-n", namespace, "--subresource=status", "--type=merge", "-p",
                      json.dumps({"status": status}))
    row = api.admin.kubectl("get", "mlr", "-n", namespace, "--no-headers").split()
    assert row[1:-1] == ["OpenInferenceV2", "v1=95,v2=5", "True", "37/40"]


@pytest.mark.parametrize("plural", CRDS)
def test_a_status_cannot_be_written_with_the_object(api, namespace, plural):
    answer = api.admin.ask("POST", f"/apis/mlgateway.io/v1alpha1/namespaces/{namespace}/{plural}",
                           {**example(plural, namespace), "status": {"observedGeneration": 7}})
    assert answer.ok and "status" not in answer.object, answer


@pytest.mark.parametrize("plural", CRDS)
def test_explain_is_a_manual(api, plural):
    """Every field that a person can write stands in the tree, and a field deep down is described in full."""
    tree = api.admin.kubectl("explain", plural, "--recursive")
    for place, _ in walk(schema_of(CRDS[plural])):
        if place and place[-1] not in ("[]", "{}"):
            assert f"{place[-1]}\t<" in tree, place
    deep = {"mlroutes": ("cost.terms.pointer", "A JSON Pointer (RFC 6901) to a number in the body"),
            "mlquotas": ("tiers.limits.budget", "So much in any `window`, as a decimal")}
    field, words = deep[plural]
    assert words in " ".join(api.admin.kubectl("explain", f"{plural}.spec.{field}").split())


@pytest.mark.parametrize("path", QUICKSTART, ids=lambda path: path.name)
def test_the_manifests_of_the_quickstart_are_taken(api, path):
    run = api.admin.try_kubectl("apply", "--validate=strict", "--dry-run=server", "-f", path)
    assert run.returncode == 0, run.stderr
    assert "Warning" not in run.stderr
