"""The providers' own examples: what they signed and sealed verifies and opens here."""

import json
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from ticketing.money.providers import PROVIDERS
from ticketing.money.providers.base import BadSignature, EventKind
from ticketing.money.providers.rsa import is_signed, public_key
from ticketing.money.providers.wechat_messages import in_lines, opened

ALIPAY, WECHAT = PROVIDERS["alipay"], PROVIDERS["wechat"]

# A notification that Alipay sent in 2019, and its key: github.com/alipay/alipay-sdk-nodejs-all, test/alipay.test.ts.
ALIPAYS_KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAqObrdC7hrgAVM98tK0nv3hSQRGGKT4lBsQjHiGjeYZjOPIPHR5knm2jnnz/Y"
    "GIXIofVHkA/tAlBAd5DrY7YpvI4tP5EONLtZKC2ghBMx7McI2wRD0xiqzxOQr1FuhZGJ8/AUokBzJrzY+aGX2xcOrxFYRlFilvVLTXg4"
    "LWjR1tdPkO6+i7wQZAIVMClPkwVRZEbaERRHlKqTzv2gGv5rDU8gRoe1LeaN+6BlbTqHWkQcNCUNrA8C6l17XAXGKDsm/9TFWwO8EPHH"
    "HCaQdjtV5/FdcWIt+L8SR1ss7EXTjYDFtxcKVv9rEoY1lX8T4mX+GbXfZHraG5NCF1+XioL5JwIDAQAB"
)
ALIPAYS_WORDS = {
    "gmt_create": "2019-08-15 15:56:22",
    "charset": "utf-8",
    "seller_email": "z97-yuquerevenue@service.aliyun.com",
    "subject": "语雀空间 500人规模",
    "sign": (
        "QfTb8tqE1BMhS5qAnXtvsF3/jBkEvu9q9en0pdbBUDDjvKycZhQb7h8GDs4FKfi049PynaNuatxSgLb/nLWZpXyyh0LEWdK2S6Ri7nPw"
        "rVgOs08zugLO20vOQz44y3ti2Ncm8/wZts1Fr2gZ7pShnVX3d1B50hbsXnObT1r/U8ONNQjWXd0HIul4TG+Q3fm3svmSvFEy0Wnzuhcy"
        "HPX5Gm4ELNctL6Qd5YniGJFNcc7kopHYtI/XD9YCKCH6Ct02rzUs9i11C9CsadtZn+WhxF26Dqt9sGEFajkJ8cxUTLi8+VCpLHsgPE8P"
        "0y095uQcDdK0YjCh4x7wVSov+lrmOQ=="
    ),
    "buyer_id": "2088102534368455",
    "invoice_amount": "0.10",
    "notify_id": "2019081500222155624068450559358070",
    "fund_bill_list": '[{"amount":"0.10","fundChannel":"ALIPAYACCOUNT"}]',
    "notify_type": "trade_status_sync",
    "trade_status": "TRADE_SUCCESS",
    "receipt_amount": "0.10",
    "buyer_pay_amount": "0.10",
    "sign_type": "RSA2",
    "app_id": "2019073166072302",
    "seller_id": "2088531891668739",
    "gmt_payment": "2019-08-15 15:56:24",
    "notify_time": "2019-08-15 15:56:25",
    "version": "1.0",
    "out_trade_no": "20190815155618536-564-57",
    "total_amount": "0.10",
    "trade_no": "2019081522001468450512505578",
    "auth_app_id": "2019073166072302",
    "buyer_logon_id": "xud***@126.com",
    "point_amount": "0.00",
}
THEN = datetime.fromisoformat("2019-08-15T15:57:00+08:00")

