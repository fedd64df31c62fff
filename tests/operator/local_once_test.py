"""What one round of local mode renders, refuses and writes."""

import base64
import re
import stat
import subprocess

import pytest

from folder import ALICE, OPERATOR, log_lines, route, secret, sha256


def test_once_renders_a_good_folder_and_exits_0(place):
    place.write("iris.yaml", route(), secret(alice=ALICE))
    done = place.once()
    assert done.returncode == 0, done.stderr
    assert place.digests() == {"alice": sha256(ALICE)}
    assert place.verdict("Accepted") == ("True", "Accepted")
    assert place.verdict("ResolvedRefs") == ("True", "ResolvedRefs")
    assert place.verdict("Programmed") == ("Unknown", "NotObserved")
    status = place.status()
    assert status["apiVersion"] == "mlgateway.io/v1alpha1" and status["kind"] == "MLRoute"
    assert status["metadata"] == {"name": "iris", "namespace": "default", "generation": 1}
    assert status["status"]["observedGeneration"] == 1
    assert status["status"]["weights"] == "v1=100"
    assert status["status"]["keySets"] == [{"secret": "keys", "keys": 1, "expired": 0}]


def test_once_on_a_bad_folder_exits_1_and_still_renders_the_good_ones(place):
    place.write("a.yaml", route("bad", weights=(60, 30)), route("good"), secret(alice=ALICE))
    done = place.once()
    assert done.returncode == 1
    assert list(place.routes()) == ["default/good"]
    errors = [line["error"] for line in log_lines(done.stderr) if line["level"] == "error"]
    assert len(errors) == 1
    assert re.match(r"a\.yaml:\d+: spec\.versions: the weights must sum to 100", errors[0]), errors
    assert place.verdict("Accepted", "bad") == ("False", "Invalid")
    assert place.verdict("Programmed", "bad") == ("False", "NotAccepted")


def test_a_message_names_file_line_field_and_what_was_expected(place):
    place.write("iris.yaml", """\
apiVersion: mlgateway.io/v1alpha1
kind: MLRoute
metadata:
  name: iris
spec:
  versions:
  - name: v1
    url: http://127.0.0.1:9001
  - name: v2
    url: http://127.0.0.1:9002
    weight: 140
  auth:
    methods:
    - {name: all, type: Anonymous}
""")
    done = place.once()
    assert "iris.yaml:11: spec.versions[1].weight: must be at most 100, is 140" in done.stderr
    assert "iris.yaml:11: spec.versions[1].weight" in place.condition("Accepted")["message"]


@pytest.mark.parametrize("text", [
    "kind: [",
    "a: b: c",
    "\tkind: MLRoute",
    "- just\n- a list",
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}",
    "apiVersion: v1\nkind: Secret",
    "a: &a [x, *a]",
    "a: " + "[" * 5000,
    "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: '***'}",
])
def test_one_bad_file_never_takes_the_others_down(place, text):
    place.write("a-bad.yaml", text)
    place.write("b-good.yml", route(), secret(alice=ALICE))
    done = place.once()
    assert done.returncode == 1
    assert "a-bad.yaml:" in done.stderr
    assert place.digests() == {"alice": sha256(ALICE)}


def test_an_empty_folder_gives_an_explicit_empty_config(place):
    assert place.once().returncode == 0
    assert place.config()["routes"] == []


def test_a_folder_that_is_not_there_is_one_clear_sentence(place):
    place.manifests.rmdir()
    done = place.once()
    assert done.returncode == 1
    assert "--manifests: there is no folder" in done.stderr


def test_version_and_usage():
    version = subprocess.run([OPERATOR, "--version"], capture_output=True, text=True)
    assert re.fullmatch(r"mlgateway-operator \d+\.\d+\.\d+\n?", version.stdout)
    assert subprocess.run([OPERATOR], capture_output=True).returncode != 0
    wrong = subprocess.run([OPERATOR, "local", "--manifests", ".", "--out", ".", "--sidecar", "ftp://x"],
                           capture_output=True, text=True)
    assert wrong.returncode != 0 and "http://HOST:PORT" in wrong.stderr




def test_files_are_for_their_owner_only(place):
    place.write("iris.yaml", route(), secret(alice=ALICE))
    place.once()

    def mode(path):
        return stat.S_IMODE((place.out / path).stat().st_mode)

    assert mode("gateway") == mode("gateway/..data") == mode("history") == 0o700
    assert mode("gateway/gateway.v1.json") == mode("gateway.token") == 0o600
    assert all(stat.S_IMODE(f.stat().st_mode) == 0o600 for f in (place.out / "history").iterdir())


def test_no_key_in_clear_is_ever_written(place):
    coded = base64.b64encode(b"coded-secret-0123456789").decode()
    place.write("iris.yaml", route(), secret(alice=ALICE, bob="weak-one", data={"eve": coded}))
    log = place.once().stderr
    written = log + "".join(f.read_text() for f in place.out.rglob("*") if f.is_file())
    for key in (ALICE, "weak-one", "coded-secret"):
        assert key not in written


def test_the_token_stays_and_its_digest_is_in_the_config(place):
    place.once()
    token = (place.out / "gateway.token").read_text().strip()
    assert re.fullmatch("[0-9a-f]{64}", token)
    assert place.config()["adminTokenDigest"] == sha256(token)
    place.once()
    assert (place.out / "gateway.token").read_text().strip() == token


def test_nothing_is_written_when_nothing_changed(place):
    place.write("iris.yaml", route(), secret(alice=ALICE))
    place.once()
    before = {f: f.lstat().st_mtime_ns for f in place.out.rglob("*") if f.name != ".lock"}
    place.once()
    assert {f: f.lstat().st_mtime_ns for f in place.out.rglob("*") if f.name != ".lock"} == before
