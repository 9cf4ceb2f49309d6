# SPDX-License-Identifier: Apache-2.0
"""What a format costs beside raw: the same type of key, in one run.

Other work comes and goes on a machine, so the slices alternate: raw, a format,
raw, the next format; each is held against the raw ones before and after it.
"""
import statistics

from procs import Failed, call, cpu_since, measure
from stage import TOP, Tree, write
from works import LINE, detail, stream, stream_text

TOKEN = "formats"
TYPES = ("rsa3072", "p256", "ed25519")
CLIENTS = 4  # at the same time, where each signature has a channel
GOAL = {"rsa3072": 95, "p256": 60}
POLICY = "1.3.6.1.4.1.32473.1"

# Of each class of keys: their words, and what they sign.  What a format needs
# beside `HEX  name' lines is said in MORE.
CLASSES = {
    "raw": ("use = raw\ncertificate = {file}.pem\n",
            ("raw", "cms-noattr", "jws", "ima", "kmod", "minisign",
             "sigstore-bundle")),
    "wrap": ("use = wrapped\ncertificate = {file}.pem\n",
             ("cms", "authenticode", "sshsig", "fsverity", "verity", "dsse",
              "sigstore-dsse", "manifest", "sums-sshsig", "sums-signify")),
    "pgp": ("use = wrapped\nopenpgp = {file}.asc\n",
            ("openpgp", "openpgp-text", "sums-openpgp")),
    "stamp": ("use = wrapped\ncertificate = {file}.pem\n"
              f"tsa-policy = {POLICY}\n", ("tsa",)),
}
ONLY = {
    "ed25519": ("minisign", "dsse", "sigstore-dsse", "manifest",
                "sshsig", "sums-sshsig", "sums-signify", "openpgp",
                "openpgp-text", "sums-openpgp"),
}
NOT = ("minisign", "sums-signify")  # for the other types
MORE = {
    "minisign": ("-k", "blake2b"),
    "openpgp": ("-k", "state"),
    "openpgp-text": ("-k", "state"),
    "sums-signify": ("-w",),
    "sums-openpgp": ("-w",),
    "sums-sshsig": ("-w",),
    "manifest": (),
}
# Lines of a request; the others have as many as a slice takes.
LISTS = {"sums-signify": 300, "sums-openpgp": 5000, "sums-sshsig": 5000,
         "manifest": 5000}


def seconds(b):
    """Of a slice: short, because what else the machine does changes."""
    return 1 if b.full else 0.5


def fits(kind, name):
    return name in ONLY[kind] if kind in ONLY else name not in NOT


class FormatsTree(Tree):
    """The service with a token of its own, and a key for each class."""

    def __init__(self, stage):
        user = [stage.users[2]] if stage.root else []
        call(["sh", "-c", '. tests/support/bench.sh && bench_formats "$@"',
              "bench", stage.dir, *user], cwd=TOP,
             env=dict(stage.env, CTL=stage.program("countersignctl")))
        super().__init__(stage, "formats-etc")

    def write_token(self):
        folder = self.stage.path("formats")
        write(f"{self.dir}/tokens.d/bench.conf",
              f"[token {TOKEN}]\nmodule = {self.stage.module}\n"
              f"token = {TOKEN}\npin-file = {folder}/pin\nworkers = 2\n"
              f"environment = SOFTHSM2_CONF={folder}/softhsm2.conf\n")
        self.write_keys()

    def keys(self):
        """(name, words, formats) of each."""
        for kind in TYPES:
            for name, (words, formats) in CLASSES.items():
                can = [f for f in formats if fits(kind, f)]
                if can:
                    yield f"{name}-{kind}", words, can

    def write_keys(self):
        text = "".join(
            f"[key {k}]\ntoken = {TOKEN}\nobject = pkcs11:object={k}\n" +
            words.format(file=self.stage.path("formats", k), policy=POLICY) +
            f"formats = {' '.join(formats)}\n"
            for k, words, formats in self.keys())
        write(f"{self.dir}/keys.d/bench.conf", text)

    def write_clients(self, count, profiles):
        self.words = ("keys = " + " ".join(k for k, _, _ in self.keys()) +
                      "\nhashes = sha256 blake2b512\nnamespaces = file\n")
        self.token = False
        super().write_clients(count, profiles)


