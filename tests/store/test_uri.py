"""A MongoDB URI: what of it is shown, and what is said where it is none."""

import pytest

from pipeline.store.uri import cut, pieces
from pipeline.store.uri_faults import fault_of, public_uri


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("mongodb://h:1/", "mongodb://h:1"),
        ("mongodb://u:p@h:1,g:2/d?w=1", "mongodb://h:1,g:2"),
        ("mongodb+srv://u:p@h.example/", "mongodb+srv://h.example"),
        ("mongodb://u@h/", "mongodb://h"),
        ("mongodb://u:p@[::1]:1,[fe80::1%25eth0]/", "mongodb://[::1]:1,[fe80::1%25eth0]"),
        ("mongodb://%2Fa%20b%2Fm.sock/d", "mongodb://%2Fa%20b%2Fm.sock"),
        ("mongodb://u:p@h/?tlsCertificateKeyFilePassword=p&w=1", "mongodb://h"),
    ],
)
def test_scheme_and_hosts_are_shown(uri, shown):
    assert public_uri(uri) == shown
    assert fault_of(uri) is None


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://a/b:p@h",
        "mongodb://u:p/q@h/",
        "mongodb://u:1/q@h/",  # looks like host u at port 1
        "mongodb://u:p@q@h/",
        "mongodb://u:p@q/r@h/",  # looks like host q
        "mongodb://u:p?q=1@h/",
        "mongodb://u:1?q=1@h/",
        "mongodb://u:1/x%40h",
        "mongodb://u:p q@h/",
        "mongodb://u:p@h/?appName=a@g",  # looks like host h, and may be host g
        "mongodb://u/p.q",
        "mongodb://u:p",
        "u:p@h:1",
        "p",
        "",
    ],
)
def test_where_hosts_are_not_certain_none_is_shown(uri):
    assert public_uri(uri) == ("mongodb://…" if uri.startswith("mongodb://") else "…")


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("http://127.0.0.1:27017/", "must begin with mongodb://"),
        ("mongodb:/127.0.0.1/", "must begin with mongodb://"),
        ("mongodb://", "names no host"),
        ("mongodb:///tmp/m.sock", "write each / in the path of a socket as %2F"),
        ("mongodb://h:99999/", "port of a host must be between 1 and 65535"),
        ("mongodb://h:0/", "port of a host must be between 1 and 65535"),
        ("mongodb://h:x/", "a host is not NAME or NAME:PORT"),
        ("mongodb://[::1/", "a host is not NAME or NAME:PORT"),
        ("mongodb://h,,g/", "a host is not NAME or NAME:PORT"),
        ("mongodb://@h/", "no user before it"),
        ("mongodb://u:p/q@h/", "as %3A %2F"),
        ("mongodb://u:p%q@h/", "as %3A %2F"),
        ("mongodb://u:p:q@h/", "as %3A %2F"),
        ("mongodb://h:27017 ", "a blank or a line break"),
        ("mongodb://h/no such name", "no name of a database"),
        ("mongodb://h/" + "x" * 64, "no name of a database"),
        ("mongodb://h/gen.re.lab", "there may be no dot in it"),
        ("mongodb://h/genrelab.tracks", "there may be no dot in it"),
        ("mongodb://h/admin", "MongoDB's own"),
        ("mongodb://h/?tls=true&tlsCAFile=/no/such/file", "option tlsCAFile can't be read: No such file"),
        ("mongodb://h/?nonsense=1", "driver does not know: take it out"),
        ("mongodb://h/?retrywrite=true", "did you mean retryWrites?"),
        ("mongodb://h/?ssl=banana", "option ssl has a value that it can't have"),
        ("mongodb://h/?w=1&W=2", "option w is there twice"),
        ("mongodb://h/?w", "option w: write NAME=VALUE"),
        ("mongodb://h/?w=1&journal=true;tls=true", "separated by & alone"),
        ("mongodb://h,g/?directConnection=true", "contradict each other"),
        ("mongodb://h/?tls=true&ssl=false", "contradict each other"),
        ("mongodb://h/?srvMaxHosts=1", "goes with mongodb+srv:// alone"),
        ("mongodb+srv://h:27017/", "a single host without a port"),
        ("mongodb+srv://h,g/", "a single host without a port"),
    ],
)
def test_what_is_wrong_with_a_uri_is_said_with_the_mend(uri, told):
    assert told in fault_of(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://h",
        "mongodb://h?tls=true",
        "mongodb://u:p@h/d?authSource=admin&replicaSet=rs&readPreferenceTags=dc:a&readPreferenceTags=",
        "mongodb://u:p@h/?appName=a@b",
        "mongodb://h/?appName=a%40b",
        "mongodb+srv://u:p@h.example/d?srvMaxHosts=2&w=majority",
        "mongodb://u:p%2B%2F%3D@h/?authMechanism=SCRAM-SHA-1",
        "mongodb://h/%C3%9Cber",
    ],
)
def test_a_sound_uri_has_no_fault(uri):
    assert fault_of(uri) is None


def test_parts_are_those_that_the_driver_sees():
    parts = cut("mongodb://u:p%2B@h:1,g/d%20e?tls=true;W=2")
    assert (parts.login, parts.hosts, parts.database) == ("u:p%2B", "h:1,g", "d e")
    assert (parts.options, parts.wants_tls) == ({"tls": "true", "w": "2"}, True)
    assert cut("mongodb+srv://h").wants_tls
    assert not cut("mongodb+srv://h/?tls=false").wants_tls


def test_pieces_are_every_part_that_may_not_be_shown_as_written_and_as_meant():
    found = pieces("mongodb://us%65r:pa%2Fss+w@host/da%20ta?authSource=ad%6Din")
    assert found >= {"us%65r", "user", "pa%2Fss+w", "pa/ss w", "pa/ss+w", "ss", "da ta", "admin"}
    assert not any("host" in piece for piece in found)
