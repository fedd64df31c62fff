"""Input that cannot be counted is refused with the place of the fault, charged nothing, and never reaches the model."""

import gzip
import json
import struct

import pytest

from harness.config import budget, cache, config, cost, per, pointer, quota, rate, route
from harness.predict import INFER, JSON, tensor, v2
from harness.usage import expect_settled, granted

ROWS = cost(per("Rows"), per("Elements", "0.001"))
TARGETS = {
    "OpenInferenceV2": INFER,
    "KServeV1": "/v1/models/m:predict",
    "MLflow": "/invocations",
    "OpenAI": "/v1/chat/completions",
    "TorchServe": "/predictions/m",
    "Generic": "/",
}


def start(sidecars, model, price=ROWS, protocol="OpenInferenceV2", **more):
    its = {} if protocol in ("Generic", "MLflow") else {"model": "m"}
    return sidecars(
        config(
            route(model, protocol=protocol, cost=price, quotas=["plan"], **its, **more),
            quotas=[quota(budget("1000", unit="Cost"), rate("1000", unit="Cost"))],
        )
    )


def expect_refused(sidecar, model, answer, status=400, reason="BodyInvalid", place=None):
    """Refused as said, with the place where there is one; nothing was charged, the model knows of nothing."""
    assert (answer.status, answer.reason) == (status, reason), answer.body
    if place is not None:
        assert place in answer.body.decode(), (place, answer.body)
    assert answer.headers.get("x-mlgateway-cost") is None
    expect_settled(sidecar)
    assert granted(sidecar) == granted(sidecar, "rate") == 0
    sidecar.expect_metric(0, "mlgateway_cost_total", mlroute="r")
    assert model.connections == []
    assert "simdjson" not in answer.body.decode().lower(), "no library's words"


def infer(*inputs, **members):
    return json.dumps({"inputs": list(inputs)} | members).encode()


NOT_JSON = {
    "empty": b"",
    "white space": b"  \n",
    "cut": v2(1, 2)[:-2],
    "more behind it": v2(1) + b"x",
    "two of them": v2(1) + v2(1),
    "a comma too many": b'{"inputs": [],}',
    "single quotes": b"{'inputs': []}",
    "a comment": b'{"inputs": [] /* none */}',
    "NaN": b'{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[NaN]}]}',
    "Infinity": b'{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[-Infinity]}]}',
    "a leading zero": b'{"inputs":[{"name":"x","shape":[01],"datatype":"INT64","data":[1]}]}',
    "a plus": b'{"inputs":[{"name":"x","shape":[1],"datatype":"INT64","data":[+1]}]}',
    "a bare control character": b'{"id":"a\x01","inputs":[]}',
    "not UTF-8": b'{"id":"\xff\xfe","inputs":[]}',
    "half a surrogate": b'{"id":"\\ud800","inputs":[]}',
    "a BOM": b"\xef\xbb\xbf" + v2(1),
    "UTF-16": v2(1).decode().encode("utf-16"),
    "only brackets": b"[" * 50_000,
    "deep": b'{"inputs":' + b"[" * 2_000 + b"]" * 2_000 + b"}",
}


@pytest.mark.parametrize("name", NOT_JSON)
def test_what_is_not_json_is_refused(sidecars, model, name):
    sidecar = start(sidecars, model)
    expect_refused(sidecar, model, sidecar.ask("POST", INFER, [JSON], NOT_JSON[name]))


@pytest.mark.parametrize("protocol", [p for p in TARGETS if p not in ("Generic",)])
def test_every_protocol_that_counts_refuses_what_is_not_json(sidecars, model, protocol):
    sidecar = start(sidecars, model, protocol=protocol)
    body = b'{"model": "m", '
    expect_refused(sidecar, model, sidecar.ask("POST", TARGETS[protocol], [JSON], body))


