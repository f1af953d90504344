"""Signs and verifies messages of the network's profile with the Python package
http-message-signatures: JSON on standard input, JSON on standard output."""

import datetime
import json
import sys

from cryptography.hazmat.primitives.asymmetric import ed25519
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

REQUEST = ("@method", "@target-uri", "content-digest")
ANSWER = (
    '"@status"',
    '"content-digest"',
    '"@method";req',
    '"@target-uri";req',
    '"signature";req;key="eccoe"',
)


class Message:
    def __init__(self, source):
        self.method = source["method"]
        self.url = source["url"]
        self.headers = dict(source["headers"])


class Answer:
    def __init__(self, source, request):
        self.status_code = source["status"]
        self.headers = dict(source["headers"])
        self.request = request


class Keys(HTTPSignatureKeyResolver):
    def __init__(self, seed):
        self.key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(seed))

    def resolve_public_key(self, key_id):
        return self.key.public_key()

    def resolve_private_key(self, key_id):
        return self.key


def main():
    source = json.load(sys.stdin)
    keys = Keys(source["seed"])
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    request = Message(source["request"])
    verifier.verify(request, expect_tag="eccoe-v1", expect_label="eccoe")
    verifier.verify(
        Answer(source["answer"], request), expect_tag="eccoe-v1", expect_label="eccoe"
    )
    now = datetime.datetime.now(datetime.timezone.utc)
    own = Message(source["request"])
    own.headers = {"Content-Digest": own.headers["content-digest"]}
    signer.sign(
        own,
        key_id="kid",
        created=now,
        expires=now + datetime.timedelta(seconds=300),
        nonce="0123456789abcdef",
        label="eccoe",
        tag="eccoe-v1",
        covered_component_ids=REQUEST,
        use_existing_digest=True,
    )
    answer = Answer(source["answer"], request)
    answer.headers = {"Content-Digest": answer.headers["content-digest"]}
    signer.sign(
        answer,
        key_id="kid",
        created=now,
        label="eccoe",
        tag="eccoe-v1",
        covered_component_ids=ANSWER,
        use_existing_digest=True,
    )
    json.dump({"request": own.headers, "answer": answer.headers}, sys.stdout)


main()
