"""How messages to and from WeChat Pay are signed and sealed.

Documentation, below pay.weixin.qq.com/wiki/doc/apiv3: our signatures ``/wechatpay/wechatpay4_0.shtml``, WeChat's
``/wechatpay/wechatpay4_1.shtml``, encryption ``/wechatpay/wechatpay4_2.shtml``; and below
pay.weixin.qq.com/doc/v3/merchant its public key in place of certificates ``/4012154180``.
"""

import base64
import json
import secrets
from datetime import datetime
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509 import Certificate, load_pem_x509_certificates
from django.conf import settings

from ticketing.money.providers.rsa import private_key, public_key, sign

Row = dict[str, Any]


def in_lines(*words: str, body: bytes) -> bytes:
    """What is signed: each word and the body on a line of its own."""
    return "".join(f"{word}\n" for word in words).encode() + body + b"\n"


def signed_headers(method: str, path: str, body: bytes, now: datetime) -> dict[str, str]:
    """What says, with a request, who asks."""
    moment, nonce = str(int(now.timestamp())), secrets.token_hex(16).upper()
    message = in_lines(method, path, moment, nonce, body=body)
    facts = {
        "mchid": settings.WECHAT_PAY_MCH_ID,
        "nonce_str": nonce,
        "timestamp": moment,
        "serial_no": settings.WECHAT_PAY_SERIAL,
        "signature": sign(message, private_key(settings.WECHAT_PAY_PRIVATE_KEY)),
    }
    words = ",".join(f'{name}="{value}"' for name, value in facts.items())
    headers = {"Authorization": f"WECHATPAY2-SHA256-RSA2048 {words}", "Accept": "application/json"}
    if body:
        headers["Content-Type"] = "application/json"
    if settings.WECHAT_PAY_PUBLIC_KEY_ID:  # which of its keys it shall sign its answer with
        headers["Wechatpay-Serial"] = settings.WECHAT_PAY_PUBLIC_KEY_ID
    return headers


def platform_key(serial: str, now: datetime) -> RSAPublicKey | None:
    """The key of WeChat's that has this number: its public key, or that of a certificate which is valid now."""
    if serial and serial == settings.WECHAT_PAY_PUBLIC_KEY_ID and settings.WECHAT_PAY_PUBLIC_KEY:
        return public_key(settings.WECHAT_PAY_PUBLIC_KEY)
    certificate = certificates_in(settings.WECHAT_PAY_CERTIFICATES).get(serial.upper().lstrip("0"))
    if certificate is None or not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        return None
    key = certificate.public_key()
    return key if isinstance(key, RSAPublicKey) else None


@cache
def certificates_in(text: str) -> dict[str, Certificate]:
    """WeChat's certificates by their numbers. Raises ValueError for a text that has none."""
    found = load_pem_x509_certificates(text.encode()) if text else []
    return {f"{certificate.serial_number:X}": certificate for certificate in found}


def opened(resource: Row) -> Row:
    """What only the house can read. Raises ValueError, KeyError."""
    if resource["algorithm"] != "AEAD_AES_256_GCM":
        raise ValueError(resource["algorithm"])
    key, secret = settings.WECHAT_PAY_API_V3_KEY.encode(), base64.b64decode(resource["ciphertext"], validate=True)
    try:
        plain = AESGCM(key).decrypt(resource["nonce"].encode(), secret, resource.get("associated_data", "").encode())
    except InvalidTag:
        raise ValueError("WECHAT_PAY_API_V3_KEY does not open this notification.") from None
    return json.loads(plain)
