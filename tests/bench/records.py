# SPDX-License-Identifier: Apache-2.0
"""What a record costs: the log alone, and its share of a signature."""
from procs import measure
from works import PINGS, ping, stream

RECORDS = 200000
BATCH = {"p256": 20000, "rsa3072": 1500}


def journal(b):
    """The broker's own journal beside bare append and fdatasync."""
    tool = b.stage.tool("bench_journal")
    count = RECORDS if b.full else RECORDS // 4
    for name, mode in (("records", "all"), ("record-alone", "one")):
        n = count if mode == "all" else count // 100
        found = measure([tool, mode, b.stage.path(name), n], 300)
        share = 100 * found["rate"] / found["bare_rate"]
        b.row(name, f"{found['rate']:.0f}/s",
              f"append+fdatasync {found['bare_rate']:.0f}/s", "", None,
              f"{share:.0f} % of bare", None,
              f"{found['bytes']:.0f} bytes a record, "
              f"{found['per_sync']:.0f} a sync; bare writes the same bytes "
              "with the same syncs")


def spent(server, work):
    """Means of a line in microseconds while work was done."""
    before = server.status()["timing"]
    work()
    after = server.status()["timing"]
    lines = max(after["lines"] - before["lines"], 1)
    return {k: (after[k] - before[k]) / lines
            for k in ("whole-us", "token-us", "record-us")}


def share(b, key):
    server, command = b.countersign(), f"sign -k {key} -f raw"
    works = {
        "alone": lambda: ping(b, server, command, "-n", PINGS),
        "batch": lambda: stream(b, server, command, "-n", BATCH[key]),
    }
    for name, work in works.items():
        found = spent(server, work)
        part = 100 * found["record-us"] / max(found["whole-us"], 1)
        b.row(f"record-share-{key}-{name}",
              f"{found['record-us']:.0f} us of {found['whole-us']:.0f} us",
              f"token {found['token-us']:.0f} us", "", None,
              f"{part:.0f} % waiting for the record")
