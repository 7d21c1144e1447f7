"""What is said where MongoDB can't be used is the true cause, on real servers that are not as the URI has it."""

import socket
import socketserver
import ssl
import threading
from contextlib import contextmanager, suppress
from urllib.parse import quote

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from pipeline.errors import StoreError, UnreachableError
from pipeline.settings import Settings
from pipeline.store import absence, connect, connection
from pipeline.store.connection import connected
from pipeline.store.probe import Seen
from pipeline.store.uri import cut
from tests.patience import until
from tests.store.certificates import Authority
from tests.store.guarded import USERS, uri_of
from tests.store.servers import free_port, mongod, replica_set


def refusal_of(uri: str, kind: type[StoreError] = StoreError) -> str:
    """Return what a refusal says, and make sure that it says no more."""
    with pytest.raises(StoreError) as refusal:
        connect(Settings(mongodb_uri=uri))
    assert type(refusal.value) is kind
    assert refusal.value.__cause__ is refusal.value.__context__ is None
    message = str(refusal.value)
    assert "\n" not in message
    return message


@pytest.fixture
def in_vain(monkeypatch):
    """Let nobody wait long for an answer that can't come."""
    monkeypatch.setattr(connection, "ANSWER_WITHIN_S", 0.3)


@pytest.fixture(scope="module")
def plain():
    """Return host and port of a standalone server that asks for nothing."""
    with mongod() as host:
        yield host


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@contextmanager
def tls_server(authority: Authority, certificate, *options):
    tls = ("--tlsMode", "requireTLS", "--tlsCertificateKeyFile", certificate, "--tlsCAFile", authority.certificate)
    with mongod(*tls, *options) as host:
        yield host


WITHOUT_CERTIFICATES = "--tlsAllowConnectionsWithoutCertificates"


@pytest.fixture(scope="module")
def by_tls(authority):
    """Return host and port of a server that speaks TLS only, to anybody."""
    with tls_server(authority, authority.sign("server"), WITHOUT_CERTIFICATES) as host:
        yield host


# Nobody there, or somebody else


def test_nothing_listens(in_vain):
    told = refusal_of(f"mongodb://127.0.0.1:{free_port()}/", UnreachableError)
    assert "nothing listens there; start it" in told


def test_a_socket_that_is_not_there(tmp_path, in_vain):
    told = refusal_of(f"mongodb://{quote(str(tmp_path / 'no.sock'), safe='')}/", UnreachableError)
    assert "nothing listens there" in told


def test_a_host_that_dns_does_not_know(in_vain):
    told = refusal_of("mongodb://no-such-host.invalid/", UnreachableError)
    assert "DNS does not know the host; correct it" in told


def test_a_cluster_that_dns_does_not_know():
    told = refusal_of("mongodb+srv://no-such-cluster.invalid/", UnreachableError)
    assert "DNS knows no MongoDB cluster at mongodb+srv://no-such-cluster.invalid" in told


def test_a_server_that_takes_connections_and_keeps_silent(in_vain):
    with socket.create_server(("127.0.0.1", 0)) as server:
        told = refusal_of(f"mongodb://127.0.0.1:{server.getsockname()[1]}/", UnreachableError)
    assert "no MongoDB answers" in told


class Talker(socketserver.BaseRequestHandler):
    """Says what it is before it is asked, as servers of mail do."""

    def handle(self):
        self.request.sendall(b"220 mail.example ESMTP ready\r\n")
        self.request.recv(1)


@pytest.mark.parametrize("options", ["", "?tls=true"])
def test_a_server_that_is_not_mongodb(options, in_vain):
    with serving(Talker) as host:
        assert "is not MongoDB: correct host and port" in refusal_of(f"mongodb://{host}/{options}")


