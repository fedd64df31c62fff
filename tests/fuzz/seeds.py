"""What fuzzing begins with, made of the vectors that others wrote. A missing folder fails the run."""

import base64
import json
import pathlib
import re

VECTORS = pathlib.Path(__file__).resolve().parents[3] / "shared" / "vectors"


def http_head():
    """Requests of http11probe as their bytes; those of llhttp, and its answers, nearly so."""
    for case in json.loads((VECTORS / "http11probe" / "cases.json").read_text()):
        for step in case["steps"]:
            yield base64.b64decode(step["payload_b64"])
    for file in sorted((VECTORS / "llhttp" / "test").rglob("*.md")):
        for block in re.findall(r"```http\n(.*?)\n```", file.read_text(), re.S):
            yield block.replace("\\\n", "").replace("\n", "\r\n").replace("\\r", "\r").replace("\\n", "\n").encode()


def json_texts():
    for file in sorted((VECTORS / "jsontestsuite" / "test_parsing").glob("*.json")):
        yield file.read_bytes()


def quantities():
    """Bodies in every way that they may be sent (kWays in quantities_properties.hpp), and JSON that is none."""
    payloads = json.loads((VECTORS / "kserve-payloads" / "INDEX.json").read_text())
    for payload in payloads:
        body = (VECTORS / "kserve-payloads" / payload["file"]).read_bytes()
        for way in range(11):
            yield bytes([way, 0, 0]) + body
    for text in json_texts():
        yield b"\x00\x00\x00" + text


def base64_texts():
    for case in json.loads((VECTORS / "http11probe" / "cases.json").read_text()):
        for step in case["steps"]:
            yield step["payload_b64"].encode()


def wycheproof():
    file = VECTORS / "wycheproof" / "testvectors_v1" / "json_web_signature_test.json"
    return json.loads(file.read_text())["testGroups"]


def tokens():
    for group in wycheproof():
        for test in group["tests"]:
            yield test["jws"].encode()


def key_sets():
    for group in wycheproof():
        yield json.dumps({"keys": [group.get("public", group.get("private"))]}).encode()
    for file in sorted((VECTORS / "jose-cookbook" / "jwk").glob("*.json")):
        yield b'{"keys":[' + file.read_bytes() + b"]}"


# No one else writes our configuration or our journal: those begin with the corpus alone.
SEEDS = {
    "http_head": http_head,
    "config": json_texts,
    "cache": json_texts,
    "quantities": quantities,
    "base64": base64_texts,
    "jwt": tokens,
    "jwks": key_sets,
    "introspection": json_texts,
}


def write(target, folder, longest):
    for number, seed in enumerate(SEEDS.get(target, tuple)()):
        if len(seed) <= longest:
            (folder / f"vector-{number}").write_bytes(seed)
