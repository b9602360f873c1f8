"""Certificate authorities of a test, made by the openssl command."""

import dataclasses
import pathlib
import subprocess


@dataclasses.dataclass
class Pair:
    certificate: pathlib.Path
    key: pathlib.Path


class Authority:
    """A CA in `folder`, whose certificates are for 127.0.0.1, ::1 and localhost."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._openssl(
            "req", "-x509", *self._new_key("ca"), "-out", "ca.pem", "-days", "30", "-subj", "/CN=Test CA")

    @property
    def file(self):
        return self.folder / "ca.pem"

    @property
    def bytes(self):
        return self.file.read_bytes()

    def issue(self, name, days=30, signer="ca"):
        extensions = self.folder / f"{name}.ext"
        extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\n")
        self._openssl("req", *self._new_key(name), "-out", f"{name}.csr", "-subj", f"/CN={name}")
        self._openssl(
            "x509", "-req", "-in", f"{name}.csr", "-CA", f"{signer}.pem", "-CAkey", f"{signer}.key", "-CAcreateserial", "-days",
            str(days), "-extfile", extensions.name, "-out", f"{name}.pem")
        return Pair(self.folder / f"{name}.pem", self.folder / f"{name}.key")

    def pin(self, name, *extensions):
        """A certificate that nobody but itself vouches for, and that may vouch for no other."""
        added = [word for text in ("basicConstraints=critical,CA:FALSE", *extensions) for word in ("-addext", text)]
        self._openssl(
            "req", "-x509", *self._new_key(name), "-out", f"{name}.pem", "-days", "30", "-subj", f"/CN={name}", *added)
        return Pair(self.folder / f"{name}.pem", self.folder / f"{name}.key")

    @staticmethod
    def _new_key(name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", f"{name}.key"]

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)
