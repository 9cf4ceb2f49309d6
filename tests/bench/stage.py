# SPDX-License-Identifier: Apache-2.0
"""What everybody plays on: a folder, a SoftHSM token, keys, trees."""
import base64
import glob
import json
import os
import pwd
import random
import shutil
import socket
import struct
import tempfile

from procs import Failed, Group, call, measure

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
KEYS = ("rsa3072", "rsa4096", "p256", "p384")
TOKEN = "bench"
WORKERS = 2


def softhsm_module():
    for pattern in ("/usr/lib/softhsm/libsofthsm2.so",
                    "/usr/lib/*/softhsm/libsofthsm2.so"):
        for path in glob.glob(pattern):
            return path
    raise Failed("libsofthsm2.so is not installed (package softhsm2)")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    os.chmod(path, mode)


def service_users():
    """The users of the domains when we are root; others of the system when
    make install did not make them: it only matters that they are four."""
    names = ("_countersign-net", "_countersign", "_countersign-token",
             "_countersign-lists")
    try:
        for name in names:
            pwd.getpwnam(name)
        return names
    except KeyError:
        return "nobody", "daemon", "bin", "sys"


class Stage:
    def __init__(self, build):
        self.build = os.path.abspath(build)
        self.dir = tempfile.mkdtemp(prefix="countersign-bench.")
        os.chmod(self.dir, 0o755)
        self.root = os.geteuid() == 0
        self.user = pwd.getpwuid(os.geteuid()).pw_name
        self.users = service_users() if self.root else (self.user,) * 3
        self.module = softhsm_module()
        self.pin = self.path("peer", "pin")  # the copy for the peers
        self.key = self.path("client")
        self.env = dict(os.environ, SOFTHSM2_CONF=self.path("peer", "softhsm2.conf"),
                        LC_ALL="C.UTF-8", SHELL="/bin/sh")

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def tool(self, name):
        return os.path.join(self.build, "tools", name)

    def program(self, name):
        return os.path.join(self.build, name)

    def own(self, path, user):
        if self.root:
            who = pwd.getpwnam(user)
            os.chown(path, who.pw_uid, who.pw_gid)

    def prepare(self):
        for name in ("host", "client"):
            call(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name,
                  "-f", self.path(name)])
        user = [self.users[2]] if self.root else []
        call(["sh", "-c", '. tests/support/bench.sh && bench_tokens "$@"',
              "bench", self.dir, *user], cwd=TOP,
             env=dict(self.env, CTL=self.program("countersignctl")))

    def limit(self, key, processes, verify, seconds):
        argv = [self.tool("bench_token"), "limit", "-m", self.module, "-l",
                TOKEN, "-P", self.pin, "-k", key, "-c", processes, "-t",
                seconds] + (["-v"] if verify else [])
        return measure(argv, env=self.env)

    def remove(self):
        shutil.rmtree(self.dir, ignore_errors=True)


def public_line(path):
    with open(path + ".pub", encoding="ascii") as f:
        return " ".join(f.read().split()[:2])


def made_up_key(rnd):
    """A client key that nobody has: the line's text and its blob's length."""
    kind = b"ssh-ed25519"
    blob = (struct.pack(">I", len(kind)) + kind + struct.pack(">I", 32) +
            rnd.randbytes(32))
    return "ssh-ed25519 " + base64.b64encode(blob).decode()


class Tree:
    """One configuration tree, and the instance that runs it."""

    def __init__(self, stage, name, token=True, words=""):
        self.stage = stage
        self.words = words  # more for the profile that the clients have
        self.user = "sign"
        self.dir = stage.path(name)
        self.port = None
        self.group = None
        self.token = token
        self.write_server()
        if token:
            self.write_token()
        self.write_clients(0, 0)

    def fix_port(self):
        """A port that is known before the start."""
        self.port = free_port()
        self.write_server()

    def write_server(self):
        users = ""
        if self.stage.root:
            users = ("net-user = {}\nbroker-user = {}\ntoken-user = {}\n"
                     "lists-user = {}\n").format(*self.stage.users)
        write(f"{self.dir}/countersign.conf",
              f"[server]\nlisten = 127.0.0.1:{self.port or 0}\n"
              f"host-key = {self.stage.path('host')}\n"
              f"state-dir = {self.dir}/state\nrun-dir = {self.dir}/run\n"
              f"{users}[limits]\nconnections = 2000\n"
              "connections-per-address = 2000\nunauthenticated = 1000\n"
              f"[audit]\nfile = {self.dir}/state/audit.log\n")
        for name in ("state", "run"):
            os.makedirs(f"{self.dir}/{name}", mode=0o755, exist_ok=True)
            self.stage.own(f"{self.dir}/{name}", self.stage.users[1])

    def write_token(self):
        write(f"{self.dir}/tokens.d/bench.conf",
              f"[token {TOKEN}]\nmodule = {self.stage.module}\n"
              f"token = {TOKEN}\npin-file = {self.stage.path('token', 'pin')}\n"
              f"workers = {WORKERS}\n"
              "environment = SOFTHSM2_CONF="
              f"{self.stage.path('token', 'softhsm2.conf')}\n")
        self.write_keys()

    def more_keys(self):
        return ""

    def write_keys(self):
        text = "".join(f"[key {k}]\ntoken = {TOKEN}\n"
                       f"object = pkcs11:object={k}\nuse = raw\n"
                       for k in KEYS)
        text += self.more_keys()
        text += (f"[key audit]\ntoken = {TOKEN}\n"
                 "object = pkcs11:object=audit\nuse = audit\n")
        write(f"{self.dir}/keys.d/bench.conf", text)

    def profile(self, i, keys):
        return f"[profile team{i:05d}]\n{keys}verbs = sign check\n" \
               "formats = raw\n"

    def write_clients(self, count, profiles):
        keys = f"keys = {' '.join(KEYS)}\n" if self.token else ""
        text = f"[profile bench]\n{keys}{self.words}"
        text += "".join(self.profile(i, keys) for i in range(profiles))
        write(f"{self.dir}/profiles.d/bench.conf", text)
        rnd = random.Random(1)
        lines = [f'profile="bench" {public_line(self.stage.key)} bench']
        lines += [f'profile="team{i % profiles:05d}" {made_up_key(rnd)} '
                  f"builder{i:06d}" for i in range(count)]
        write(f"{self.dir}/authorized_keys.d/bench", "\n".join(lines) + "\n")

    def spawn(self):
        """Starts without waiting for readiness."""
        s = self.stage
        self.group = Group(s.tool("bench_group"),
                           [s.program("countersignd"), "-D", "-C", self.dir],
                           log=f"{self.dir}/log", env=s.env)

    def start(self):
        self.spawn()
        found = self.group.wait_line(
            r"ready, listening on 127\.0\.0\.1 port (\d+)", 60)
        self.port = int(found[1])
        return self

    def check(self):
        """Loads the tree as the broker does, and leaves."""
        call([self.stage.program("countersign-broker"), "-t", "-C", self.dir],
             env=self.stage.env)

    def status(self):
        return json.loads(self.ctl("status", "--json"))

    def ctl(self, *words, **kw):
        return call([self.stage.program("countersignctl"), "-C", self.dir,
                     *words], 60, env=self.stage.env, **kw)

    def reload(self):
        self.ctl("reload")

    def stop(self):
        if self.group:
            self.group.stop()
            self.group = None
