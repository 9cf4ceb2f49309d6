# SPDX-License-Identifier: Apache-2.0
"""Short connections, streams and single lines: ours, the peers', the floor."""
import os

from peers import p11_kit_client
from procs import Background, Failed, cpu_since, measure
from stage import KEYS, TOKEN, Tree

LINE = ("6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"
        "  build/00000001.bin\n")
BATCH = {"rsa3072": 5000, "rsa4096": 2000, "p384": 10000, "p256": 100000}
PINGS = 500


def limits(b):
    """limit-KEY: the token alone, and with one verification a signature."""
    for key in KEYS:
        one = b.limit(key, 1, False)
        two = b.limit(key, 2, False)
        two_v = b.limit(key, 2, True)
        b.row(f"limit-{key}", limit=f"1: {one['rate']:.0f}/s "
              f"2: {two['rate']:.0f}/s 2+v: {two_v['rate']:.0f}/s "
              f"cpu {one['cpu_us']:.0f} us")


def oneshot(b, server, command, clients, seconds, most=20000):
    """Light clients against one server, with the server's CPU."""
    server.group.settle()
    before = server.group.cpu()
    argv = [b.stage.tool("bench_client"), "oneshot", "-p", server.port, "-u",
            server.user, "-i", b.stage.key, "-l", LINE, "-n", most, "-t",
            seconds, "-c", clients]
    found = measure(argv + ([command] if command else []), seconds + 60)
    server.group.settle()
    used, total = cpu_since(server.group, before)
    runs = max(found["ok"] + found["failed"], 1)
    found["server_ms"] = total / runs
    found["token_ms"] = used.get("countersign-token", 0) / runs
    found["used"] = {k: v / runs for k, v in used.items()}
    return found


def text(found):
    if not found.get("ok"):
        return "all failed"
    said = f"{found['rate']:.0f}/s p50 {found['p50_ms']:.1f}" \
           f" p99 {found['p99_ms']:.1f} ms"
    if "server_ms" in found:
        said += f" cpu {found['server_ms']:.1f}"
    if found["failed"]:
        said += f" FAILED {found['failed']:.0f}"
    return said


def times(ours, peer):
    return ours["rate"] / peer["rate"] if peer.get("rate") else None


def connect(b):
    """A login and nothing else."""
    for clients in (1, 32):
        ours = oneshot(b, b.countersign(), None, clients, b.short)
        sshd = oneshot(b, b.sshd(), None, clients, b.short)
        floor = oneshot(b, b.floor("p256"), None, clients, b.short)
        b.row(f"connect-c{clients}", text(ours), "sshd " + text(sshd),
              "libssh " + text(floor), times(ours, sshd))


GOAL_ONESHOT = {("rsa3072", 1): 18, ("rsa3072", 32): 10,
                ("p256", 1): 30, ("p256", 32): 20}


def oneshots(b, key):
    for clients in (1, 32):
        ours = oneshot(b, b.countersign(), f"sign -k {key} -f raw", clients,
                       b.short)
        peer = oneshot(b, b.sshd(), f"engine {key}", clients, b.middle)
        floor = oneshot(b, b.floor(key), "x", clients, b.short)
        ratio, goal = times(ours, peer), GOAL_ONESHOT[key, clients]
        name = f"oneshot-{key}-c{clients}"
        b.row(name, text(ours), "sshd+engine " + text(peer),
              "libssh " + text(floor), ratio, f"{goal}x, none failed",
              None if ratio is None else
              ratio >= goal and ours["failed"] == 0)
        own = ours["server_ms"] - ours["token_ms"]
        if clients == 1:
            b.row(f"{name} cpu", f"{own:.2f} ms without the token's",
                  f"sshd+engine {peer['server_ms']:.1f} ms",
                  f"libssh {floor['server_ms']:.2f} ms", None, "<= 2.5 ms",
                  own <= 2.5, detail(ours["used"]))


def detail(used):
    return " ".join(f"{k.replace('countersign-', '')} {v:.2f}"
                    for k, v in sorted(used.items()) if v > 0.005)


def ssh_argv(b, server, *options):
    return ["ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o",
            "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o",
            "KexAlgorithms=curve25519-sha256", "-o", "IdentitiesOnly=yes",
            "-i", b.stage.key, "-p", str(server.port), *options,
            f"{server.user}@127.0.0.1"]


def stock(b, server, command, seconds, *options):
    server.group.settle()
    before = server.group.cpu()
    found = measure([b.stage.tool("bench_exec"), 2000, seconds, LINE,
                     *ssh_argv(b, server, *options), command], seconds + 60)
    server.group.settle()
    _, total = cpu_since(server.group, before)
    found["server_ms"] = total / max(found["ok"] + found["failed"], 1)
    return found


