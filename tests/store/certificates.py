"""Certificates, made by openssl: an authority and what it signs, others that are not right in one way each."""

import shutil
import subprocess
from pathlib import Path

import pytest


class Authority:
    """An authority of its own, which signs certificates in a folder."""

    def __init__(self, folder: Path):
        if shutil.which("openssl") is None:
            pytest.skip("there is no openssl to make a certificate with")
        self.folder = folder
        self.certificate = folder / "ca.pem"
        self._key = folder / "ca.key"
        subject = ["-subj", "/CN=authority"]
        _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 2, *subject, "-keyout", self._key, "-out",
                 self.certificate)  # fmt: skip

    def sign(self, name: str, alternative: str = "IP:127.0.0.1", days: int = 2, password: str = "") -> Path:
        """Return a file of key and certificate; with a negative number of days it has expired."""
        key, request, signed = (self.folder / f"{name}.{end}" for end in ("key", "csr", "crt"))
        hidden = ["-passout", f"pass:{password}"] if password else ["-nodes"]
        _openssl("req", "-new", "-newkey", "rsa:2048", *hidden, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternative}\n")
        by = ["-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial", "-extfile", extensions]
        _openssl("x509", "-req", "-in", request, *by, "-days", days, "-out", signed)
        both = self.folder / f"{name}.pem"
        both.write_bytes(key.read_bytes() + signed.read_bytes())
        return both


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
