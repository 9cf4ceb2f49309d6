# SPDX-License-Identifier: Apache-2.0
"""A small SSH client that does only what a test tells it to.

curve25519-sha256, aes128-ctr with hmac-sha2-256, Ed25519 user keys.  It sends
messages when and how the test says (several in one segment, byte by byte, with
a wrong signature, beyond the window) and never adjusts a window by itself.
"""

import hashlib
import hmac
import os
import socket
import struct
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

DISCONNECT, IGNORE, UNIMPLEMENTED = 1, 2, 3
SERVICE_REQUEST, SERVICE_ACCEPT, EXT_INFO = 5, 6, 7
KEXINIT, NEWKEYS = 20, 21
USERAUTH_REQUEST, USERAUTH_FAILURE, USERAUTH_SUCCESS = 50, 51, 52
USERAUTH_PK_OK = 60
GLOBAL_REQUEST, REQUEST_SUCCESS, REQUEST_FAILURE = 80, 81, 82
CHANNEL_OPEN, OPEN_CONFIRMATION, OPEN_FAILURE = 90, 91, 92
WINDOW_ADJUST, DATA, EXTENDED_DATA, EOF, CLOSE = 93, 94, 95, 96, 97
CHANNEL_REQUEST, CHANNEL_SUCCESS, CHANNEL_FAILURE = 98, 99, 100


def text(value):
    if isinstance(value, str):
        value = value.encode()
    return struct.pack(">I", len(value)) + value


def number(value):
    return struct.pack(">I", value)


def mpint(data):
    data = data.lstrip(b"\0")
    return text(b"\0" + data if data and data[0] & 0x80 else data)


class Gone(Exception):
    """The server ended the connection; args: reason text, or None."""


