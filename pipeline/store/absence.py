"""Why no MongoDB answered, as far as a look at its hosts tells: nobody there, no TLS, another replica set."""

import socket
import ssl
from collections.abc import Sequence

from bson.errors import BSONError

from pipeline.errors import StoreError, UnreachableError
from pipeline.store.probe import Seen, look_both_ways
from pipeline.store.uri import Parts

UNVERIFIED = {
    10: "the certificate of {host} has expired: renew it there",
    18: "nobody known here vouches for the certificate of {host}, which signed itself: name its authority by tlsCAFile",
    62: "the certificate of {host} is for another name: write the host in MONGODB_URI as the certificate does",
    64: "the certificate of {host} is for another address: write the host in MONGODB_URI as the certificate does",
}
"""By OpenSSL's code of why a certificate is not believed."""

UNKNOWN_AUTHORITY = "nobody known here vouches for the certificate of {host}: name its authority by tlsCAFile"


def why_unanswered(parts: Parts, shown: str, waited_s: float) -> StoreError:
    """Look at the hosts, and return why none of them is of use.

    Parameters
    ----------
    parts : Parts
        of the URI
    shown : str
        what of it may be shown
    waited_s : float
        how long the driver waited in vain, seconds
    """
    waited = UnreachableError(
        f"no MongoDB answers at {shown} within {waited_s:g} s; start it, correct MONGODB_URI, or unset it to use the "
        "embedded server"
    )
    if parts.is_srv:  # DNS knows the hosts, the URI does not
        return waited
    try:
        asked = _tls_of(parts) if parts.wants_tls else None
    except (OSError, ssl.SSLError):
        return waited
    seen = look_both_ways(parts.hosts.split(","), asked)
    for as_asked, other_way in seen:
        if (error := _told_of(as_asked, other_way, parts)) is not None:
            return error
    if all(not as_asked.is_there and not other_way.is_there for as_asked, other_way in seen):
        return UnreachableError(f"no MongoDB answers at {shown}: {_absent([as_asked for as_asked, _ in seen])}")
    return waited


def _told_of(as_asked: Seen, other_way: Seen, parts: Parts) -> StoreError | None:
    """Return what one host tells of the cause, if anything."""
    host, failure = as_asked.name, as_asked.failure
    if as_asked.is_mongodb:
        return _told_of_set(as_asked, parts)
    if parts.wants_tls:
        if other_way.is_mongodb:
            return StoreError(f"MongoDB at {host} speaks no TLS: leave tls and ssl out of MONGODB_URI")
        if isinstance(failure, ssl.SSLCertVerificationError):
            fault = UNVERIFIED.get(failure.verify_code, UNKNOWN_AUTHORITY)
            return StoreError(f"MongoDB can't be spoken to by TLS: {fault.format(host=host)}")
        if as_asked.by_tls and _ended(failure):
            return StoreError(
                f"{host} ends the connection once TLS is agreed on: it may ask for a certificate of this machine; name "
                "one by tlsCertificateKeyFile"
            )
    elif other_way.is_mongodb or (other_way.by_tls and _ended(other_way.failure)):
        return StoreError(f"MongoDB at {host} speaks TLS alone: add the option tls=true to MONGODB_URI")
    if isinstance(failure, (ValueError, BSONError, ssl.SSLError)):
        return StoreError(f"what answers at {host} is not MongoDB: correct host and port in MONGODB_URI")
    return None


def _ended(failure: Exception | None) -> bool:
    """Tell whether the other side ended a connection, rather than kept silent or spoke another language."""
    return isinstance(failure, (ssl.SSLError, ConnectionError))


def _told_of_set(seen: Seen, parts: Parts) -> StoreError | None:
    """Return what a server that answers tells of its replica set, if that is the cause."""
    host, its_set, wanted = seen.name, seen.hello.get("setName"), parts.options.get("replicaset")
    if wanted is not None and its_set is None:
        return StoreError(f"MongoDB at {host} belongs to no replica set: leave replicaSet out of MONGODB_URI")
    if wanted is not None and its_set != wanted:
        return StoreError(
            f"MongoDB at {host} belongs to the replica set {its_set!r}: correct replicaSet in MONGODB_URI"
        )
    if its_set is not None and "primary" not in seen.hello:
        return UnreachableError(f"the replica set {its_set!r} of {host} has no primary: start more of its members")
    if its_set is not None:
        return UnreachableError(
            f"MongoDB at {host} names {seen.hello['primary']} as the primary of its set, which can't be reached from "
            "here by that name: make it known here, or add directConnection=true to use this member alone"
        )
    return None


def _absent(seen: Sequence[Seen]) -> str:
    """Return why no host is there, and the mend."""
    failures = [each.failure for each in seen]
    if all(isinstance(failure, socket.gaierror) for failure in failures):
        return "DNS does not know the host; correct it in MONGODB_URI"
    if all(isinstance(failure, PermissionError) for failure in failures):
        return "its socket is not yours to use; ask its owner, or unset MONGODB_URI to use the embedded server"
    if all(isinstance(failure, (ConnectionRefusedError, FileNotFoundError)) for failure in failures):
        return "nothing listens there; start it, correct MONGODB_URI, or unset it to use the embedded server"
    return (
        "the host does not take the connection; start it, let this machine through its firewall, correct MONGODB_URI, "
        "or unset it to use the embedded server"
    )


def _tls_of(parts: Parts) -> ssl.SSLContext:
    """Return how the URI asks to speak TLS."""
    context = ssl.create_default_context(cafile=parts.value("tlsCAFile"))
    is_lax = {name for name, value in parts.options.items() if value == "true"}
    if is_lax & {"tlsinsecure", "tlsallowinvalidhostnames", "tlsallowinvalidcertificates"}:
        context.check_hostname = False
    if is_lax & {"tlsinsecure", "tlsallowinvalidcertificates"}:
        context.verify_mode = ssl.CERT_NONE
    certificate, password = parts.value("tlsCertificateKeyFile"), parts.value("tlsCertificateKeyFilePassword")
    if certificate is not None:
        context.load_cert_chain(certificate, password=password)
    return context
