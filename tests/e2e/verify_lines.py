# SPDX-License-Identifier: Apache-2.0
"""Verifies answers in lines with OpenSSL's libcrypto: a process of openssl(1)
for each would take minutes.

usage: verify_lines.py PUBLIC_KEY.pem <ANSWERS

Prints how many lines there were; status 1 at the first that does not verify.
"""
import base64
import sys

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

HASHES = {32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512()}


def verify(key, digest, signature):
    prehashed = utils.Prehashed(HASHES[len(digest)])
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, digest, ec.ECDSA(prehashed))
    else:
        key.verify(signature, digest, padding.PKCS1v15(), prehashed)


def main(file):
    with open(file, "rb") as pem:
        key = serialization.load_pem_public_key(pem.read())
    count = 0
    for line in sys.stdin.buffer:
        count += 1
        try:
            digest, signature, _ = line.lstrip(b"\\").split(b"  ", 2)
            verify(
                key,
                bytes.fromhex(digest.decode()),
                base64.b64decode(signature, validate=True),
            )
        except (ValueError, KeyError, InvalidSignature):
            print("does not verify:", line, file=sys.stderr)
            return 1
    print(count)
    return 0


sys.exit(main(sys.argv[1]))