class Client:
    def __init__(self, port, timeout=10):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.timeout = timeout
        self.buffer = b""
        self.send_number = self.recv_number = 0
        self.encrypt = self.decrypt = None
        self.session_id = None
        self.held = None  # packets that go out together

    # -- bytes ---------------------------------------------------------

    def fill(self, count):
        deadline = time.monotonic() + self.timeout
        while len(self.buffer) < count:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            data = self.socket.recv(65536)
            if not data:
                raise Gone(None)
            self.buffer += data

    def take(self, count):
        self.fill(count)
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def raw(self, data):
        self.socket.sendall(data)

    # -- packets -------------------------------------------------------

    def pack(self, payload):
        block = 16 if self.encrypt else 8
        padding = block - (len(payload) + 5) % block
        padding += block if padding < 4 else 0
        packet = struct.pack(">IB", len(payload) + padding + 1, padding)
        packet += payload + os.urandom(padding)
        if self.encrypt:
            mac = hmac.new(self.mac_out,
                           number(self.send_number) + packet, hashlib.sha256)
            packet = self.encrypt.update(packet) + mac.digest()
        self.send_number = (self.send_number + 1) & 0xffffffff
        return packet

    def send(self, *payloads):
        data = b"".join(self.pack(p) for p in payloads)
        if self.held is not None:
            self.held += data
        else:
            self.raw(data)

    def hold(self):
        self.held = b""

    def release(self):
        data, self.held = self.held, None
        self.raw(data)

    def receive(self):
        """The next packet that matters."""
        while True:
            if self.decrypt:
                head = self.decrypt.update(self.take(16))
                length = struct.unpack(">I", head[:4])[0]
                rest = self.take(length - 12 + 32)
                packet = head + self.decrypt.update(rest[:-32])
                packet = packet[4:]
            else:
                length = struct.unpack(">I", self.take(4))[0]
                packet = self.take(length)
            self.recv_number += 1
            payload = packet[1:len(packet) - packet[0]]
            if payload[0] == DISCONNECT:
                size = struct.unpack(">I", payload[5:9])[0]
                raise Gone(payload[9:9 + size].decode())
            if payload[0] not in (IGNORE, EXT_INFO, WINDOW_ADJUST):
                return payload

    def expect(self, *types):
        payload = self.receive()
        assert payload[0] in types, f"message {payload[0]}, not {types}"
        return payload

    # -- key exchange --------------------------------------------------

    def banner(self, mine=b"SSH-2.0-test"):
        self.mine = mine
        self.raw(mine + b"\r\n")
        while b"\n" not in self.buffer:
            self.fill(len(self.buffer) + 1)
        line, self.buffer = self.buffer.split(b"\n", 1)
        self.theirs = line.rstrip(b"\r")

    def kexinit(self):
        lists = ["curve25519-sha256", "ssh-ed25519", "aes128-ctr",
                 "aes128-ctr", "hmac-sha2-256", "hmac-sha2-256", "none",
                 "none", "", ""]
        return (bytes([KEXINIT]) + os.urandom(16) +
                b"".join(text(x) for x in lists) + b"\0" + number(0))

    def exchange(self, last=True, theirs=None):
        """Key exchange; with last=False our NEWKEYS is left to the test."""
        mine = self.kexinit()
        self.send(mine)
        theirs = theirs or self.expect(KEXINIT)
        private = x25519.X25519PrivateKey.generate()
        public = private.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.send(bytes([30]) + text(public))
        reply = self.expect(31)[1:]
        fields = []
        while reply:
            size = struct.unpack(">I", reply[:4])[0]
            fields.append(reply[4:4 + size])
            reply = reply[4 + size:]
        host, point, _signature = fields
        secret = mpint(private.exchange(
            x25519.X25519PublicKey.from_public_bytes(point)))
        digest = hashlib.sha256(
            text(self.mine) + text(self.theirs) + text(mine) + text(theirs) +
            text(host) + text(public) + text(point) + secret).digest()
        self.session_id = self.session_id or digest
        self.secrets = (secret, digest)
        self.expect(NEWKEYS)
        self.switch_in()
        if last:
            self.send(bytes([NEWKEYS]))
            self.switch_out()

    def derive(self, letter):
        secret, digest = self.secrets
        return hashlib.sha256(secret + digest + letter +
                              self.session_id).digest()

    def switch_in(self):
        self.decrypt = Cipher(algorithms.AES(self.derive(b"D")[:16]),
                              modes.CTR(self.derive(b"B")[:16])).decryptor()

    def switch_out(self):
        self.encrypt = Cipher(algorithms.AES(self.derive(b"C")[:16]),
                              modes.CTR(self.derive(b"A")[:16])).encryptor()
        self.mac_out = self.derive(b"E")

    def start(self):
        self.banner()
        self.exchange()
        return self

    # -- login ---------------------------------------------------------

    def service(self, name="ssh-userauth"):
        return bytes([SERVICE_REQUEST]) + text(name)

    def request(self, method, user="sign", rest=b""):
        return (bytes([USERAUTH_REQUEST]) + text(user) +
                text("ssh-connection") + text(method) + rest)

    def proof(self, key, user="sign", algorithm="ssh-ed25519", spoil=False):
        blob = text("ssh-ed25519") + text(key.public_key().public_bytes(
            serialization.Encoding.Raw, serialization.PublicFormat.Raw))
        body = self.request("publickey", user,
                            b"\1" + text(algorithm) + text(blob))
        signature = key.sign(text(self.session_id) + body)
        if spoil:
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        return body + text(text("ssh-ed25519") + text(signature))

    def login(self, key=None):
        self.send(self.service())
        self.expect(SERVICE_ACCEPT)
        self.send(self.proof(key or ed25519.Ed25519PrivateKey.generate()))
        self.expect(USERAUTH_SUCCESS)
        return self

    # -- channels ------------------------------------------------------

    def open(self, mine=0, window=1 << 20, packet=32768, kind="session",
             rest=b""):
        self.send(bytes([CHANNEL_OPEN]) + text(kind) + number(mine) +
                  number(window) + number(packet) + rest)
        reply = self.expect(OPEN_CONFIRMATION, OPEN_FAILURE)
        if reply[0] == OPEN_FAILURE:
            return None
        _mine, theirs, grant = struct.unpack(">III", reply[1:13])
        self.grant = grant
        return theirs

    def ask(self, channel, kind, rest=b"", reply=True):
        self.send(bytes([CHANNEL_REQUEST]) + number(channel) + text(kind) +
                  (b"\1" if reply else b"\0") + rest)

    def exec(self, channel, command):
        self.ask(channel, "exec", text(command))
        self.expect(CHANNEL_SUCCESS)

    def data(self, channel, data):
        self.send(bytes([DATA]) + number(channel) + text(data))

    def eof(self, channel):
        self.send(bytes([EOF]) + number(channel))

    def close(self, channel):
        self.send(bytes([CLOSE]) + number(channel))

    def adjust(self, channel, count):
        self.send(bytes([WINDOW_ADJUST]) + number(channel) + number(count))

    def collect(self, mine=0):
        """Until the channel's close: stdout, stderr, status."""
        out, err, status = b"", b"", None
        while True:
            got = self.receive()
            if struct.unpack(">I", got[1:5])[0] != mine:
                continue
            if got[0] == DATA:
                out += got[9:]
            elif got[0] == EXTENDED_DATA:
                err += got[13:]
            elif got[0] == CHANNEL_REQUEST and b"exit-status" in got:
                status = struct.unpack(">I", got[-4:])[0]
            elif got[0] == CLOSE:
                return out, err, status
