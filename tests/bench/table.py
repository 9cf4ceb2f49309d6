# SPDX-License-Identifier: Apache-2.0
"""The table that make bench prints."""
import os
import sys

HEAD = ("workload", "countersign", "peer", "limit", "ratio", "goal", "met")


class Table:
    def __init__(self):
        self.rows = []

    def row(self, workload, ours="", peer="", limit="", ratio=None, goal="",
            met=None, note=""):
        """One line: kept for the end, and told at once."""
        cells = (workload, " ".join(ours.split()), peer, limit,
                 f"{ratio:.1f}" if ratio else "", goal,
                 "" if met is None else "yes" if met else "NO")
        self.rows.append((cells, note))
        print("bench: " + " | ".join(c for c in cells if c) +
              (f" ({note})" if note else ""), file=sys.stderr, flush=True)

    def show(self, out):
        if not self.rows:
            return
        every = [HEAD] + [cells for cells, _ in self.rows]
        width = [max(len(r[i]) for r in every) for i in range(len(HEAD))]
        for cells in every:
            line = "  ".join(c.ljust(w) for c, w in zip(cells, width))
            print(line.rstrip(), file=out)
        print(f"\n{os.cpu_count()} processors; cpu: milliseconds a "
              "connection or microseconds a line, the server's whole tree; "
              "2+v: two token\nprocesses with one verification a signature; "
              "libssh: a server that only answers.", file=out)
        notes = [(c[0], n) for c, n in self.rows if n]
        if notes:
            print("Where the CPU went, and notes:", file=out)
        for name, note in notes:
            print(f"  {name}: {note}", file=out)
