"""SHA-256 with RSA as RFC 8017 writes it down, by Python's own numbers: the house does the same by `cryptography`."""

import base64
import hashlib
from datetime import datetime, timedelta
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

# RFC 8017, section 9.2, note 1: what stands before a SHA-256 digest.
DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


class Key:
    """A pair of keys, made when first needed."""

    @cached_property
    def made(self):
        return generate_private_key(65537, 2048)

    @cached_property
    def _primes(self) -> tuple[int, int, int, int, int]:
        numbers = self.made.private_numbers()
        return numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp

    def sign(self, message: bytes) -> str:
        """RSASSA-PKCS1-v1_5, section 8.2.1: in base64."""
        p, q, d_p, d_q, q_inverse = self._primes
        padded = int.from_bytes(self._padded(message))
        of_p, of_q = pow(padded, d_p, p), pow(padded, d_q, q)  # section 5.1.2, by the primes: four times as fast
        signature = of_q + q * ((of_p - of_q) * q_inverse % p)
        return base64.b64encode(signature.to_bytes(256)).decode()

    def verifies(self, message: bytes, signature: str) -> bool:
        """Section 8.2.2: whether this pair signed it."""
        numbers = self.made.public_key().public_numbers()
        try:
            opened = pow(int.from_bytes(base64.b64decode(signature, validate=True)), numbers.e, numbers.n)
        except ValueError:
            return False
        return opened.to_bytes(256) == self._padded(message)

    def private_line(self) -> str:
        """The private half as Alipay's tool prints it: base64 without head and foot."""
        return base64.b64encode(self.made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()

    def private_pem(self) -> str:
        """The private half as a file, ``apiclient_key.pem`` say."""
        return self.made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    def public_line(self) -> str:
        """The public half as Alipay's pages print it."""
        return base64.b64encode(self._public(Encoding.DER)).decode()

    def public_pem(self) -> str:
        """The public half as a file, ``pub_key.pem`` say."""
        return self._public(Encoding.PEM).decode()

    def _public(self, encoding: Encoding) -> bytes:
        return self.made.public_key().public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)

    def _padded(self, message: bytes) -> bytes:
        tail = b"\x00" + DIGEST_INFO + hashlib.sha256(message).digest()
        return b"\x00\x01" + b"\xff" * (256 - 2 - len(tail)) + tail


def certificate(key: Key, serial: int, *, since: datetime, lasts: timedelta = timedelta(days=1825)) -> str:
    """A certificate of WeChat's as the merchant platform hands it out."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Tenpay.com sign")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.made.public_key())
    builder = builder.serial_number(serial).not_valid_before(since).not_valid_after(since + lasts)
    return builder.sign(key.made, SHA256()).public_bytes(Encoding.PEM).decode()
