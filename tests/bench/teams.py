# SPDX-License-Identifier: Apache-2.0
"""A tree as a large company has it: hours, budgets, tenants, roll-overs."""
import os
import random

from stage import KEYS, TOKEN, Tree, made_up_key, write

CLIENTS = 100000
PROFILES = 10000
SIGNING_KEYS = 1000
GENERATIONS = 100
TENANTS = 16
INSIDE = 4  # of them hold one more
TENANT_CLIENTS = 50

ZONES = ("UTC", "Europe/Berlin", "Europe/London", "America/New_York",
         "Asia/Tokyo", "Australia/Sydney")
SPANS = ("Mon-Fri 07:00-19:00", "Mon-Sat 06:00-22:00",
         "Mon-Fri 08:00-18:00, Sat 10:00-14:00", "Mon-Sun 22:00-06:00")


def profile_words(i):
    """Not every team needs every word."""
    words = [f"from = 10.{i // 256}.{i % 256}.0/24 2001:db8:{i:x}::/48",
             f"names = team{i:05d}/* *.bin *.tar.gz",
             "env = CI_JOB_ID GIT_*",
             f"priority = {('normal', 'high', 'low')[i % 3]}",
             f"purpose = releases of team {i:05d}"]
    if i % 2 == 0:
        words.append(f"hours = {SPANS[i // 2 % len(SPANS)]} "
                     f"{ZONES[i // 8 % len(ZONES)]}")
    if i % 3 == 0:
        words += ["rate = 300/1m", "burst = 5000", "per-day = 50000",
                  "concurrency = 8", "on-exceed = suspend"]
    if i % 10 == 0:
        words += ["max-lines = 5000",
                  "repeat-window = 1h", "not-after = 2099-01-01"]
    return "\n".join(words) + "\n"


def profile(i, keys):
    return (f"[profile team{i:05d}]\nkeys = {keys}\n"
            "verbs = help whoami keys sign check\nformats = raw\n"
            f"hashes = sha256 sha512\n{profile_words(i)}")


def key(i):
    """A further name for one key of the token."""
    text = (f"[key name{i:04d}]\ntoken = {TOKEN}\n"
            "object = pkcs11:object=p256\nuse = raw\n"
            f"purpose = product {i:04d}\nhashes = sha256 sha512\n")
    if i % 4 == 0:
        text += f"hours = Mon-Sun 00:00-24:00 {ZONES[i // 4 % len(ZONES)]}\n"
    if i % 10 == 0:
        text += "rate = 1000/1s\n"
    return text


def generation(i):
    return (f"[generation name{i:04d}-next]\nkey = name{i:04d}\n"
            "object = pkcs11:object=p384\nstart = 2098-01-01\n")


def client(rnd, team, number):
    return f'profile="team{team:05d}" {made_up_key(rnd)} builder{number:06d}'


def tenant(name):
    return (f"[tenant {name}]\nowner = {os.geteuid()}\ntokens = {TOKEN}\n"
            "objects = p256\nuses = raw\nrate = 100000/1s\n"
            "per-day = 1000000\nhashes = sha256 sha512\n")


class LargeTree(Tree):
    """100,000 client keys, 10,000 profiles, 1,000 names of keys."""

    def __init__(self, stage, name):
        super().__init__(stage, name)
        self.clients = CLIENTS
        self.text_bytes = len("builder000000.") * CLIENTS
        self.write_clients(CLIENTS, PROFILES)
        self.write_tenants()

    def more_keys(self):
        return "".join(map(key, range(SIGNING_KEYS))) + \
            "".join(map(generation, range(GENERATIONS)))

    def profile(self, i, keys):
        more = [f"name{j % SIGNING_KEYS:04d}" for j in (i, i + 7)]
        return profile(i, " ".join([*KEYS, *more]))

    def write_tenants(self):
        rnd = random.Random(3)
        number = CLIENTS
        for i in range(TENANTS):
            name = f"product{i:02d}"
            folder = f"{self.dir}/tenants/{name}"
            write(f"{self.dir}/tenants.d/{name}.conf", tenant(name))
            self.write_tenant(folder, rnd, number)
            if i < INSIDE:
                write(f"{folder}/tenants.d/labs.conf", tenant("labs"))
                self.write_tenant(f"{folder}/tenants/labs", rnd,
                                  number + TENANT_CLIENTS)
            number += 2 * TENANT_CLIENTS

    def write_tenant(self, folder, rnd, number):
        """Its own files: five keys, five profiles, fifty client keys."""
        lines = [client(rnd, i % 5, number + i)
                 for i in range(TENANT_CLIENTS)]
        write(f"{folder}/keys.d/k.conf", "".join(map(key, range(5))))
        write(f"{folder}/profiles.d/p.conf",
              "".join(profile(i, f"name{i:04d}") for i in range(5)))
        write(f"{folder}/authorized_keys.d/clients", "\n".join(lines) + "\n")
