"""A certificate authority of a test's own, by openssl."""

import subprocess

# Only what is asked for goes into a certificate, whatever the machine's openssl.cnf says.
CONFIG = "[req]\ndistinguished_name = name\n[name]\n"
EC_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc"]


class Authority:
    """Makes certificates that are good for two days; its files and theirs are in `folder`."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True)
        (folder / "openssl.cnf").write_text(CONFIG)
        self.certificate, self.key = self._request("ca", "/CN=mlgateway-tests", [
            "basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"])

    def issue(self, name, common_name, organizations=(), hosts=()):
        """(certificate, key) of a client, or of a server at `hosts` (IP:127.0.0.1, DNS:localhost)."""
        subject = "".join(f"/O={o}" for o in organizations) + f"/CN={common_name}"
        extensions = ["basicConstraints=critical,CA:FALSE", "extendedKeyUsage=serverAuth,clientAuth"]
        if hosts:
            extensions.append("subjectAltName=" + ",".join(hosts))
        return self._request(name, subject, extensions, ["-CA", self.certificate, "-CAkey", self.key])

    def signing_key(self, name):
        """An RSA key, as service accounts' tokens are signed with."""
        key = self.folder / f"{name}.key"
        self._openssl("genrsa", "-out", key, "2048")
        return key

    def _request(self, name, subject, extensions, more=()):
        certificate, key = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        added = [argument for extension in extensions for argument in ("-addext", extension)]
        self._openssl("req", "-config", self.folder / "openssl.cnf", "-x509", "-sha256", "-days", "2", *EC_KEY,
                      "-subj", subject, *added, *more, "-keyout", key, "-out", certificate)
        return certificate, key

    def _openssl(self, *arguments):
        run = subprocess.run(["openssl", *arguments], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