# pay.weixin.qq.com/wiki/doc/apiv3/wechatpay/wechatpay4_0.shtml: a signed request; of its key the public half.
EXAMPLES_KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAptpm+qvIDCh/9wjU26SQCK26ogYkBhDrYxnAaw2JbbBsp1oDbHKk+1r381Ne"
    "BUG2HEFAuU+Fr72u5ot3yKdzoF/FajAzQNKnm569/D3upKoi8mYBaST15Uig8j8qoUW1U217LL0jEHlSnHV3lcaDTXqDpTRR4Bfz9IqO"
    "gJgFZ8/oTfEomSrjrLYef81Eyxr7ZIMQXEKKEK7V4UXKS0+/fDsiG/cXidhzt8UbTL9vqXqxM2+IDImyO+FAc/tkBG55LmzxPto1Nq0W"
    "bnZzRM/wTzrd0I/8NlevxtFbphg4evlHjFNI7+GrqR87ViEwuAJJ9Je5QQjct5YJfFRWiZ5CMQIDAQAB"
)
EXAMPLES_BODY = (
    '{"appid":"wxd678efh567hg6787","mchid":"1900007291","description":"Image形象店-深圳腾大-QQ公仔",'
    '"out_trade_no":"1217752501201407033233368018","notify_url":"https://www.weixin.qq.com/wxpay/pay.php",'
    '"amount":{"total":100,"currency":"CNY"},"payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}}'
)
EXAMPLES_SIGNATURE = (
    "jnks4dlrPw3ZX+ozVvSK39oa0t7OMBsg83BHAwd8BRdUFiVaQNTLTvci+wURgP1OQBbKYhFGvt7iqYpDSTQkp7Uq1sltaQKyncCyrA1g"
    "88m5bsKERQfPyT0ahSwKTYJ1CAn9QiJuSJRq1QsQs07eehbU/k9BCS51jTyc1Jpsi2H77HF9f/BnjXAOP3/sPObg6V5Ee4EzwLox684h"
    "huMuIwHo7D8KFk3LIHOKDcNI4It1aCXydFWNpNK+SG86VUDe5kwoDpw4Ulqfu9z8OFDGbDs9TCxEv8iqQzbpxOlEVoOe2kalSYM5kApQ"
    "b3nZcxdUtoE0liJGW3RGUNE0t4v01A=="
)

# pay.weixin.qq.com/wiki/doc/apiv3/wechatpay/wechatpay4_1.shtml: an answer, and the public key it is checked by.
WECHATS_KEY = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwXNI6sdlknHBnK8Fu2U6Cwor9qY747jP8KAfeBMeveEt1TqaHkLfaSD07trZ"
    "LhGpfs8/AHqjhgSMO1O10YQWOrrJ4hjIWPKqxbgrYMkBQc+mwdiWp4W3ByCqxBRagCveCXRWCmuJYovl9H/bsDI0iGbpVtEOghJtfcii"
    "sYSgxcLufUDTRkvwxjIBK1pCRjk33jJ5YTBWTHMRtMAOcFLNF6hdEYdX8SPsgHHeLZ5Lv2T/686w1xtgCHef/sd4uSfWmyzsalQdHG/e"
    "4IyYmrhx+O3VBoNDzE3nx23bFeV/RVNCG7cV6VhmYokJNHa/erIPkEmEFID6A5wQOXuxUkmJWwIDAQAB"
)
WECHATS_BODY = b'{"code_url":"weixin://wxpay/bizpayurl?pr=JyC91EIz1"}'
WECHATS_HEADERS = {
    "Wechatpay-Timestamp": "1722850421",
    "Wechatpay-Nonce": "d824f2e086d3c1df967785d13fcd22ef",
    "Wechatpay-Serial": "PUB_KEY_ID_EXAMPLE",
    "Wechatpay-Signature": (
        "mfI1CPqvBrgcXfgXMFjdNIhBf27ACE2YyeWsWV9ZI7T7RU0vHvbQpu9Z32ogzc+k8ZC5n3kz7h70eWKjgqNdKQF0eRp8mVKlmfzMLBVH"
        "bssB9jEZEDXThOX1XFqX7s7ymia1hoHQxQagPGzkdWxtlZPZ4ZPvr1RiqkgAu6Is8MZgXXrRoBKqjmSdrP1N7uxzJ/cjfSiis9FiLjuA"
        "DoqmQ1P7p2N876YPAol7Rn0+GswwAwxldbdLrmVSjfytfSBJFqTMHn4itojgxSWWN1byuckQt8hSTEv/Lg97QoeGniYP17T80pJeQyL3"
        "b+295FPHSO2AtvCgyIbKMZ0BALilAA=="
    ),
}


