"""http11probe (107 cases that others wrote): exact bytes to the sidecar, and what the model gets judged by h11.

A case that must be refused is: a 4xx, 501 or 505 and a closed connection, or a closed connection, and no request at the
model. A legal one is served: one request at the model, in canonical form. Where its authors allow both, either will do.
"""

import base64
import json
import pathlib
import socket

import pytest

from harness.client import Client, Hangup, eventually
from harness.config import config, path, route
from harness.model import Model
from harness.sidecar import Sidecar
from harness.wire import AnswerParser

SUITE = "http11probe"
CASES = json.loads(
    (pathlib.Path(__file__).resolve().parents[2] / "../shared/vectors/http11probe/cases.json").read_text()
)
IDS = [case["id"] for case in CASES]

EXCLUDED = {
    "COMP-OPTIONS-STAR": "asks about the server itself, not a model, and no route can declare `*`: 404 by decision",
}

# What the authors leave to a validator in code, read from their words.
MUST_BE_SERVED = {
    "COMP-ABSOLUTE-FORM",
    "COMP-POST-CL-BODY",
    "COMP-CHUNKED-BODY",
    "COMP-CHUNKED-MULTI",
    "COMP-CHUNKED-EXTENSION",
    "COMP-CONNECTION-CLOSE",
    "COMP-HTTP10-DEFAULT-CLOSE",
    "COMP-CHUNKED-TRAILER-VALID",
    "COMP-CHUNKED-HEX-UPPERCASE",
    "COMP-RANGE-POST",
    "COMP-HEAD-NO-BODY",
    "COMP-DATE-HEADER",
    "COMP-DATE-FORMAT",
    "COMP-NO-1XX-HTTP10",
    "COMP-NO-CL-IN-204",
    "COMP-OPTIONS-ALLOW",
    "COMP-CONTENT-TYPE",
    "COMP-LONG-URL-OK",
    "COMP-RANGE-INVALID",
    "COMP-ACCEPT-NONSENSE",
    "COMP-POST-UNSUPPORTED-CT",
    "COMP-HTTP10-NO-HOST",
    "COMP-GET-WITH-CL-BODY",
    "MAL-RANGE-OVERLAPPING",
    "MAL-CL-TAB-BEFORE-VALUE",
    "COMP-UPGRADE-POST",
    "COMP-UPGRADE-MISSING-CONN",
    "COMP-UPGRADE-UNKNOWN",
    "COMP-UPGRADE-INVALID-VER",
    "COMP-UPGRADE-HTTP10",
}
EITHER = {  # the authors' words allow both; we say which it must be where a promise of ours does
    "RFC9112-2.2-BARE-LF-REQUEST-LINE": "refused",
    "RFC9112-2.2-BARE-LF-HEADER": "refused",
    "RFC9112-3-MULTI-SP-REQUEST-LINE": "refused",
    "RFC9112-3.2-FRAGMENT-IN-TARGET": "refused",
    "COMP-METHOD-CASE": "either",
    "COMP-EXPECT-UNKNOWN": "refused",
    "COMP-REQUEST-LINE-TAB": "refused",
    "COMP-HTTP12-VERSION": "either",
    "COMP-METHOD-TRACE": "either",
    "COMP-TRACE-WITH-BODY": "either",
    "COMP-TRACE-SENSITIVE": "either",
    "MAL-URL-BACKSLASH": "either",
    "MAL-URL-PERCENT-NULL": "either",
    "MAL-URL-PERCENT-CRLF": "either",
    "MAL-CHUNK-EXT-64K": "refused",
    "MAL-H2-PREFACE": "refused",
    "COMP-DUPLICATE-CT": "either",
    "COMP-LEADING-CRLF": "either",
    "NORM-UNDERSCORE-CL": "either",
    "NORM-UNDERSCORE-TE": "either",
    "COMP-UNKNOWN-METHOD": "either",
    "COMP-METHOD-CONNECT": "either",
}


def payload(case):
    return base64.b64decode(case["steps"][0]["payload_b64"])


def wanted(case):
    status = case["expected"].get("status", "")
    if case["id"] in EITHER:
        return EITHER[case["id"]]
    return "served" if status == "Range2xx" or case["id"] in MUST_BE_SERVED else "refused"


def answer_of_the_model(connection, request):
    fields = [("Content-Type", "text/plain")]
    if request.method == "OPTIONS":
        return connection.send(b"HTTP/1.1 204 No Content\r\nAllow: GET, HEAD, POST, OPTIONS\r\n\r\n")
    if request.method == "HEAD":
        return connection.answer(headers=[*fields, ("Content-Length", str(len(request.body) + 2))])
    return connection.answer(headers=fields, body=b"> " + request.body)


@pytest.fixture(scope="module")
def probed(tmp_path_factory):
    """One sidecar for all cases; a recording model is started anew behind it by the route's port for each case."""
    model = Model(on_request=answer_of_the_model)
    only_some = route(
        model, name="some", hostnames=["allow.test"], paths=[path("/", "Prefix", ["GET", "HEAD", "POST", "OPTIONS"])]
    )
    sidecar = Sidecar(tmp_path_factory.mktemp("probe"), config(route(model), only_some), "--head-timeout", "400ms")
    yield sidecar, model
    sidecar.stop()
    model.close()
    model.check()


