"""A server that speaks TLS only: what the URI says of it reaches the driver."""

import shutil
import socket
import subprocess

import pytest

from pipeline.errors import StoreError
from pipeline.settings import Settings
from pipeline.store.connection import connected
from pipeline.store.server import find_mongod
from tests.patience import lives, until


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """Return the folder of a certificate for 127.0.0.1 that it signed itself, and the port of a server that has it."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "ca.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    (folder / "both.pem").write_bytes(key.read_bytes() + certificate.read_bytes())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    command = [
        *(find_mongod(), "--dbpath", folder, "--bind_ip", "127.0.0.1", "--port", port, "--nounixsocket"),
        *("--tlsMode", "requireTLS", "--tlsCertificateKeyFile", folder / "both.pem", "--tlsCAFile", certificate),
        "--tlsAllowConnectionsWithoutCertificates",
    ]
    server = subprocess.Popen([str(part) for part in command], stdout=subprocess.DEVNULL)
    try:
        until(lambda: _listens(port), alive=lives(server))
        yield certificate, port
    finally:
        server.kill()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def test_with_the_right_authority_it_is_used_like_any_other(authority):
    certificate, port = authority
    with connected(Settings(mongodb_uri=f"mongodb://127.0.0.1:{port}/?tls=true&tlsCAFile={certificate}")) as database:
        assert "runs" in database.list_collection_names()


def test_a_certificate_that_nobody_vouches_for_is_told_apart_from_a_missing_server(authority):
    _, port = authority
    settings = Settings(mongodb_uri=f"mongodb://127.0.0.1:{port}/?tls=true")
    told = "nobody known here vouches for the certificate of 127.0.0.1:[0-9]+, which signed itself"
    with pytest.raises(StoreError, match=told), connected(settings):
        pass