@pytest.fixture
def alipays_shop(settings):
    """The shop that the notification was for."""
    settings.ALIPAY_APP_ID, settings.ALIPAY_SELLER_ID = "2019073166072302", "2088531891668739"
    settings.ALIPAY_PUBLIC_KEY = ALIPAYS_KEY


def test_a_notification_that_alipay_really_sent_verifies_and_is_none_of_ours(alipays_shop):
    body = urlencode(ALIPAYS_WORDS).encode()

    ALIPAY.check_signature({}, body, now=THEN)

    event = ALIPAY.read_event(body)
    assert (event.kind, event.id) == (EventKind.OTHER, ALIPAYS_WORDS["notify_id"])


@pytest.mark.parametrize("name", sorted(set(ALIPAYS_WORDS) - {"sign"}))
def test_no_word_of_it_can_be_changed(alipays_shop, name):
    changed = {**ALIPAYS_WORDS, name: f"{ALIPAYS_WORDS[name]}1"}

    with pytest.raises(BadSignature):
        ALIPAY.check_signature({}, urlencode(changed).encode(), now=THEN)


def test_nobody_can_play_it_again_days_later(alipays_shop):
    with pytest.raises(BadSignature):
        ALIPAY.check_signature({}, urlencode(ALIPAYS_WORDS).encode(), now=THEN + timedelta(days=3))


def test_a_request_to_wechat_is_put_in_lines_as_in_its_example():
    words = ("POST", "/v3/pay/transactions/jsapi", "1554208460", "593BEC0C930BF1AFEB40B4A08C8FB242")
    message = in_lines(*words, body=EXAMPLES_BODY.encode())

    assert is_signed(message, EXAMPLES_SIGNATURE, public_key(EXAMPLES_KEY))
    assert not is_signed(message[:-1], EXAMPLES_SIGNATURE, public_key(EXAMPLES_KEY))


def test_an_answer_that_wechat_really_gave_verifies_at_its_time_only(settings):
    settings.WECHAT_PAY_PUBLIC_KEY_ID, settings.WECHAT_PAY_PUBLIC_KEY = "PUB_KEY_ID_EXAMPLE", WECHATS_KEY
    then = datetime.fromtimestamp(1722850421).astimezone()

    WECHAT.check_signature(WECHATS_HEADERS, WECHATS_BODY, now=then)

    for body, now in ((WECHATS_BODY + b" ", then), (WECHATS_BODY, then + timedelta(minutes=6))):
        with pytest.raises(BadSignature):
            WECHAT.check_signature(WECHATS_HEADERS, body, now=now)


def test_what_wechats_own_kit_sealed_opens(settings):
    # github.com/wechatpay-apiv3/wechatpay-go, utils/aes_test.go; its text is no JSON, which is how far one gets.
    settings.WECHAT_PAY_API_V3_KEY = "testAPIv3Key0000"
    resource = {
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": "FsdXzxryWfKwvLJKf8LG/ToRPTRh8RN9wROC",
        "nonce": "wCq51qZv4Yfg",
        "associated_data": "Dl56FrqWQJF1t9LtC3vEUsniZKvbqdR8",
    }

    with pytest.raises(json.JSONDecodeError) as plain:
        opened(resource)

    assert plain.value.doc == "Hello World"