class Slices:
    """Streams of one format, each about as long as a slice."""

    def __init__(self, b, server, key, name):
        self.b, self.server, self.name = b, server, name
        self.command = f"sign -k {key} -f {name}"
        self.lines = LISTS.get(name, 100)
        self.found = []
        self.shares = []

    def run(self):
        found = stream(self.b, self.server, self.command, "-n", self.lines,
                       *MORE.get(self.name, ()))
        if found["failed"]:
            raise Failed(f"{self.command}: {found['lines']:.0f} lines of "
                         f"{self.lines}, status {found['status']:.0f}")
        if self.name not in LISTS:
            self.lines = max(int(found["rate"] * seconds(self.b)), 100)
        return found

    def warm(self):
        """How many lines are a slice?  The first guess is a poor one."""
        self.run()
        self.run()

    def median(self):
        return sorted(self.found, key=lambda f: f["rate"])[
            len(self.found) // 2]


class Asks(Slices):
    """A channel for each signature, some connections at a time."""

    def __init__(self, b, server, key, name, command, *given):
        super().__init__(b, server, key, name)
        self.command = command
        self.given = given

    def run(self):
        b, server = self.b, self.server
        server.group.settle()
        before = server.group.cpu()
        found = measure([b.stage.tool("bench_client"), "asks", "-p",
                         server.port, "-u", server.user, "-i", b.stage.key,
                         "-c", CLIENTS, "-n", self.lines, *self.given,
                         self.command], 120)
        if found["failed"]:
            raise Failed(f"{self.command}: {found['failed']:.0f} failed")
        server.group.settle()
        used, total = cpu_since(server.group, before)
        found["lines"] = found["ok"]
        found["client_us"] = found["cpu_ms"] * 1000 / found["ok"]
        found["us"] = total * 1000 / found["ok"]
        found["used"] = {k: v * 1000 / found["ok"] for k, v in used.items()}
        self.lines = max(int(found["rate"] * seconds(b)), 100)
        return found


def alternate(raw, others, rounds):
    for _ in range(rounds):
        before = raw.run()
        raw.found.append(before)
        for other in others:
            found, after = other.run(), raw.run()
            other.found.append(found)
            raw.found.append(after)
            other.shares.append(
                200 * found["rate"] / (before["rate"] + after["rate"]))
            before = after


def warmed(b, server, kind):
    """The formats that can be measured; those that cannot have their row."""
    for key, _, formats in server.keys():
        for name in formats if key.endswith(f"-{kind}") else ():
            if name == "tsa":
                continue  # stamps()
            one = Slices(b, server, key, name)
            try:
                one.warm()
                yield one
            except Failed as e:
                b.row(f"formats-{kind} {name}", f"not measured: {e}")


def cpu(slices):
    """Microseconds of a line, by what all slices used together."""
    lines = sum(f["lines"] for f in slices.found)
    return sum((f["us"] + f["client_us"]) * f["lines"]
               for f in slices.found) / lines


def rows(b, workload, first, others):
    base = stream_text(first.median())
    for one in others:
        share = statistics.mean(one.shares)
        goal = None if one.name in LISTS else GOAL.get(workload[8:])
        median = one.median()
        b.row(f"{workload} {one.name}", stream_text(median),
              f"{first.name} {base}", "", None,
              f">= {goal} %: {share:.0f} %" if goal else f"{share:.0f} %",
              share >= goal if goal else None,
              f"{min(one.shares):.0f} to {max(one.shares):.0f} %; CPU alone "
              f"would allow {100 * cpu(first) / cpu(one):.0f} %; "
              f"{detail(median['used'])}; {first.name}: "
              f"{detail(first.median()['used'])}")


def formats(b, kind):
    server = b.server("formats", lambda: FormatsTree(b.stage).start())
    first, *others = warmed(b, server, kind)
    alternate(first, others, 10 if b.full else 4)
    rows(b, f"formats-{kind}", first, others)


def stamps(b, kind):
    """A time-stamp beside a raw signature, each in a channel of its own."""
    server = b.server("formats", lambda: FormatsTree(b.stage).start())
    query = b.stage.path("query.tsq")
    call(["openssl", "ts", "-query", "-digest", LINE[:64], "-sha256",
          "-cert", "-out", query])
    raw = Asks(b, server, f"raw-{kind}", "raw", f"sign -k raw-{kind} -f raw",
               "-l", LINE)
    tsa = Asks(b, server, f"stamp-{kind}", "tsa", f"tsa -k stamp-{kind}",
               "-f", query)
    for one in (raw, tsa):
        one.warm()
    alternate(raw, [tsa], 10 if b.full else 4)
    rows(b, f"stamps-{kind}", raw, [tsa])
