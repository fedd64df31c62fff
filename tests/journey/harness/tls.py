"""Certificates, and callers who speak TLS."""

import pathlib
import ssl
import subprocess


class Authority:
    """A certificate authority; `ca` is its PEM."""

    def __init__(self, folder, name="ca"):
        self._folder = pathlib.Path(folder)
        self._name = name
        self._run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                  "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")
        self.ca = (self._folder / f"{name}.pem").read_text()

    def certificate(self, alternative="IP:127.0.0.1", name="server"):
        """The file of a key and a certificate for that name."""
        self._run("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                  "-keyout", f"{name}.key", "-out", f"{name}.csr", "-addext", f"subjectAltName={alternative}")
        self._run("x509", "-req", "-in", f"{name}.csr", "-CA", f"{self._name}.pem", "-CAkey", f"{self._name}.key",
                  "-CAcreateserial", "-days", "2", "-copy_extensions", "copy", "-out", f"{name}.pem")
        both = self._folder / f"{name}.both.pem"
        both.write_text((self._folder / f"{name}.key").read_text() + (self._folder / f"{name}.pem").read_text())
        return both

    def served(self, alternative, name="server"):
        """Such a certificate as a route is served with, in the contract's words."""
        self.certificate(alternative, name)
        return {"secret": name, "chain": (self._folder / f"{name}.pem").read_text(),
                "key": (self._folder / f"{name}.key").read_text()}

    def _run(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)


class Caller:
    """Who believes that authority and asks for that host: Client(..., secured=Caller(...))."""

    def __init__(self, authority, host="127.0.0.1", version=None, protocols=(), session=None):
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._context.load_verify_locations(cadata=authority.ca)
        if version:
            self._context.minimum_version = self._context.maximum_version = version
        if protocols:
            self._context.set_alpn_protocols(protocols)
        self._host = host
        self.session = session

    def wrap(self, plain):
        return self._context.wrap_socket(plain, server_hostname=self._host, session=self.session)
