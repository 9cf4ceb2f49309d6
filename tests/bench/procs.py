# SPDX-License-Identifier: Apache-2.0
"""Trees of processes: started, counted, measured and ended.

Every server runs under bench_group, which adopts what its program leaves
behind; so all CPU time of a server is in /proc/PID/stat of the processes that
live, and in the children's times of those that reaped the dead.
"""
import os
import re
import select
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")
running = []


class Failed(Exception):
    """A workload could not be run; the text says why."""


def stat_fields(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="latin-1") as f:
            text = f.read()
    except OSError:
        return None
    return text[text.rindex(")") + 2:].split()


def program_of(pid):
    try:
        with open(f"/proc/{pid}/cmdline", encoding="latin-1") as f:
            word = f.read().split("\0")[0]
    except OSError:
        return "?"
    return os.path.basename(re.split("[: ]", word)[0]) or "ended"


def descendants(root):
    """The tree's processes, the dead that wait for their parent included."""
    children = {}
    for name in os.listdir("/proc"):
        fields = stat_fields(name) if name.isdigit() else None
        if fields:
            children.setdefault(int(fields[1]), []).append(int(name))
    found, todo = [], [root]
    while todo:
        pid = todo.pop()
        found.append(pid)
        todo += children.get(pid, [])
    return found


class Group:
    """One program and all that it starts."""

    def __init__(self, tool, argv, **kw):
        self.log = kw.pop("log")
        with open(self.log, "wb") as log:
            self.proc = subprocess.Popen([tool, *argv], stdin=subprocess.PIPE,
                                         stdout=log, stderr=log, **kw)
        self.read_to = 0
        self.calm = 0
        running.append(self)

    def wait_line(self, pattern, seconds=20):
        """The first match of pattern in the program's output."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with open(self.log, encoding="utf-8", errors="replace") as f:
                text = f.read()
            found = re.search(pattern, text)
            if found:
                self.calm = self.alive()
                return found
            if self.proc.poll() is not None:
                break
            time.sleep(0.01)
        raise Failed(f"not ready: {text.strip()[-400:]}")

    def pids(self):
        return descendants(self.proc.pid)

    def alive(self):
        fields = [stat_fields(pid) for pid in self.pids()]
        return sum(1 for f in fields if f and f[0] != "Z")

    def settle(self, seconds=5):
        """Until the processes of finished connections are gone."""
        end = time.monotonic() + seconds
        while self.alive() > self.calm and time.monotonic() < end:
            time.sleep(0.02)

    def cpu(self):
        """Milliseconds of CPU by program; the sum is the whole tree's."""
        total = {}
        for pid in self.pids():
            fields = stat_fields(pid)
            if fields:
                ms = sum(map(int, fields[11:15])) * 1000 / TICK
                name = program_of(pid)
                total[name] = total.get(name, 0) + ms
        return total

    def memory(self, field="Pss"):
        """KiB of the whole tree, without bench_group; None: not allowed."""
        total = 0
        for pid in self.pids()[1:]:
            try:
                with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as f:
                    text = f.read()
            except PermissionError:
                return None
            except OSError:
                continue
            total += sum(map(int, re.findall(rf"^{field}\w*: +(\d+)", text,
                                             re.M)[:1]))
        return total

    def private(self):
        """KiB of anonymous memory of each process: {(program, pid): n}."""
        found = {}
        for pid in self.pids()[1:]:
            try:
                with open(f"/proc/{pid}/status", encoding="latin-1") as f:
                    kib = re.search(r"RssAnon:\s+(\d+)", f.read())
            except OSError:
                continue
            if kib:
                found[program_of(pid), pid] = int(kib[1])
        return found

    def stop(self):
        if self in running:
            running.remove(self)
        if self.proc.poll() is None:
            self.proc.terminate()
        try:
            self.proc.wait(15)
        except subprocess.TimeoutExpired:
            self.proc.kill()
            self.proc.wait()
        self.proc.stdin.close()


def stop_all():
    for group in list(running):
        group.stop()


def cpu_since(group, before):
    """What each program used since, and the sum."""
    now = group.cpu()
    used = {k: now[k] - before.get(k, 0) for k in now}
    return used, sum(now.values()) - sum(before.values())


def numbers(text):
    """The last line of name=number words as a dict."""
    for line in reversed(text.splitlines()):
        found = re.findall(r"(\w+)=([-\d.]+)", line)
        if found:
            return {k: float(v) for k, v in found}
    return {}


def call(argv, seconds=120, **kw):
    """Runs a client to its end: its standard output, or Failed."""
    good = kw.pop("good", (0,))
    try:
        done = subprocess.run([str(a) for a in argv], timeout=seconds,
                              stdin=kw.pop("stdin", subprocess.DEVNULL),
                              capture_output=True, text=True, check=False,
                              **kw)
    except subprocess.TimeoutExpired:
        raise Failed(f"{os.path.basename(str(argv[0]))}: no end after "
                     f"{seconds} s") from None
    if done.returncode not in good:
        said = (done.stderr or done.stdout).strip()[-300:]
        raise Failed(f"{os.path.basename(str(argv[0]))}: {said}")
    return done.stdout


def measure(argv, seconds=120, **kw):
    """The numbers a client reports."""
    found = numbers(call(argv, seconds, **kw))
    if not found:
        raise Failed(f"{os.path.basename(str(argv[0]))}: no numbers")
    return found


class Background:
    """A client beside another one."""

    def __init__(self, argv, **kw):
        self.proc = subprocess.Popen([str(a) for a in argv], text=True,
                                     stdin=subprocess.PIPE, bufsize=1,
                                     stdout=subprocess.PIPE,
                                     stderr=subprocess.DEVNULL, **kw)
        running.append(self)
        self.text = ""

    def wait_word(self, word, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            ready, _, _ = select.select([self.proc.stdout], [], [], 0.5)
            line = self.proc.stdout.readline() if ready else None
            if line == "":
                break
            self.text += line or ""
            if line and line.startswith(word):
                return
        raise Failed(f"{self.proc.args[0]}: no '{word}'")

    def finish(self, seconds=120):
        try:
            self.text += self.proc.communicate(timeout=seconds)[0] or ""
        except subprocess.TimeoutExpired:
            self.proc.kill()
        self.stop()
        return numbers(self.text)

    def stop(self):
        """What the client forked ends with its standard input."""
        if self in running:
            running.remove(self)
        self.proc.stdin.close()
        if self.proc.poll() is None:
            self.proc.kill()
        self.proc.wait()
        self.proc.stdout.close()