class Outcome:
    """What the caller got and what the model saw."""

    def __init__(self, sidecar, model, data, method):
        before = len(model.requests)
        self.answer, self.closed, self.hung_up = None, False, False
        with Client(sidecar.address, timeout=3) as client:
            try:
                client.send(data)
            except OSError:
                pass
            try:
                self.answer = client.answer(method)
                self.closed = client.closed(3 if self.answer.says_close else 0.05)
            except Hangup as hangup:
                self.hung_up = self.closed = True
                self.answer = hangup.partial
            except socket.timeout:
                pass
        eventually(lambda: sidecar.metric("mlgateway_requests_in_flight") == 0)
        self.requests = model.requests[before:]

    @property
    def refused(self):
        told = self.answer is not None and (400 <= self.answer.status < 500 or self.answer.status in (501, 505))
        return self.requests == [] and (self.hung_up or (told and self.closed) or self.answer is None)

    @property
    def served(self):
        return len(self.requests) == 1 and self.answer is not None and 200 <= self.answer.status < 300

    def __str__(self):
        return f"answer {self.answer}, closed {self.closed}, model saw {self.requests}"


def test_every_case_is_decided():
    names = set(IDS)
    assert len(CASES) == 107
    assert MUST_BE_SERVED | set(EITHER) | set(EXCLUDED) <= names
    assert not MUST_BE_SERVED & set(EITHER)


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_case(probed, tally, case):
    sidecar, model = probed
    if case["id"] in EXCLUDED:
        tally.exclude(case["id"], EXCLUDED[case["id"]])
        return
    tally.applicable += 1
    data = payload(case)
    method = data.split(b" ")[0].decode("latin-1") if data[:4] in (b"HEAD", b"GET ", b"POST") else "GET"
    if case["id"] == "COMP-405-ALLOW":
        data = data.replace(b"localhost:8080", b"allow.test")
    outcome = Outcome(sidecar, model, data, method)
    judge(case, outcome)
    if case["id"] in DETAILS:
        DETAILS[case["id"]](outcome)
    tally.passed += 1


def judge(case, outcome):
    expected = wanted(case)
    if case["id"] == "COMP-405-ALLOW":
        assert outcome.answer.status == 405 and outcome.answer.headers.get("allow"), str(outcome)
    elif expected == "served":
        assert outcome.served, str(outcome)
    elif expected == "refused":
        assert outcome.refused, str(outcome)
    else:
        assert outcome.refused or outcome.served or (outcome.answer.status in (404, 405) and not outcome.requests), str(
            outcome
        )


def echoed(body):
    def check(outcome):
        assert outcome.requests[0].body == body and outcome.answer.body == b"> " + body

    return check


def no_upgrade(outcome):
    assert outcome.answer.interim == [] and "upgrade" not in outcome.requests[0].headers.names()


def check_close(outcome):
    assert outcome.closed


def check_head(outcome):
    assert outcome.answer.body == b"" and outcome.requests[0].method == "HEAD"


def no_length(outcome):
    assert outcome.answer.status == 204 and outcome.answer.headers.get("content-length") is None


def has(name):
    return lambda outcome: outcome.answer.headers.get(name) or pytest.fail(f"no {name} in {outcome}")


DETAILS = {
    "COMP-POST-CL-BODY": echoed(b"hello"),
    "COMP-CHUNKED-BODY": echoed(b"hello"),
    "COMP-CHUNKED-MULTI": echoed(b"hello world"),
    "COMP-CHUNKED-EXTENSION": echoed(b"hello"),
    "COMP-CHUNKED-TRAILER-VALID": echoed(b"hello"),
    "COMP-CHUNKED-HEX-UPPERCASE": echoed(b"helloworld"),
    "COMP-CHUNKED-EMPTY": echoed(b""),
    "COMP-POST-CL-ZERO": echoed(b""),
    "MAL-CL-TAB-BEFORE-VALUE": echoed(b"hello"),
    "COMP-GET-WITH-CL-BODY": echoed(b"hello"),
    "COMP-UPGRADE-POST": no_upgrade,
    "COMP-UPGRADE-MISSING-CONN": no_upgrade,
    "COMP-UPGRADE-UNKNOWN": no_upgrade,
    "COMP-UPGRADE-INVALID-VER": no_upgrade,
    "COMP-UPGRADE-HTTP10": no_upgrade,
    "COMP-CONNECTION-CLOSE": check_close,
    "COMP-HTTP10-DEFAULT-CLOSE": check_close,
    "COMP-HEAD-NO-BODY": check_head,
    "COMP-NO-CL-IN-204": no_length,
    "COMP-DATE-HEADER": has("date"),
    "COMP-DATE-FORMAT": has("date"),
    "COMP-CONTENT-TYPE": has("content-type"),
    "COMP-OPTIONS-ALLOW": has("allow"),
}


def test_the_judge_of_answers_is_strict_as_well():
    with pytest.raises(Exception):
        AnswerParser().feed(b"HTTP/1.1 200 OK\r\nA : b\r\n\r\n")
