"""SHA-256 with RSA (PKCS #1 v1.5), which Alipay calls RSA2 and WeChat Pay SHA256-RSA2048, and the keys for it."""

import base64
from functools import cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

PEM = "-----BEGIN"


@cache
def private_key(text: str) -> RSAPrivateKey:
    """A private key, in PEM or as one line of base64. Raises ValueError for anything else."""
    try:
        key = load_pem_private_key(text.encode(), None) if PEM in text else load_der_private_key(_der(text), None)
    except TypeError as fault:  # it asks for a password
        raise ValueError("encrypted") from fault
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(type(key).__name__)
    return key


@cache
def public_key(text: str) -> RSAPublicKey:
    """A public key, likewise. Raises ValueError for anything else."""
    key = load_pem_public_key(text.encode()) if PEM in text else load_der_public_key(_der(text))
    if not isinstance(key, RSAPublicKey):
        raise ValueError(type(key).__name__)
    return key


def sign(message: bytes, key: RSAPrivateKey) -> str:
    """The signature, in base64."""
    return base64.b64encode(key.sign(message, PKCS1v15(), SHA256())).decode()


def is_signed(message: bytes, signature: str, key: RSAPublicKey) -> bool:
    """Whether whoever has the other half of the key signed the message."""
    try:
        key.verify(base64.b64decode(signature, validate=True), message, PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def unreadable_keys(*, private: tuple[str, ...] = (), public: tuple[str, ...] = ()) -> list[str]:
    """Which of these settings have a value that is no RSA key, in words for whoever starts the house."""
    unreadable = []
    for load, names in ((private_key, private), (public_key, public)):
        for name in names:
            try:
                if text := getattr(settings, name):
                    load(text)
            except ValueError:
                unreadable.append(f"an RSA key in {name}")
    return unreadable


def _der(text: str) -> bytes:
    return base64.b64decode("".join(text.split()), validate=True)
