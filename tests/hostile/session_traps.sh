#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Clients that lie, stall and flood, against the real countersign-session.
# usage: session_traps.sh BUILD [NAME...]
exec timeout 600 /usr/bin/python3 "$(dirname "$0")/session_traps.py" "$@"
