# SPDX-License-Identifier: Apache-2.0
"""Hostile and unusual clients against the real countersign-session.

    session_traps.py BUILD [NAME...]

lying_broker is the listener and the broker.  Every function below is a test
and its name is what must hold.
"""

import os
import re
import select
import struct
import subprocess
import sys
import tempfile
import time
import traceback

from cryptography.hazmat.primitives.asymmetric import ed25519

import session_client as ssh
from session_client import Client, Gone

LINE = "ab" * 32 + "  name\n"
ANSWER = ("ab" * 32 + "  " + "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6ur" +
          "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqw==" + "  name\n").encode()


class Broker:
    """A running lying_broker, and what it says."""

    def __init__(self, grace_ms=10000, idle_ms=60000, channels=32,
                 rekey_kib=0):
        self.process = subprocess.Popen(
            [f"{BUILD}/tools/lying_broker", f"{BUILD}/countersign-session",
             f"{FOLDER}/host", str(grace_ms), str(idle_ms), str(channels),
             str(rekey_kib)],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.text = b""
        self.seen = []
        self.port = int(self.wait(r"^port (\d+)$").group(1))
        self.wait(r"^ready$")

    def wait(self, pattern, seconds=10):
        """The first line, old or new, that matches."""
        deadline = time.monotonic() + seconds
        at = 0
        while True:
            while at < len(self.seen):
                match = re.search(pattern, self.seen[at])
                at += 1
                if match:
                    return match
            left = deadline - time.monotonic()
            assert left > 0, f"no {pattern} in {self.seen[-10:]}"
            if select.select([self.process.stdout], [], [], left)[0]:
                got = os.read(self.process.stdout.fileno(), 65536)
                assert got, f"the broker ended: {self.seen[-10:]}"
                *lines, self.text = (self.text + got).split(b"\n")
                self.seen += [x.decode() for x in lines]

    def client(self, **more):
        return Client(self.port, **more)

    def logged_in(self, **more):
        return self.client(**more).start().login()

    def child(self):
        """The process of the only session."""
        parent = self.children(self.process.pid)[0]
        return self.children(parent)[0]

    @staticmethod
    def children(pid):
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            return [int(x) for x in f.read().split()]

    def close(self):
        self.process.kill()
        self.process.wait()


def status_of(pid, key):
    with open(f"/proc/{pid}/status") as f:
        return int(re.search(rf"^{key}:\s+(\d+)", f.read(), re.M).group(1))


def gone(client):
    """Reads on until the server ends the connection; its last words."""
    try:
        while True:
            client.receive()
    except Gone as e:
        return e.args[0]
    except ConnectionResetError:
        return None


def soon(seconds, since):
    assert time.monotonic() - since < seconds, "that took too long"


# -- the login ---------------------------------------------------------


def answers_a_bad_signature_at_once(b):
    c = b.client().start()
    c.send(c.service())
    c.expect(ssh.SERVICE_ACCEPT)
    begin = time.monotonic()
    c.send(c.proof(ed25519.Ed25519PrivateKey.generate(), spoil=True))
    assert gone(c) == "the login signature is wrong"
    soon(2, begin)
    b.wait("login-failed bad-signature")
    b.wait("gone status 0")


def answers_an_unknown_key_type_at_once(b):
    c = b.client().start()
    c.send(c.service())
    c.expect(ssh.SERVICE_ACCEPT)
    begin = time.monotonic()
    name = "ssh-mldsa44-ed25519@openssh.com"
    c.send(c.request("publickey", rest=b"\0" + ssh.text(name) +
                     ssh.text(ssh.text(name) + ssh.text(b"x" * 1344))))
    assert gone(c) == "this client key type is not accepted"
    soon(2, begin)
    b.wait("login-failed key-type")


def answers_a_cut_key_at_once(b):
    c = b.client().start()
    c.send(c.service())
    c.expect(ssh.SERVICE_ACCEPT)
    begin = time.monotonic()
    c.send(c.request("publickey", rest=b"\0" + ssh.text("ssh-ed25519") +
                     ssh.text(ssh.text("ssh-ed25519") + b"\0\0\0\x20x")))
    assert gone(c) == "this client key type is not accepted"
    soon(2, begin)


def notices_a_dropped_request_before_a_good_one(b):
    c = b.client().start()
    key = ed25519.Ed25519PrivateKey.generate()
    c.send(c.service(), c.proof(key, spoil=True), c.proof(key))
    gone(c)
    b.wait("login-failed bad-signature|login 51")


def says_no_to_other_methods_and_goes_on(b):
    c = b.client().start()
    c.send(c.service())
    c.expect(ssh.SERVICE_ACCEPT)
    for method, rest in (("none", b""), ("password", b"\0" + ssh.text("x")),
                         ("keyboard-interactive", ssh.text("") * 2),
                         ("hostbased", b""), ("nonsense", b"")):
        c.send(c.request(method, rest=rest))
        failure = c.expect(ssh.USERAUTH_FAILURE)
        assert failure[1:] == ssh.text("publickey") + b"\0", failure
    c.send(c.proof(ed25519.Ed25519PrivateKey.generate()))
    c.expect(ssh.USERAUTH_SUCCESS)


def keeps_gssapi_out_of_the_process(b):
    c = b.client().start()
    c.send(c.service())
    c.expect(ssh.SERVICE_ACCEPT)
    krb5 = bytes.fromhex("06092a864886f712010202")
    c.send(c.request("gssapi-with-mic", rest=ssh.number(1) + ssh.text(krb5)))
    c.expect(ssh.USERAUTH_FAILURE)
    c.send(c.proof(ed25519.Ed25519PrivateKey.generate()))
    c.expect(ssh.USERAUTH_SUCCESS)


def takes_a_login_that_comes_in_one_segment(b):
    c = b.client()
    c.banner()
    c.exchange(last=False)
    c.hold()
    c.send(bytes([ssh.NEWKEYS]))
    c.switch_out()
    c.send(c.service(), c.proof(ed25519.Ed25519PrivateKey.generate()))
    c.release()
    c.expect(ssh.SERVICE_ACCEPT)
    c.expect(ssh.USERAUTH_SUCCESS)


def refuses_another_user(b):
    c = b.client().start()
    c.send(c.service())
    c.expect(ssh.SERVICE_ACCEPT)
    for user in ("nobody", "s" * 20000, "si\ngn", ""):
        c.send(c.proof(ed25519.Ed25519PrivateKey.generate(), user=user))
        try:
            c.expect(ssh.USERAUTH_FAILURE)
        except Gone:
            assert user not in ("nobody", ""), user
            return


def ends_a_second_login(b):
    c = b.logged_in()
    c.send(c.request("none"))
    gone(c)
    b.wait("gone status 0")


def stops_endless_login_requests(b):
    c = b.client().start()
    c.send(c.service())
    c.send(*[c.request("none")] * 64)
    assert gone(c) is not None
    b.wait("login-failed client-unknown")


def refuses_channels_before_the_login(b):
    c = b.client().start()
    c.send(c.service())
    c.expect(ssh.SERVICE_ACCEPT)
    c.send(bytes([ssh.CHANNEL_OPEN]) + ssh.text("session") +
           ssh.number(0) + ssh.number(1) + ssh.number(1))
    gone(c)
    b.wait("gone status 0")


def _half(b):
    """A client that proved the first of two keys."""
    c = b.client().start()
    c.send(c.service())
    c.expect(ssh.SERVICE_ACCEPT)
    c.send(c.proof(ed25519.Ed25519PrivateKey.generate(), user="half"))
    failure = c.expect(ssh.USERAUTH_FAILURE)
    assert failure[1:] == ssh.text("publickey") + b"\1", failure
    return c


def asks_for_another_key_by_a_partial_success(b):
    c = _half(b)
    c.send(c.request("none", user="half"))
    failure = c.expect(ssh.USERAUTH_FAILURE)
    assert failure[1:] == ssh.text("publickey") + b"\0", failure
    c.send(c.proof(ed25519.Ed25519PrivateKey.generate(), user="half"))
    c.expect(ssh.USERAUTH_SUCCESS)
    n = c.open()
    c.exec(n, "exit 3")
    assert c.collect()[2] == 3


def refuses_channels_after_half_a_login(b):
    c = _half(b)
    c.send(bytes([ssh.CHANNEL_OPEN]) + ssh.text("session") +
           ssh.number(0) + ssh.number(1) + ssh.number(1))
    gone(c)
    b.wait("gone status 0")
    assert not any(" open " in x for x in b.seen), b.seen


def answers_a_bad_second_signature_at_once(b):
    c = _half(b)
    c.send(c.proof(ed25519.Ed25519PrivateKey.generate(), user="half",
                   spoil=True))
    assert gone(c) == "the login signature is wrong"
    b.wait("login-failed bad-signature")


def cuts_a_client_that_never_shows_its_second_key(b):
    c = _half(b)
    assert gone(c) == "a second client key is missing"
    b.wait("login-failed second-key")


cuts_a_client_that_never_shows_its_second_key.options = {"grace_ms": 700}


def ends_when_the_broker_takes_an_offer_for_half_a_login(b):
    c = b.client().start()
    c.send(c.service())
    c.expect(ssh.SERVICE_ACCEPT)
    blob = ssh.text("ssh-ed25519") + ssh.text(b"k" * 32)
    c.send(c.request("publickey", user="liar",
                     rest=b"\0" + ssh.text("ssh-ed25519") + ssh.text(blob)))
    gone(c)
    b.wait("gone status [1-9]")


def cuts_a_silent_client(b):
    c = b.client()
    c.banner()
    b.wait("login-failed login-grace")
    c.socket.close()


def cuts_a_client_that_is_silent_after_the_key_exchange(b):
    c = b.client().start()
    assert gone(c) == "no login within the time allowed"
    b.wait("login-failed login-grace")


def cuts_a_client_that_drips(b):
    c = b.client()
    try:
        for _ in range(400):
            c.raw(b"S")
            time.sleep(0.05)
    except OSError:
        pass
    b.wait("login-failed login-grace|gone")


cuts_a_silent_client.options = {"grace_ms": 700}
cuts_a_client_that_is_silent_after_the_key_exchange.options = {"grace_ms": 700}
cuts_a_client_that_drips.options = {"grace_ms": 700}


def survives_garbage_before_the_key_exchange(b):
    for junk in (b"GET / HTTP/1.0\r\n\r\n", b"\0" * 300, b"SSH-1.5-old\r\n",
                 b"SSH-2.0-x\r\n" + b"\xff" * 64, b"SSH-2.0-x\r\n\0\0\0\0",
                 b"SSH-2.0-x\r\n\0\0\0\1\0", b"A" * 70000):
        c = b.client()
        try:
            c.raw(junk)
            c.socket.shutdown(1)
        except OSError:
            pass
        try:
            while c.socket.recv(65536):
                pass
        except OSError:
            pass
    b.logged_in()


def is_jailed(b):
    c = b.logged_in()
    pid = b.child()
    assert status_of(pid, "NoNewPrivs") == 1
    assert status_of(pid, "Seccomp") == (0 if SANITIZED else 2)
    if os.geteuid() == 0:
        _has_three_sockets(pid)
    c.socket.close()


def _has_three_sockets(pid):
    """Only root may look: the process is not traceable."""
    files = [os.readlink(f"/proc/{pid}/fd/{x}")
             for x in os.listdir(f"/proc/{pid}/fd") if int(x) > 2]
    # The peer's connection twice, and the channel to the broker.
    assert len(files) == 3, files
    assert all(x.startswith("socket:") for x in files), files


# -- channels ----------------------------------------------------------


def refuses_what_is_not_a_session(b):
    c = b.logged_in()
    target = ssh.text("127.0.0.1") + ssh.number(22) + ssh.text("x") + \
        ssh.number(1)
    assert c.open(kind="direct-tcpip", rest=target) is None
    assert c.open(kind="x11", rest=ssh.text("a") + ssh.number(1)) is None
    assert c.open(kind="nonsense") is None
    assert c.open() is not None


def refuses_global_requests(b):
    c = b.logged_in()
    for kind, rest in (("tcpip-forward", ssh.text("0.0.0.0") + ssh.number(0)),
                       ("streamlocal-forward@openssh.com", ssh.text("/x")),
                       ("nonsense", b"")):
        c.send(bytes([ssh.GLOBAL_REQUEST]) + ssh.text(kind) + b"\1" + rest)
        c.expect(ssh.REQUEST_FAILURE)


def refuses_requests_that_are_no_command(b):
    c = b.logged_in()
    n = c.open()
    for kind, rest in (
            ("env", ssh.text("A=B") + ssh.text("x")),
            ("subsystem", ssh.text("sftp")),
            ("auth-agent-req@openssh.com", b""),
            ("x11-req", b"\0" + ssh.text("a") + ssh.text("b") + ssh.number(0)),
            ("pty-req", ssh.text("vt100") + ssh.number(80) * 4 + ssh.text("")),
            ("nonsense", b"")):
        c.ask(n, kind, rest)
        c.expect(ssh.CHANNEL_FAILURE)
    c.exec(n, "exit 0")


def _env(c, n, name, value, reply=True):
    c.ask(n, "env", ssh.text(name) + ssh.text(value), reply)


def passes_the_environment_on_as_claims(b):
    c = b.logged_in()
    n = c.open()
    for name, value in (("LD_PRELOAD", "/x"), ("CI_JOB", "1"),
                        ("CI_JOB", "2 \n\x1b[31m"), ("E", "")):
        _env(c, n, name, value)
        c.expect(ssh.CHANNEL_SUCCESS)
    c.exec(n, "exit 0")
    b.wait("^1 env LD_PRELOAD '/x'$")
    b.wait(r"^1 env CI_JOB '2 \\x0a\\x1b\[31m'$")
    b.wait("^1 env E ''$")
    assert not any("CI_JOB '1'" in x for x in b.seen), b.seen
    c.close(n)
    c.collect()
    # It counts for this channel and for what comes after it only.
    n = c.open(mine=1)
    _env(c, n, "LATE", "x")
    c.expect(ssh.CHANNEL_SUCCESS)
    c.exec(n, "never")
    _env(c, n, "LATER", "x")
    c.expect(ssh.CHANNEL_FAILURE)
    b.wait("^1 env LATE 'x'$")
    assert len([x for x in b.seen if " env " in x]) == 4, b.seen


def refuses_variables_that_cannot_be(b):
    c = b.logged_in()
    n = c.open()
    for name in ("", "A=B", "1A", "A B", "A-B", "A\nB", "A" * 29, b"\xc3\x84",
                 b"\0A", "A" * 20000):
        _env(c, n, name, "x")
        c.expect(ssh.CHANNEL_FAILURE)
    for value in ("v" * 256, "v" * 30000):
        _env(c, n, "A", value)
        c.expect(ssh.CHANNEL_FAILURE)
    _env(c, n, "A" * 28, "v" * 255)
    c.expect(ssh.CHANNEL_SUCCESS)
    # libssh cuts at a NUL; what is left is a variable.
    _env(c, n, b"B\0=x", b"v\0w")
    c.expect(ssh.CHANNEL_SUCCESS)
    c.exec(n, "exit 0")
    b.wait("^1 env B 'v'$")


def ten_thousand_variables_cost_nothing(b):
    c = b.logged_in(timeout=30)
    n = c.open()
    before = status_of(b.child(), "VmRSS")
    for start in range(0, 10000, 100):
        c.send(*[bytes([ssh.CHANNEL_REQUEST]) + ssh.number(n) +
                 ssh.text("env") + b"\0" + ssh.text(f"N{start + i}") +
                 ssh.text("v" * 200) for i in range(100)])
    _env(c, n, "LAST", "x")
    c.expect(ssh.CHANNEL_FAILURE)
    assert status_of(b.child(), "VmRSS") < before + 2048
    c.exec(n, "exit 0")
    assert c.collect()[2] == 0
    b.wait("^1 env N31 ")
    assert len([x for x in b.seen if " env " in x]) == 32, b.seen


def takes_one_command_a_channel(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "sign")
    c.ask(n, "exec", ssh.text("exit 5"))
    c.expect(ssh.CHANNEL_FAILURE)
    c.ask(n, "shell")
    c.expect(ssh.CHANNEL_FAILURE)
    c.data(n, LINE)
    c.eof(n)
    assert c.collect() == (ANSWER, b"", 0)


def numbers_channels_in_the_order_they_ask(b):
    c = b.logged_in()
    channels = [c.open(mine=i) for i in range(3)]
    for i in (2, 0, 1):
        c.exec(channels[i], f"exit {i + 3}")
        assert c.collect(i)[2] == i + 3


def tells_a_terminal_from_a_pipe(b):
    c = b.logged_in()
    n = c.open()
    c.ask(n, "pty-req", ssh.text("vt100") + ssh.number(80) * 4 + ssh.text(""))
    c.expect(ssh.CHANNEL_FAILURE)
    c.ask(n, "shell")
    c.expect(ssh.CHANNEL_SUCCESS)
    assert c.collect() == (b"hello\n", b"", 0)
    b.wait("open 1 how 2")


def cuts_a_command_at_its_nul(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, b"exit 3\0 --evil")
    assert c.collect()[2] == 3
    b.wait("command 'exit 3'$")


def refuses_a_command_that_is_too_long_or_not_ascii(b):
    c = b.logged_in()
    for command in (b"x" * 4096, b"x" * 30000, b"sign\n", b"sign \xff", b"\x7f"):
        n = c.open()
        c.exec(n, command)
        out, err, status = c.collect()
        assert (out, status) == (b"", 64)
        assert err.startswith(b"countersign: the command ")
        c.close(n)
    assert not [x for x in b.seen if " open " in x]


def refuses_more_channels_than_allowed(b):
    c = b.logged_in()
    channels = [c.open(mine=i) for i in range(4)]
    assert None not in channels
    assert c.open(mine=4) is None
    c.exec(channels[0], "exit 0")
    c.collect(0)
    c.close(channels[0])
    b.wait("command 'exit 0'")
    deadline = time.monotonic() + 5
    while c.open(mine=5) is None:
        assert time.monotonic() < deadline


refuses_more_channels_than_allowed.options = {"channels": 4}


def answers_a_line_before_the_next_one_comes(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "sign")
    for _ in range(3):
        c.data(n, LINE)
        assert c.expect(ssh.DATA)[9:] == ANSWER
    c.eof(n)
    assert c.collect() == (b"", b"", 0)


def reads_lines_however_they_are_cut(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "sign")
    for byte in LINE + "\r\n# note\n":
        c.data(n, byte)
    c.data(n, LINE[:-1])
    c.eof(n)
    assert c.collect() == (ANSWER * 2, b"", 0)


def ends_a_request_whose_line_never_ends(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "sign")
    c.data(n, LINE + "a" * 20000)
    out, err, status = c.collect()
    assert (out, status) == (ANSWER, 65), (out, status)
    assert err == b"countersign: line 2: the line is longer than 8191 bytes\n"


def goes_on_after_lines_that_are_too_long(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "sign --keep-going")
    c.data(n, LINE + "a" * 20000)
    c.data(n, "a" * 20000 + "\n" + LINE)
    c.eof(n)
    out, _err, status = c.collect()
    assert (out, status) == (ANSWER + b"-  !bad-input  -\n" + ANSWER, 1), out


def signs_nothing_of_an_atomic_request_with_a_bad_line(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "sign --atomic")
    c.data(n, LINE * 300 + "bad\n" + LINE)
    c.eof(n)
    out, err, status = c.collect()
    assert (out, status) == (b"", 65)
    assert err.startswith(b"countersign: line 301: "), err
    b.wait("cancel 1")


def signs_an_atomic_request_of_the_largest_size(b):
    c = b.logged_in()
    n = c.open(window=1 << 24)
    c.exec(n, "sign --atomic")
    for _ in range(100):
        c.data(n, LINE * 100)
    c.eof(n)
    assert c.collect() == (ANSWER * 10000, b"", 0)
    n = c.open(mine=1)
    c.exec(n, "sign --atomic")
    for _ in range(100):
        c.data(n, LINE * 100)
    c.data(n, LINE)
    out, err, status = c.collect(1)
    assert (out, status) == (b"", 65), (out, status)
    assert b"10000" in err


def stops_at_a_refused_line(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "sign")
    c.data(n, LINE + "ab" * 32 + "  refuse me\n" + LINE)
    out, err, status = c.collect()
    assert (out, status) == (ANSWER, 77), (out, status)
    assert err == b"countersign: line 2: no such name\n"


def numbers_the_line_that_an_atomic_request_is_refused_for(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "sign --atomic")
    c.data(n, "# note\n" + LINE + "\n" + "ab" * 32 + "  refuse me\n" + LINE)
    c.eof(n)
    out, err, status = c.collect()
    assert (out, status) == (b"", 77), (out, status)
    assert err == b"countersign: line 4: no such name\n", err


def takes_one_digest_only_for_raw_output(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "sign -o raw")
    c.data(n, LINE * 2)
    out, err, status = c.collect()
    assert (out, status) == (b"", 65)
    assert b"line 2: raw output takes exactly one digest" in err
    n = c.open(mine=1)
    c.exec(n, "sign -i raw")
    c.data(n, b"x" * 65)
    out, err, status = c.collect(1)
    assert (out, status) == (b"", 65), (out, err, status)
    assert not [x for x in b.seen if " end " in x]


def refuses_names_that_would_leave_the_folder(b):
    c = b.logged_in()
    for i, name in enumerate(("/etc/passwd", "../x", "a/../../x", "a/..",
                              "..", "-", "x" * 200, "d/")):
        n = c.open(mine=i)
        c.exec(n, "sign -o tar")
        c.data(n, "ab" * 32 + f"  {name}\n")
        c.eof(n)
        out, err, status = c.collect(i)
        assert (out, status) == (b"", 65), (name, out, status)
        assert b"tar output" in err
        c.close(n)


def cancels_what_a_closed_channel_asked_for(b):
    c = b.logged_in()
    n, other = c.open(), c.open(mine=1)
    c.exec(n, "sign --hold")
    c.exec(other, "sign")
    c.data(n, LINE * 100)
    c.close(n)
    b.wait("cancel 1")
    c.data(other, LINE)
    c.eof(other)
    assert c.collect(1) == (ANSWER, b"", 0)


def does_not_let_an_unread_channel_stop_another(b):
    c = b.logged_in()
    n = c.open(window=0)
    c.exec(n, "sign")
    for _ in range(100):
        c.data(n, LINE * 100)
    other = c.open(mine=1)
    begin = time.monotonic()
    c.exec(other, "sign")
    c.data(other, LINE)
    c.eof(other)
    assert c.collect(1) == (ANSWER, b"", 0)
    soon(2, begin)
    c.adjust(n, 1 << 24)
    c.eof(n)
    assert c.collect(0)[2] == 0


def stays_small_when_nothing_is_read(b):
    c = b.logged_in()
    n = c.open(window=(1 << 31) - 1)
    c.exec(n, "sign --sig 4096")
    c.socket.settimeout(1)
    sent = 0
    packet = bytes([ssh.DATA]) + ssh.number(n) + ssh.text(LINE * 100)
    try:
        while sent < c.grant - 8000:
            c.send(packet)
            sent += 8000
    except OSError:
        pass
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        size = status_of(b.child(), "VmRSS")
        assert size < (200000 if SANITIZED else 20000), f"{size} kB"
        time.sleep(0.1)


def cpu_of(pid):
    with open(f"/proc/{pid}/stat") as f:
        return sum(int(x) for x in f.read().split()[13:15]) / 100


def rests_while_it_waits(b):
    c = b.logged_in()
    unread, slow, done = (c.open(mine=i, window=(0, 1 << 20, 0)[i])
                          for i in range(3))
    c.exec(unread, "sign")
    c.exec(slow, "sign --hold")
    c.exec(done, "sign")
    for _ in range(50):
        c.data(unread, LINE * 100)
    c.data(slow, LINE * 10 + "bad\n" + LINE)
    c.data(done, LINE * 10 + "bad\n" + LINE)
    time.sleep(0.5)
    before = cpu_of(b.child())
    time.sleep(1)
    assert cpu_of(b.child()) - before < 0.2


def drops_a_client_that_ignores_the_window(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "never")
    pid = b.child()
    largest = 0
    try:
        for i in range(4000):
            c.data(n, b"x" * 30000)
            if i % 50 == 0:
                largest = max(largest, status_of(pid, "VmRSS"))
    except (OSError, AttributeError):
        pass
    assert largest < (200000 if SANITIZED else 20000), f"{largest} kB"
    b.wait("gone status 0")


def drops_a_client_that_floods_a_closed_channel(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "exit 0")
    try:
        for _ in range(4000):
            c.data(n, b"x" * 30000)
    except OSError:
        pass
    b.wait("gone status 0")


def survives_a_packet_size_of_ten(b):
    """libssh 0.10 then writes packets without data until memory ends."""
    victim = b.logged_in()
    n = victim.open()
    c = b.logged_in(timeout=20)
    m = c.open(packet=10)
    c.ask(m, "exec", ssh.text("big 1000"), reply=False)
    victim.exec(n, "sign")
    victim.data(n, LINE)
    victim.eof(n)
    assert victim.collect() == (ANSWER, b"", 0)
    if not SANITIZED:
        b.wait("2 gone", seconds=30)


def rekeys_when_the_client_asks(b):
    c = b.logged_in()
    n = c.open(window=1 << 24)
    c.exec(n, "sign")
    for _ in range(5):
        c.data(n, LINE * 20)
        got = b""
        while len(got) < 20 * len(ANSWER):
            got += c.expect(ssh.DATA)[9:]
        assert got == ANSWER * 20
        c.exchange()
    c.eof(n)
    assert c.collect() == (b"", b"", 0)


def does_not_pile_up_answers_while_a_rekey_hangs(b):
    c = b.logged_in()
    n = c.open(window=(1 << 31) - 1)
    c.exec(n, "sign --sig 4096")
    packet = bytes([ssh.DATA]) + ssh.number(n) + ssh.text(LINE * 100)
    pid, largest = b.child(), 0
    c.socket.settimeout(0.5)
    try:
        for _ in range(1000):
            c.send(packet)
            if select.select([c.socket], [], [], 0)[0]:
                c.socket.recv(1 << 20)
            largest = max(largest, status_of(pid, "VmRSS"))
    except (OSError, AttributeError):
        pass
    assert largest < (200000 if SANITIZED else 24000), f"{largest} kB"


does_not_pile_up_answers_while_a_rekey_hangs.options = {"rekey_kib": 64}


def ends_an_idle_connection(b):
    c = b.logged_in()
    assert gone(c) == "idle for too long"
    b.wait("gone status 0")


def ends_an_idle_channel_and_keeps_the_connection(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "sign")
    c.data(n, LINE)
    out, err, status = c.collect()
    assert (out, status) == (ANSWER, 75), (out, status)
    assert err == b"countersign: nothing was sent or read for 1 s\n"
    c.close(n)
    b.wait("cancel 1")
    n = c.open(mine=1)
    c.exec(n, "exit 0")
    assert c.collect(1)[2] == 0


def drops_a_client_that_never_closes(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "exit 0")
    assert gone(c) == "a channel was left unread"


def waits_for_the_broker_as_long_as_it_takes(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "sign --hold")
    c.data(n, LINE)
    time.sleep(2.2)
    c.eof(n)
    assert c.collect() == (ANSWER, b"", 0)


for _test in (ends_an_idle_connection, drops_a_client_that_never_closes,
              ends_an_idle_channel_and_keeps_the_connection,
              waits_for_the_broker_as_long_as_it_takes):
    _test.options = {"idle_ms": 1000}


# -- the broker --------------------------------------------------------


def passes_on_what_the_broker_says(b):
    c = b.logged_in()
    n = c.open()
    c.exec(n, "exit 78")
    assert c.collect() == (b"", b"countersign: as you wish\n", 78)


def ends_with_a_reason_when_the_broker_says_so(b):
    c = b.logged_in()
    n, other = c.open(), c.open(mine=1)
    c.exec(n, "sign")
    c.exec(other, "logout")
    words = b"countersign: the client key was removed\n"
    assert c.collect(0) == (b"", words, 78)
    assert gone(c) == "the client key was removed"
    b.wait("gone status 0")


def does_not_believe_a_broker_that_breaks_rules(b):
    for i, lie in enumerate(("type", "channel", "answers", "key")):
        c = b.logged_in()
        n = c.open()
        c.exec(n, f"lie {lie}")
        gone(c)
        b.wait(rf"^{i + 1} gone status 256$")
    b.logged_in()


def loses_only_itself_when_killed(b):
    victim = b.logged_in()
    pid = b.child()
    c = b.logged_in()
    os.kill(pid, 9)
    b.wait("^1 gone status 9$")
    assert gone(victim) is None
    n = c.open()
    c.exec(n, "exit 0")
    assert c.collect()[2] == 0


# -- running them ------------------------------------------------------


def tests():
    skip = {"status_of", "cpu_of", "gone", "soon", "tests", "main", "run"}
    return [f for name, f in globals().items()
            if callable(f) and getattr(f, "__module__", "") == __name__ and
            name not in skip and name[0].islower() and name[0] != "_"]


def run(test):
    begin = time.monotonic()
    broker = Broker(**getattr(test, "options", {}))
    try:
        test(broker)
        print(f"ok {test.__name__} ({time.monotonic() - begin:.1f} s)",
              flush=True)
        return True
    except Exception:
        print(f"FAIL {test.__name__}", flush=True)
        traceback.print_exc()
        print("  the broker saw:", *broker.seen[-8:], sep="\n    ",
              flush=True)
        return False
    finally:
        broker.close()


def main(names):
    chosen = [f for f in tests() if not names or f.__name__ in names]
    failed = [f for f in chosen if not run(f)]
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    BUILD = sys.argv[1]
    with open(f"{BUILD}/countersign-session", "rb") as program:
        SANITIZED = b"__asan_init" in program.read()
    with tempfile.TemporaryDirectory() as FOLDER:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                        f"{FOLDER}/host"], check=True)
        sys.exit(main(sys.argv[2:]))