def oneshot_ssh(b, key):
    ours = stock(b, b.countersign(), f"sign -k {key} -f raw", b.short)
    peer = stock(b, b.sshd(), f"engine {key}", b.middle)
    floor = stock(b, b.floor(key), "x", b.short)
    ratio = times(ours, peer)
    operation = 1000 / b.limit(key, 1, False)["rate"]
    over = ours.get("p50_ms", 1e9) - floor["p50_ms"] - operation
    b.row(f"oneshot-ssh-{key}-c1", text(ours), "sshd+engine " + text(peer),
          "libssh " + text(floor), ratio,
          "10x" if key == "rsa3072" else "",
          None if key != "rsa3072" or ratio is None else ratio >= 10)
    b.row(f"oneshot-ssh-{key} p50", f"floor + operation + {over:.1f} ms",
          goal="+ 5 ms", met=over <= 5)


def mux(b, key):
    """One ControlMaster connection, a new ssh each time."""
    found = []
    for server, command in ((b.countersign(), f"sign -k {key} -f raw"),
                            (b.sshd(), f"engine {key}")):
        path = b.stage.path(f"mux{server.port}")
        master = Background(ssh_argv(b, server, "-M", "-N", "-o",
                                     f"ControlPath={path}"))
        try:
            b.wait_path(path)
            calm, server.group.calm = server.group.calm, server.group.alive()
            found.append(stock(b, server, command, b.short, "-o",
                               f"ControlPath={path}"))
            server.group.calm = calm
        finally:
            master.stop()
    b.row(f"mux-ssh-{key}", text(found[0]), "sshd+engine " + text(found[1]),
          ratio=times(*found))


def stream_argv(b, server, mode, command, *options):
    return [b.stage.tool("bench_stream"), mode, "-p", server.port, "-u",
            server.user, "-i", b.stage.key, *options, command]


def stream(b, server, command, *options):
    server.group.settle()
    before = server.group.cpu()
    found = measure(stream_argv(b, server, "batch", command, *options), 300)
    server.group.settle()
    used, total = cpu_since(server.group, before)
    lines = max(found["lines"], 1)
    found["us"] = total * 1000 / lines
    found["client_us"] = found["cpu_ms"] * 1000 / lines
    found["used"] = {k: v * 1000 / lines for k, v in used.items()}
    return found


def stream_text(found):
    bad = " FAILED" if found["failed"] else ""
    return f"{found['rate']:.0f}/s cpu {found['us']:.0f} us{bad}"


GOAL_BATCH = {"rsa3072": 97, "rsa4096": 97, "p384": 97, "p256": 80}


def batch(b, key):
    """The limit is taken before and after, because machines vary."""
    before = b.limit(key, 2, True)
    ours = stream(b, b.countersign(), f"sign -k {key} -f raw", "-n",
                  BATCH[key])
    after = b.limit(key, 2, True)
    limit = (before["rate"] + after["rate"]) / 2
    share = 100 * ours["rate"] / limit
    every = ours["us"] + ours["client_us"]
    b.row(f"batch-{key}", stream_text(ours), "",
          f"2+v {limit:.0f}/s cpu {before['cpu_us']:.0f} us", None,
          f">= {GOAL_BATCH[key]} %: {share:.0f} %",
          share >= GOAL_BATCH[key] and not ours["failed"],
          f"{detail(ours['used'])} client {ours['client_us']:.2f}; CPU alone "
          f"would allow {100 * before['cpu_us'] / every:.0f} %")
    b.shares[key] = ours


def batch_peers(b, key):
    ours = b.shares.get(key)
    peer = stream(b, b.sshd(), f"lines {key}", "-n", BATCH[key], "-t",
                  b.short)
    ratio = ours and ours["rate"] / peer["rate"]
    met = ours and ratio > 1 if key == "p256" else None
    b.row(f"batch-{key}", stream_text(ours) if ours else "",
          "sshd+C " + stream_text(peer), "", ratio,
          "ahead" if key == "p256" else "", met)
    remote = p11_kit(b, key)
    b.row(f"batch-{key}", stream_text(ours) if ours else "",
          f"p11-kit {remote['rate']:.0f}/s", "",
          ours and ours["rate"] / remote["rate"])


def p11_kit(b, key):
    """PKCS#11 over a stock ssh: each signature is a round trip."""
    s = b.stage
    ssh = " ".join([*ssh_argv(b, b.sshd()), "remote"])
    return measure([s.tool("bench_token"), "limit", "-m", p11_kit_client(),
                    "-l", TOKEN, "-P", s.pin, "-k", key, "-t", b.short], 60,
                   env=dict(s.env, P11_KIT_SERVER_ADDRESS=f"|{ssh}"))


def ping(b, server, command, *options):
    return measure(stream_argv(b, server, "ping", command, *options), 120)


def ping_text(found):
    bad = " FAILED" if found["failed"] else ""
    return f"p50 {found['p50_ms']:.3f} p99 {found['p99_ms']:.3f} ms{bad}"


