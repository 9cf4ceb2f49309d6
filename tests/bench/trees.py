# SPDX-License-Identifier: Apache-2.0
"""What an instance costs: idle connections, large trees, start."""
import os
import random
import socket
import time

import works
from peers import Sshd
from procs import Background, Failed
from stage import Tree, made_up_key, write
from teams import CLIENTS, LargeTree

IDLE = 500


def idle_one(b, server):
    """KiB of PSS and of private memory that one connection adds."""
    server.group.settle()
    before = server.group.memory(), server.group.memory("Private_D")
    if before[0] is None:
        raise Failed("memory of other users' processes: only root sees it")
    client = Background([b.stage.tool("bench_client"), "idle", "-p",
                         server.port, "-u", server.user, "-i", b.stage.key,
                         "-n", IDLE, "-c", 10], env=b.stage.env)
    try:
        client.wait_word("ready", 90)
        after = server.group.memory(), server.group.memory("Private_D")
    finally:
        client.stop()
        server.group.settle(20)
    return [(y - x) / IDLE for x, y in zip(before, after)]


def idle(b):
    ours = idle_one(b, b.countersign())
    sshd = idle_one(b, b.sshd())
    floor = idle_one(b, b.floor("p256"))
    share = 100 * ours[0] / sshd[0]
    b.row(f"idle-{IDLE}", f"{ours[0]:.0f} KiB PSS, {ours[1]:.0f} private",
          f"sshd {sshd[0]:.0f} KiB PSS, {sshd[1]:.0f} private",
          f"libssh {floor[0]:.0f} KiB PSS", None,
          f"<= 25 %: {share:.0f} %", share <= 25)


def banner_after(spawn, port):
    """Milliseconds from spawn to the first SSH banner."""
    begin = time.monotonic()
    spawn()
    while time.monotonic() < begin + 30:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as s:
                if s.recv(4) == b"SSH-":
                    return (time.monotonic() - begin) * 1000
        except OSError:
            time.sleep(0.0003)
    raise Failed("no banner")


def start_tree(b, name, token):
    tree = Tree(b.stage, name, token)
    tree.fix_port()
    return tree