@contextmanager
def serving(handler: type[socketserver.BaseRequestHandler]):
    """Serve in another thread; yield host and port."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


# Replica sets


def test_a_replica_set_that_the_server_does_not_belong_to(plain, in_vain):
    assert "belongs to no replica set: leave replicaSet out" in refusal_of(f"mongodb://{plain}/?replicaSet=rs0")


@pytest.fixture(scope="module")
def of_a_set():
    with replica_set("rs1") as host:
        yield host


def test_the_name_of_another_replica_set(of_a_set, in_vain):
    told = refusal_of(f"mongodb://{of_a_set}/?replicaSet=rs0")
    assert "belongs to the replica set 'rs1': correct replicaSet" in told


def test_the_right_name_is_taken(of_a_set):
    with connected(Settings(mongodb_uri=f"mongodb://{of_a_set}/of_a_set?replicaSet=rs1")) as database:
        assert "runs" in database.list_collection_names()


def test_a_set_without_a_primary():
    with replica_set("rs1") as host:
        lose_majority(host)
        told = refusal_of(f"mongodb://{host}/?replicaSet=rs1", UnreachableError)
    assert "replica set 'rs1'" in told
    assert "has no primary: start more of its members" in told


def lose_majority(host: str) -> None:
    """Let a set of one member wait for another that is not there."""
    with MongoClient(f"mongodb://{host}/?directConnection=true") as client:
        config = client.admin.command("replSetGetConfig")["config"]
        config["members"].append({"_id": 1, "host": f"127.0.0.1:{free_port()}"})
        config["version"] += 1
        with suppress(PyMongoError):  # it ends connections as it steps down
            client.admin.command("replSetReconfig", config, force=True)
        until(lambda: "primary" not in client.admin.command("hello"))


def test_members_that_are_known_by_names_that_mean_nothing_here(monkeypatch):
    hello = {"maxWireVersion": 17, "setName": "rs1", "primary": "mongo-1:27017", "hosts": ["mongo-1:27017"]}
    seen = Seen("127.0.0.1:27017", is_there=True, hello=hello)
    monkeypatch.setattr(absence, "look_both_ways", lambda names, asked: [(seen, seen)])
    told = absence.why_unanswered(cut("mongodb://127.0.0.1:27017/?replicaSet=rs1"), "…", 2.5)
    assert "names mongo-1:27017 as the primary of its set, which can't be reached from here" in str(told)
    assert "directConnection=true" in str(told)


# TLS


def test_tls_to_a_server_that_speaks_none(plain, in_vain):
    assert "speaks no TLS: leave tls and ssl out" in refusal_of(f"mongodb://{plain}/?tls=true")


def test_no_tls_to_a_server_that_speaks_nothing_else(by_tls, in_vain):
    assert "speaks TLS alone: add the option tls=true" in refusal_of(f"mongodb://{by_tls}/")


def test_an_authority_that_is_not_known_here(by_tls, in_vain):
    told = refusal_of(f"mongodb://{by_tls}/?tls=true")
    assert "nobody known here vouches for the certificate" in told
    assert "tlsCAFile" in told


def test_the_right_authority(by_tls, authority):
    uri = f"mongodb://{by_tls}/by_tls?tls=true&tlsCAFile={authority.certificate}"
    with connected(Settings(mongodb_uri=uri)) as database:
        assert "runs" in database.list_collection_names()


@pytest.mark.parametrize(
    ("alternative", "told"),
    [
        ("DNS:music.example", "is for another"),
        ("IP:127.0.0.2", "is for another"),
    ],
)
def test_a_certificate_for_another_name(authority, alternative, told, in_vain):
    certificate = authority.sign("odd", alternative)
    with tls_server(authority, certificate, WITHOUT_CERTIFICATES) as host:
        assert told in refusal_of(f"mongodb://{host}/?tls=true&tlsCAFile={authority.certificate}")


def test_a_certificate_that_has_expired(authority, in_vain):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.sign("old", days=-1))

    class Shake(socketserver.BaseRequestHandler):  # a mongod does not start with such a certificate
        def handle(self):
            with suppress(OSError), context.wrap_socket(self.request, server_side=True) as connection:
                connection.recv(1)

    with serving(Shake) as host:
        told = refusal_of(f"mongodb://{host}/?tls=true&tlsCAFile={authority.certificate}")
    assert "has expired: renew it there" in told


def test_a_server_that_asks_for_a_certificate(authority):
    with tls_server(authority, authority.sign("server-2")) as host:
        by_authority = f"mongodb://{host}/asked?tls=true&tlsCAFile={authority.certificate}"
        assert "tlsCertificateKeyFile" in refusal_of(by_authority)
        assert "speaks TLS alone" in refusal_of(f"mongodb://{host}/")
        client = authority.sign("client", "DNS:client", password="hush")
        with_key = f"{by_authority}&tlsCertificateKeyFile={client}&tlsCertificateKeyFilePassword="
        with connected(Settings(mongodb_uri=with_key + "hush")) as database:
            assert "runs" in database.list_collection_names()
        told = refusal_of(with_key + "wrong-secret")
    assert "tlsCertificateKeyFilePassword, don't go together" in told
    assert "wrong-secret" not in told


# Who may do what


def test_a_wrong_password(guarded):
    told = refusal_of(uri_of("writer", guarded, password="wrong-secret"))
    assert "user or password is wrong, or authSource is not the database" in told


def test_a_user_who_was_created_elsewhere(guarded):
    uri = uri_of("writer", guarded).partition("?")[0]
    assert "one that was created in admin needs ?authSource=admin" in refusal_of(uri)
    with MongoClient(f"mongodb://root:root@{guarded}/") as client:
        client["music"].command("createUser", "local", pwd="local-secret", roles=["readWrite"])
    with connected(Settings(mongodb_uri=f"mongodb://local:local-secret@{guarded}/music")) as database:
        assert "runs" in database.list_collection_names()
    assert "was not created in admin" in refusal_of(f"mongodb://local:local-secret@{guarded}/")


def test_a_plus_that_is_not_escaped(guarded):
    with MongoClient(f"mongodb://root:root@{guarded}/") as client:
        client.admin.command("createUser", "plus", pwd="a+b", roles=[{"role": "readWrite", "db": "music"}])
    told = refusal_of(f"mongodb://plus:a+b@{guarded}/music?authSource=admin")
    assert "a + in them stands for a blank, and must be written as %2B" in told
    with connected(Settings(mongodb_uri=f"mongodb://plus:a%2Bb@{guarded}/music?authSource=admin")) as database:
        assert "runs" in database.list_collection_names()


def test_no_user(guarded):
    assert "it asks who you are: add USER:PASSWORD@" in refusal_of(f"mongodb://{guarded}/music")


def test_a_user_who_may_do_nothing(guarded):
    told = refusal_of(uri_of("nobody", guarded))
    assert "the user may not listCollections" in told
    assert "grant the role read on it, or correct the name of the database" in told


def test_a_user_who_may_only_read(guarded):
    with MongoClient(f"mongodb://root:root@{guarded}/") as client:
        client.drop_database("music")
    told = refusal_of(uri_of("reader", guarded))
    assert "the user may not create in the database" in told
    assert "role readWrite" in told


def test_the_name_of_a_database_that_the_user_has_no_right_to(guarded):
    told = refusal_of(uri_of("writer", guarded).replace("/music", "/musik"))
    assert "correct the name of the database" in told
    assert "password" not in told


def test_a_mechanism_that_the_server_does_not_have(plain):
    told = refusal_of(f"mongodb://u:p@{plain}/?authMechanism=PLAIN")
    assert "authMechanism" in told


def test_names_that_differ_in_case_only(plain):
    with connected(Settings(mongodb_uri=f"mongodb://{plain}/Music")):
        pass
    assert "differs in upper and lower case only" in refusal_of(f"mongodb://{plain}/music")


def test_more_copies_than_there_are_members(plain, of_a_set):
    for host, options in ((plain, "w=2"), (of_a_set, "w=5"), (of_a_set, "w=nowhere")):
        told = refusal_of(f"mongodb://{host}/copies?{options}")
        assert "option w asks for more members, or others, than the server has: leave w out" in told
        assert USERS["writer"][0] not in told
