"""URIs with a secret in every place where one can be: user, password, database, options; escaped, or not."""

import base64
import random
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from hypothesis import strategies as st

PART = 5
"""So many characters of a secret in a row are a part of it; fewer may be there by chance."""

OPTIONS = (
    "tlsCertificateKeyFilePassword={}",
    "tlsCertificateKeyFile={}",
    "tlsCAFile={}",
    "authMechanism=MONGODB-AWS&authMechanismProperties=AWS_SESSION_TOKEN:{}",
    "authMechanismProperties={}:{}",
    "authSource={}",
    "replicaSet={}",
    "appName={}",
    "readPreferenceTags=dc:{}",
    "w={}",
    "tls={}",
    "{}={}",
    "{}",
)


@dataclass(frozen=True)
class SecretUri:
    """A URI, and what is secret in it."""

    uri: str
    secrets: tuple[str, ...]


def make_secret(chance: random.Random) -> str:
    """Return a password as programs make them: base64, with its ``+``, ``/`` and ``=``, or letters and signs."""
    if chance.random() < 0.5:
        return base64.b64encode(chance.randbytes(chance.randrange(6, 24))).decode()
    return "".join(chance.choice("abcXYZ0189/+:@?#[]%&=;,.$ ü'\"\\") for _ in range(chance.randrange(PART, 20)))


@st.composite
def secret_uris(draw, hosts: str = "127.0.0.1:1") -> SecretUri:
    """Give URIs that lead to `hosts`, or are none."""
    chance = random.Random(draw(st.integers(0, 2**64)))  # Hypothesis would choose secrets that any text holds parts of
    escape = draw(st.sampled_from([str, str, lambda text: quote(text, safe=""), quote_plus]))
    secrets = [make_secret(chance) for _ in range(4)]
    user, password, database, value = map(escape, secrets)
    login = draw(st.sampled_from(["", f"{user}:{password}@", f"{user}@", f"u:{password}@", f"{user}:{password}"]))
    path = draw(st.sampled_from(["", "/", f"/{database}", f"/{database}.{database}", "/d"]))
    options = draw(st.lists(st.sampled_from(OPTIONS), max_size=2, unique=True))
    query = "&".join(option.replace("{}", value) for option in options)
    scheme = draw(st.sampled_from(["mongodb://", "mongodb://", "mongodb://", "", "mongo://", "mongodb:/"]))
    return SecretUri(f"{scheme}{login}{hosts}{path}{'?' if query else ''}{query}", tuple(secrets))


def parts_shown(told: str, secrets: tuple[str, ...]) -> list[str]:
    """Return what of the secrets is to be seen in a text, however it is quoted."""
    spelt = {spell(secret) for secret in secrets for spell in (str, quote, quote_plus, lambda text: repr(text)[1:-1])}
    parts = {each[start : start + PART] for each in spelt for start in range(len(each) - PART + 1)}
    return sorted(part for part in parts if part in told)