def start_time(server, runs):
    found = []
    for _ in range(runs):
        found.append(banner_after(server.spawn, server.port))
        server.stop()
    return sorted(found)[len(found) // 2]


def start(b):
    runs = 20 if b.full else 9
    bare = start_time(start_tree(b, "start-bare", False), runs)
    whole = start_time(start_tree(b, "start-token", True), runs)
    sshd = start_time(Sshd(b.stage, "sshd-start"), runs)
    b.row("start", f"{bare:.1f} ms; with token logins {whole:.1f} ms",
          f"sshd {sshd:.1f} ms", "", None, "<= 25 ms, logins aside",
          bare <= 25)


def load_time(tree, runs):
    found = []
    for _ in range(runs):
        begin = time.monotonic()
        tree.check()
        found.append(time.monotonic() - begin)
    return sorted(found)[runs // 2]


def broker_kib(tree):
    """What stays when it is done with all that comes after a start."""
    last, end = None, time.monotonic() + 20
    while time.monotonic() < end:
        now = [kib for (program, _), kib in tree.group.private().items()
               if program == "countersign-broker"]
        if not now:
            raise Failed("no broker")
        if now == last:
            return now[0]
        last = now
        time.sleep(0.5)
    raise Failed("the broker's memory never comes to rest")


def in_turns(b, first, second, run):
    """The same work on both, in turns: medians, so that noise is shared."""
    found = [], []
    for _ in range(4):
        for server, store in ((first, found[0]), (second, found[1])):
            store.append(run(b, server)["p50_ms"])
    return [sorted(x)[len(x) // 2] for x in found]


def login(b, server):
    return works.oneshot(b, server, None, 1, b.slice)


def sign(b, server):
    return works.oneshot(b, server, "sign -k p256 -f raw", 1, b.slice)


def verbs(b, tree):
    """What an admin asks of a tree of that size."""
    found = []
    for words in (("check",), ("lint",), ("who-can", "name0007"),
                  ("what-can", "builder000007"),
                  ("explain", f"{b.stage.key}.pub", "--from", "127.0.0.1",
                   "--", "sign", "-k", "p256", "-f", "raw")):
        begin = time.monotonic()
        tree.ctl(*words, good=(0, 1))
        found.append((time.monotonic() - begin, words[0]))
    b.row("tree-100k verbs", ", ".join(f"{name} {s:.2f} s"
                                       for s, name in found), "", "", None,
          "each < 3 s", max(found)[0] < 3)


def tree_100k(b):
    large = LargeTree(b.stage, "large")
    small = Tree(b.stage, "small")
    small.write_clients(10, 10)
    extra = load_time(large, 3) - load_time(small, 3)
    b.row("tree-100k load", f"{extra:.3f} s", "", "", None, "< 1 s",
          extra < 1)
    try:
        large.start()
        small.start()
        bytes_each = (broker_kib(large) - broker_kib(small)) * 1024 / CLIENTS
        beyond = bytes_each - 51 - large.text_bytes / CLIENTS
        b.row("tree-100k memory", f"{bytes_each:.0f} bytes a client key", "",
              "", None, f"<= 300 beyond blob, text: {beyond:.0f}",
              beyond <= 300)
        for name, run in (("login", login), ("sign", sign)):
            far, near = in_turns(b, large, small, run)
            b.row(f"tree-100k {name}", f"{far:.2f} ms", f"tree of ten "
                  f"{near:.2f} ms", "", far / near, "within 5 %",
                  far <= near * 1.05)
        verbs(b, large)
        reload_pause(b, large)
    finally:
        large.stop()
        small.stop()
    sshd_100k(b)


def spare_clients(tree):
    """Another list of client keys, made ahead: making it would be load."""
    listed, spare = f"{tree.dir}/authorized_keys.d/bench", f"{tree.dir}/spare"
    with open(listed, encoding="ascii") as f:
        lines = f.readlines()
    write(spare, "".join(lines[:-1]))
    return listed, spare


def swap(listed, spare):
    os.rename(listed, f"{spare}.now")
    os.rename(spare, listed)
    os.rename(f"{spare}.now", spare)


def reload_pause(b, tree):
    """The longest answer of a client that asks all the time."""
    names = spare_clients(tree)
    quiet = works.ping(b, tree, "sign -k p256 -f raw", "-n", 10**6, "-t",
                       b.short)
    client = Background(works.stream_argv(
        b, tree, "ping", "sign -k p256 -f raw", "-n", 10**6, "-t", b.middle),
        env=b.stage.env)
    begin = time.monotonic()
    said = []
    try:
        while time.monotonic() < begin + b.middle - 1:
            swap(*names)
            at = time.monotonic()
            tree.reload()
            said.append(time.monotonic() - at)
    finally:
        loud = client.finish()
    pause = loud.get("max_ms", 1e9)
    b.row("tree-100k reload", f"longest answer {pause:.1f} ms, reload "
          f"{sorted(said)[len(said) // 2]:.2f} s",
          f"quiet: longest {quiet['max_ms']:.1f} ms", "", None,
          "<= 10 ms more", pause <= quiet["max_ms"] + 10 and
          loud.get("failed") == 0)


def sshd_100k(b):
    rnd = random.Random(2)
    far = Sshd(b.stage, "sshd-100k",
               [made_up_key(rnd) + " x" for _ in range(CLIENTS)])
    far.spawn()
    try:
        banner_after(lambda: None, far.port)
        found = works.oneshot(b, far, None, 1, b.short)
        near = works.oneshot(b, b.sshd(), None, 1, b.short)
    finally:
        far.stop()
    b.row("tree-100k login", "", f"sshd, 100,000 keys {found['p50_ms']:.0f} "
          f"ms; one key {near['p50_ms']:.0f} ms")
