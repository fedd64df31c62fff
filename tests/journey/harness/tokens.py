"""An identity provider's signing: RSA keys, their JWKs, and RS256 tokens with whatever a test wants in them."""

import base64
import hashlib
import json
import re
import subprocess
import time

ISSUER = "https://id.test/"
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017 section 9.2


def base64url(data):
    return base64.urlsafe_b64encode(data if isinstance(data, bytes) else data.encode()).rstrip(b"=").decode()


class Issuer:
    """One signing key."""

    def __init__(self, kid="k1", issuer=ISSUER):
        self.kid, self.issuer = kid, issuer
        key = subprocess.run(["openssl", "genrsa", "2048"], check=True, capture_output=True).stdout
        text = subprocess.run(["openssl", "rsa", "-noout", "-text"], input=key, check=True, capture_output=True).stdout
        numbers = re.findall(r"^(modulus|privateExponent):\n((?: .*\n)+)", text.decode(), re.M)
        parts = {name: int(re.sub(r"[\s:]", "", digits), 16) for name, digits in numbers}
        self._modulus, self._exponent = parts["modulus"], parts["privateExponent"]

    def jwk(self, **more):
        modulus = self._modulus.to_bytes(256, "big")
        return {"kty": "RSA", "kid": self.kid, "n": base64url(modulus), "e": "AQAB"} | more

    def claims(self, **more):
        """Good for an hour; a claim that is None is left out."""
        now = int(time.time())
        made = {"iss": self.issuer, "aud": "models", "sub": "alice", "iat": now, "exp": now + 3600} | more
        return {name: value for name, value in made.items() if value is not None}

    def token(self, header=None, **more):
        head = {"alg": "RS256", "kid": self.kid} | (header or {})
        return self.signed(json.dumps(head), json.dumps(self.claims(**more)))

    def signed(self, header, payload):
        text = f"{base64url(header)}.{base64url(payload)}"
        digest = SHA256_INFO + hashlib.sha256(text.encode()).digest()
        padded = b"\x00\x01" + b"\xff" * (256 - 3 - len(digest)) + b"\x00" + digest
        signature = pow(int.from_bytes(padded, "big"), self._exponent, self._modulus)
        return f"{text}.{base64url(signature.to_bytes(256, 'big'))}"


def key_set(*issuers):
    return json.dumps({"keys": [issuer.jwk() for issuer in issuers]})


def tokens(*signers, name="corp", headers=None, issuer=ISSUER, **more):
    """A method of type JWT."""
    return {
        "name": name,
        "type": "JWT",
        "headers": headers or [{"name": "authorization", "scheme": "Bearer"}],
        "keySets": [],
        "jwt": {
            "issuer": issuer,
            "audiences": ["models"],
            "algorithms": ["RS256", "ES256", "EdDSA"],
            "leewayMs": 0,
            "principalClaim": "sub",
            "tenantClaim": "org",
            "labelClaims": {"plan": "plan"},
            "keys": key_set(*signers),
        }
        | more,
    }


def bearer(token):
    return [("Authorization", f"Bearer {token}")]


def opaque(url, name="opaque", issuer="https://opaque.test/", **more):
    """A method of type Introspection."""
    return {
        "name": name,
        "type": "Introspection",
        "headers": [{"name": "authorization", "scheme": "Bearer"}],
        "keySets": [],
        "introspection": {
            "issuer": issuer,
            "url": url,
            "clientId": "gateway",
            "clientSecret": "gateway-secret",
            "authentication": "Basic",
            "audiences": [],
            "timeoutMs": 1000,
            "rememberMs": 60_000,
            "rememberRefusedMs": 5_000,
            "ca": "",
            "principalClaim": "sub",
            "tenantClaim": "org",
            "labelClaims": {"plan": "plan"},
        }
        | more,
    }
