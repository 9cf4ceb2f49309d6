#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Clients that lie, stall and flood, against the real countersign-session.
# usage: test_session_traps.sh BUILD [NAME...]
# covers: src/session/connection.c src/session/exchange.c src/session/farewell.c
# covers: src/session/input.c src/session/jail.c src/session/link.c
# covers: src/session/login.c src/session/outlet.c src/session/parent.c
# covers: src/session/replies.c src/session/server.c src/session/surface.c
exec timeout 170 /usr/bin/python3 "$(dirname "$0")/session_traps.py" "$@"