@pytest.mark.parametrize(
    "body, place",
    [
        (b'{"inputs": [], "inputs": []}', "inputs"),
        (b'{"inputs":[{"name":"x","shape":[1],"shape":[2],"datatype":"INT64","data":[1]}]}', "shape"),
        (b'{"parameters":{"a":1,"\\u0061":2},"inputs":[{"name":"x","shape":[1],"datatype":"INT64","data":[1]}]}', ""),
    ],
)
def test_a_member_that_is_there_twice_is_refused(sidecars, model, body, place):
    sidecar = start(sidecars, model)
    expect_refused(sidecar, model, sidecar.ask("POST", INFER, [JSON], body), place=place)


SHAPES = {
    "too few data": (infer(tensor([1, 2], shape=[3])), "x"),
    "too many data": (infer(tensor([1, 2, 3], shape=[2])), "x"),
    "one of two is wrong": (infer(tensor([1], name="good"), tensor([1, 2], name="bad", shape=[1])), "bad"),
    "nested, one row short": (infer(tensor([[1, 2], [3]], shape=[2, 2])), "x"),
    "negative": (infer(tensor([1], shape=[-1])), "shape"),
    "two negatives": (infer(tensor([1], shape=[-1, -1])), "shape"),
    "a fraction": (infer(tensor([1], shape=[1.5])), "shape"),
    "a fraction that is whole": (infer(tensor([1], shape=[1.0])), None),
    "a text": (infer(tensor([1], shape=["1"])), "shape"),
    "not a list": (infer(tensor([1]) | {"shape": 1}), "shape"),
    "overflowing": (infer(tensor([1], shape=[2**32, 2**32])), "shape"),
    "overflowing to one": (infer(tensor([1], shape=[2**63 + 1, 2])), "shape"),
    "beyond 64 bits": (infer(tensor([1], shape=[2**64 + 1])), None),
    "zero times much": (infer(tensor([1], shape=[0, 5])), "x"),
    "no shape": (b'{"inputs":[{"name":"x","datatype":"INT64","data":[1]}]}', "shape"),
    "no data": (b'{"inputs":[{"name":"x","datatype":"INT64","shape":[1]}]}', "x"),
    "no inputs": (b'{"id":"1"}', "inputs"),
    "inputs that are no list": (b'{"inputs":{}}', "inputs"),
    "an input that is no object": (b'{"inputs":[1]}', "/inputs/0"),
    "a list": (b"[]", None),
    "a text instead of a request": (b'"inputs"', None),
    "an object for a number": (infer(tensor([{}])), "x"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_that_is_not_that_of_the_data_is_refused(sidecars, model, name):
    body, place = SHAPES[name]
    sidecar = start(sidecars, model)
    answer = sidecar.ask("POST", INFER, [JSON], body)
    expect_refused(sidecar, model, answer, place=place)
    assert isinstance(json.loads(answer.body)["error"], str)


OTHER_FORMS = {
    "V1, neither": ("KServeV1", b'{"signature_name": "x"}'),
    "V1, both": ("KServeV1", b'{"instances": [1], "inputs": [1]}'),
    "V1, no list": ("KServeV1", b'{"instances": {"a": 1}}'),
    "V1, columns of different lengths": ("KServeV1", b'{"inputs": {"a": [1, 2], "b": [1]}}'),
    "MLflow, none of the forms": ("MLflow", b'{"data": [1]}'),
    "MLflow, two of the forms": ("MLflow", b'{"inputs": [1], "instances": [1]}'),
    "MLflow, split without data": ("MLflow", b'{"dataframe_split": {"columns": ["a"]}}'),
    "MLflow, records that are no list": ("MLflow", b'{"dataframe_records": {"a": 1}}'),
    "OpenAI, n as a text": ("OpenAI", b'{"model": "m", "messages": [], "n": "3"}'),
    "OpenAI, a negative n": ("OpenAI", b'{"model": "m", "messages": [{}], "n": -3}'),
    "OpenAI, messages that are no list": ("OpenAI", b'{"model": "m", "messages": {}}'),
}


@pytest.mark.parametrize("name", OTHER_FORMS)
def test_a_form_that_the_protocol_does_not_have_is_refused(sidecars, model, name):
    protocol, body = OTHER_FORMS[name]
    sidecar = start(sidecars, model, protocol=protocol)
    expect_refused(sidecar, model, sidecar.ask("POST", TARGETS[protocol], [JSON], body))


# The binary tensor data extension.


def binary(inputs, data, length=None):
    text = json.dumps({"inputs": inputs}).encode()
    fields = [
        ("Content-Type", "application/octet-stream"),
        ("Inference-Header-Content-Length", str(len(text) if length is None else length)),
    ]
    return fields, text + data


def raw(size, shape, datatype="FP32", **more):
    return {"name": "x", "datatype": datatype, "shape": shape, "parameters": {"binary_data_size": size}} | more


BAD_BINARY = {
    "fewer bytes than the shape has": binary([raw(8, [3])], bytes(8)),
    "more bytes than the shape has": binary([raw(16, [3])], bytes(16)),
    "fewer bytes than it says": binary([raw(12, [3])], bytes(8)),
    "bytes that belong to nobody": binary([raw(12, [3])], bytes(16)),
    "a negative size": binary([raw(-4, [1])], bytes(4)),
    "a size that is a text": binary([raw("4", [1])], bytes(4)),
    "an overflowing size": binary([raw(2**64 + 4, [1])], bytes(4)),
    "two sizes that overflow together": binary([raw(2**63, [1]), raw(2**63 + 4, [1], name="y")], bytes(4)),
    "an overflowing shape": binary([raw(4, [2**31, 2**31, 4])], bytes(4)),
    "data beside the size": binary([raw(4, [1], data=[1.0])], bytes(4)),
    "texts that are cut": binary([raw(8, [2], "BYTES")], struct.pack("<I", 4) + b"abcd"),
    "texts longer than all": binary([raw(8, [1], "BYTES")], struct.pack("<I", 2**31) + b"abcd"),
    "a header longer than the body": binary([raw(4, [1])], bytes(4), 100_000),
    "a header that ends in its middle": binary([raw(4, [1])], bytes(4), 10),
    "a header of no length": binary([raw(4, [1])], bytes(4), 0),
    "a negative header": binary([raw(4, [1])], bytes(4), -1),
    "a header that is no number": binary([raw(4, [1])], bytes(4), "x"),
    "a header beyond 64 bits": binary([raw(4, [1])], bytes(4), 2**64 + 60),
}


@pytest.mark.parametrize("name", BAD_BINARY)
def test_binary_tensors_that_are_not_what_their_header_says_are_refused(sidecars, model, name):
    fields, body = BAD_BINARY[name]
    sidecar = start(sidecars, model)
    expect_refused(sidecar, model, sidecar.ask("POST", INFER, fields, body))


def test_two_lengths_of_the_header_are_refused(sidecars, model):
    fields, body = binary([raw(4, [1])], bytes(4))
    sidecar = start(sidecars, model)
    answer = sidecar.ask("POST", INFER, [*fields, ("Inference-Header-Content-Length", "5")], body)
    assert answer.status == 400 and model.connections == []


# Numbers that the cost points to.

BAD_NUMBERS = {
    "above the most": b'{"n": 100.000001}',
    "far above": b'{"n": 1e300}',
    "too large for any number": b'{"n": 1e400}',
    "beyond 64 bits": b'{"n": 18446744073709551616}',
    "wrapped around": b'{"n": 18446744073709551617}',
    "negative": b'{"n": -1}',
    "a little negative": b'{"n": -0.0000001}',
    "a text": b'{"n": "3"}',
    "true": b'{"n": true}',
    "null": b'{"n": null}',
    "a list": b'{"n": [3]}',
    "an object": b'{"n": {"value": 3}}',
    "NaN": b'{"n": NaN}',
    "there twice": b'{"n": 1, "n": 50}',
    "not JSON": b'{"n": 1',
}


@pytest.mark.parametrize("absent", [None, "1"])
@pytest.mark.parametrize("name", BAD_NUMBERS)
def test_a_pointed_value_that_is_no_number_from_0_to_its_most_is_refused(sidecars, model, name, absent):
    """What stands for a number that is not there does not stand for one that is wrong."""
    sidecar = start(sidecars, model, cost(pointer("/n", most="100", absent=absent)), "Generic")
    place = None if name in ("NaN", "not JSON", "too large for any number") else "n"
    expect_refused(sidecar, model, sidecar.ask("POST", "/", [JSON], BAD_NUMBERS[name]), place=place)


@pytest.mark.parametrize(
    "body", [b"{}", b'{"parameters": {}}', b'{"parameters": 5}', b"[]", b"1", b'{"/parameters/n": 1}']
)
def test_a_pointer_to_nothing_is_refused_with_the_pointer(sidecars, model, body):
    sidecar = start(sidecars, model, cost(pointer("/parameters/n")), "Generic")
    expect_refused(sidecar, model, sidecar.ask("POST", "/", [JSON], body), place="/parameters/n")


@pytest.mark.parametrize("place", ["/list/-", "/list/01", "/list/9", "/list/-1", "/list/x"])
def test_an_index_that_is_none_points_to_nothing(sidecars, model, place):
    sidecar = start(sidecars, model, cost(pointer(place)), "Generic")
    expect_refused(sidecar, model, sidecar.ask("POST", "/", [JSON], b'{"list": [1, 2]}'), place=place)


# Bodies that cannot be read.

ENCODED = {
    "gzip": [JSON, ("Content-Encoding", "gzip")],
    "an encoding of its own": [JSON, ("Content-Encoding", "x-private")],
    "two encodings": [JSON, ("Content-Encoding", "identity, gzip")],
    "UTF-16": [("Content-Type", "application/json; charset=utf-16")],
    "Latin-1": [("Content-Type", 'application/json; charset="iso-8859-1"')],
}


@pytest.mark.parametrize("name", ENCODED)
def test_a_body_in_a_form_that_is_not_read_is_415(sidecars, model, name):
    sidecar = start(sidecars, model)
    body = gzip.compress(v2(1)) if "gzip" in name else v2(1)
    expect_refused(sidecar, model, sidecar.ask("POST", INFER, ENCODED[name], body), 415, "BodyUnreadable")


@pytest.mark.parametrize("price", [ROWS, cost(pointer("/n", absent="1"))], ids=["rows", "pointer"])
def test_no_step_is_skipped_because_a_body_is_compressed(sidecars, model, price):
    sidecar = start(sidecars, model, price)
    answer = sidecar.ask("POST", INFER, [JSON, ("Content-Encoding", "gzip")], gzip.compress(v2(1)))
    assert answer.status == 415 and model.connections == []


@pytest.mark.parametrize(
    "fields",
    [
        [("Content-Type", "application/json; charset=utf-8")],
        [("Content-Type", 'application/json;charset="UTF-8"')],
        [JSON, ("Content-Encoding", "identity")],
        [("Content-Type", "APPLICATION/JSON")],
    ],
)
def test_a_body_that_says_that_it_is_utf_8_is_read(sidecars, model, fields):
    answer = start(sidecars, model).ask("POST", INFER, fields, v2(1))
    assert (answer.status, answer.headers.get("x-mlgateway-cost")) == (200, "1.001")


def test_a_compressed_body_that_no_step_reads_is_relayed(sidecars, model):
    """Legal traffic is never refused: neither the price nor the quota asks what is in it."""
    sidecar = start(sidecars, model, cost(per("Request"), per("RequestBytes", "0.01")))
    body = gzip.compress(v2(1))
    answer = sidecar.ask("POST", INFER, [JSON, ("Content-Encoding", "gzip")], body)
    assert answer.status == 200 and model.last.body == body


LIMIT = 4096


@pytest.mark.parametrize("price", [ROWS, cost(pointer("/n", absent="1"))], ids=["rows", "pointer"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_over_the_limit_is_413(sidecars, model, price, chunked):
    sidecar = start(sidecars, model, price, body={"maxReadBytes": LIMIT})
    fitting, over = v2(1).ljust(LIMIT), v2(1).ljust(LIMIT + 1)
    framed = {"chunks": [over[:100], over[100:]]} if chunked else {"body": over}
    expect_refused(sidecar, model, sidecar.ask("POST", INFER, [JSON], **framed), 413, "BodyTooLarge")
    framed = {"chunks": [fitting[:100], fitting[100:]]} if chunked else {"body": fitting}
    assert sidecar.ask("POST", INFER, [JSON], **framed).status == 200


def test_bytes_of_a_chunked_body_over_the_limit_are_413(sidecars, model):
    """Its length is not known before it was read, so it has to be read whole; a stated length needs no reading."""
    sidecar = start(sidecars, model, cost(per("RequestBytes", "0.0001")), "Generic", body={"maxReadBytes": LIMIT})
    answer = sidecar.ask("POST", "/", chunks=[b"x" * LIMIT, b"y"])
    expect_refused(sidecar, model, answer, 413, "BodyTooLarge")
    assert sidecar.ask("POST", "/", body=b"x" * (LIMIT + 1)).headers.get("x-mlgateway-cost") == "0.4097"


def test_a_refused_length_is_told_before_the_body_is_sent(sidecars, model):
    sidecar = start(sidecars, model, body={"maxReadBytes": LIMIT})
    with sidecar.client() as client:
        client.send(b"POST " + INFER.encode() + b" HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n")
        client.send(b"Content-Length: 1000000\r\nExpect: 100-continue\r\n\r\n")
        answer = client.answer("POST")
        assert (answer.status, answer.interim) == (413, [])


# Media types.


def test_mlflow_takes_no_other_media_type(sidecars, model):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
        sidecar = start(sidecars, model, protocol="MLflow")
        answer = sidecar.ask("POST", "/invocations", [("Content-Type", kind)], b'{"inputs": [1]}')
        expect_refused(sidecar, model, answer, 415, "BodyUnreadable")


@pytest.mark.parametrize("body", [b'a,b\n"1,2\n', b'a,b\n"x"y,2\n'])
def test_csv_that_cannot_be_read_is_refused(sidecars, model, body):
    sidecar = start(sidecars, model, protocol="MLflow")
    expect_refused(sidecar, model, sidecar.ask("POST", "/invocations", [("Content-Type", "text/csv")], body))


# The cache reads bodies as well.


@pytest.mark.parametrize("name", ["cut", "not UTF-8", "deep", "more behind it"])
def test_a_route_with_a_cache_refuses_what_is_not_json(sidecars, model, name):
    sidecar = start(sidecars, model, cost(per("Request")), cache=cache())
    expect_refused(sidecar, model, sidecar.ask("POST", INFER, [JSON], NOT_JSON[name]))


def test_a_body_that_costs_more_than_numbers_can_hold_is_never_cheap(sidecars, model):
    """A hundred million elements at a million each: more than any limit, not less than nothing."""
    price = cost(per("Elements", "1000000"), pointer("/parameters/n", "1000000", most="9999999999", absent="0"))
    sidecar = start(sidecars, model, price)
    body = infer(tensor([1, 2]), parameters={"n": 9_999_999_999})
    expect_refused(sidecar, model, sidecar.ask("POST", INFER, [JSON], body), 403, "CostTooHigh")


@pytest.mark.parametrize("number", [b"18446744073709551615", b"-9223372036854775808", b"1.797e308", b"1e-400"])
def test_a_number_that_no_step_needs_may_be_as_large_as_numbers_are(sidecars, model, number):
    sidecar = start(sidecars, model)
    body = b'{"parameters":{"seed":' + number + b"}," + v2(1)[1:]
    answer = sidecar.ask("POST", INFER, [JSON], body)
    assert (answer.status, answer.headers.get("x-mlgateway-cost")) == (200, "1.001")
    assert model.last.body == body
