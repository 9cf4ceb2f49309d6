#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Sends standard input over TLS, as a log sender would.

usage: send_tls.py PORT CA [CERTIFICATE KEY]

Whether the peer took it is not known here: it may refuse us after our side of
the handshake.
"""
import socket
import ssl
import sys

context = ssl.create_default_context(cafile=sys.argv[2])
if len(sys.argv) > 3:
    context.load_cert_chain(sys.argv[3], sys.argv[4])
plain = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10)
tls = context.wrap_socket(plain, server_hostname="localhost")
tls.sendall(sys.stdin.buffer.read())
# Its answer to our goodbye, or to what it does not like.
tls.settimeout(5)
tls.unwrap()