def pingpong(b, key):
    n = ("-n", PINGS)
    ours = ping(b, b.countersign(), f"sign -k {key} -f raw", *n)
    peer = ping(b, b.sshd(), f"lines {key}", *n)
    echo = ping(b, b.floor(key), "x", *n)
    operation = 1000 / b.limit(key, 1, False)["rate"]
    floor = echo["p50_ms"] + operation
    most = 3 * floor + b.sync_ms
    b.row(f"pingpong-{key}", ping_text(ours), "sshd+C " + ping_text(peer),
          f"libssh + operation {floor:.3f} ms, sync {b.sync_ms:.3f} ms",
          peer["p50_ms"] / ours["p50_ms"],
          f"<= {most:.3f} ms" if key == "p256" else "",
          ours["p50_ms"] <= most if key == "p256" else None)


# Budgets that are counted, and never used up.
BUDGETS = "rate = 1000000/1s\nper-day = 1000000000\nconcurrency = 64\n"


def words_server(b, name, words):
    return b.server(name, lambda: Tree(b.stage, name, words=words).start())


def budgets(b):
    """What it costs that a line's budget is safe before its answer."""
    plain, server = b.countersign(), words_server(b, "budgets", BUDGETS)
    command = "sign -k p256 -f raw"
    found = [[stream(b, s, command, "-n", BATCH["p256"] // 4)
              for s in (plain, server)] for _ in range(3)]
    near, far = (sorted(x, key=lambda f: f["rate"])[1] for x in zip(*found))
    b.row("budget-batch-p256", stream_text(far), "without " +
          stream_text(near), "", far["rate"] / near["rate"], ">= 0.95",
          far["rate"] >= 0.95 * near["rate"] and not far["failed"])
    near = ping(b, plain, command, "-n", PINGS)
    far = ping(b, server, command, "-n", PINGS)
    b.row("budget-pingpong-p256", ping_text(far), "without " +
          ping_text(near), f"sync {b.sync_ms:.3f} ms",
          far["p50_ms"] / near["p50_ms"])


def repeats(b):
    """The same lines again are answered without the token."""
    server = words_server(b, "repeats", "repeat-window = 1h\n")
    lines = BATCH["p256"] // 10
    first = stream(b, server, "sign -k p256 -f raw", "-n", lines)
    again = stream(b, server, "sign -k p256 -f raw", "-n", lines)
    b.row("repeat-batch-p256", stream_text(again), "the first time " +
          stream_text(first), "", again["rate"] / first["rate"],
          "ahead, no token", again["rate"] > first["rate"] and
          again["used"].get("countersign-token", 0) < 5 and
          not again["failed"], detail(again["used"]))


def fair(b):
    """A line while somebody else streams."""
    key, server = "rsa3072", b.countersign()
    command = f"sign -k {key} -f raw"
    # As long as one takes while the other worker is busy too.
    operation = 2000 / b.limit(key, 2, False)["rate"]
    quiet = ping(b, server, command, "-t", b.short)
    other = Background(stream_argv(b, server, "batch", command, "-n", 10**6,
                                   "-t", b.middle + 1), env=b.stage.env)
    try:
        loud = ping(b, server, command, "-t", b.middle)
    finally:
        batch_found = other.finish(b.middle + 30)
    p50 = (loud["p50_ms"] - quiet["p50_ms"]) / operation
    p99 = (loud["p99_ms"] - quiet["p99_ms"]) / operation
    b.row("fair", ping_text(loud), "quiet: " + ping_text(quiet),
          f"operation {operation:.2f} ms", None,
          f"+4, +8 operations: {p50:+.1f}, {p99:+.1f}",
          p50 <= 4 and p99 <= 8 and not loud["failed"] and
          batch_found.get("failed") == 0,
          f"the batch went on at {batch_found.get('rate', 0):.0f}/s")


def check_lines(b):
    ours = stream(b, b.countersign(), "check -k p256 -f raw", "-n", 100000)
    floor = stream(b, b.floor("p256"), "x", "-n", 100000)
    b.row("check-lines", stream_text(ours), "",
          "libssh " + stream_text(floor), None, ">= 300000/s",
          ours["rate"] >= 300000 and not ours["failed"],
          detail(ours["used"]))


def memory_flat(b, command, lines):
    """Growth of each process between 10,000 lines and the end."""
    server = b.countersign()
    client = Background(stream_argv(b, server, "batch", command, "-n", lines),
                        env=b.stage.env)
    try:
        client.wait_word("at 10000")
        first = server.group.private()
        most = dict(first)
        while client.proc.poll() is None:
            for who, kib in server.group.private().items():
                most[who] = max(most.get(who, 0), kib)
            b.pause(0.2)
    finally:
        found = client.finish()
    grown = {k: most[k] - first[k] for k in first}
    if not grown:
        raise Failed("no memory figures")
    worst = max(grown, key=grown.get)
    b.row(f"lines-{lines} {command.split()[0]}",
          f"{worst[0]} +{grown[worst]} KiB"
          + (" FAILED" if found.get("failed") != 0 else ""), "", "", None,
          "<= 1024 KiB", grown[worst] <= 1024 and found.get("failed") == 0,
          " ".join(f"{os.path.basename(k[0])} {first[k]}+{grown[k]}"
                   for k in sorted(grown)))
