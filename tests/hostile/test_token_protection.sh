#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the jail keeps a PKCS#11 module from, and what it keeps a token from:
# a unit test that sanitizers cannot run, in the release build.
# usage: test_token_protection.sh BUILD
cd "$(dirname "$0")/../.." || exit
test=build/release/tests/token/test_protection
make -s VARIANT=release "$test" >/dev/null || exit
said=$(timeout 120 "$test" 2>&1)
status=$?
printf '%s\n' "$said" |
    sed -n -e 's/^\[       OK \] /ok /p' -e 's/^\[  SKIPPED \] /skip /p' \
        -e 's/^\[  FAILED  \] \([a-z_]*\)$/FAIL \1/p' -e '/ERROR\|LINE/p' |
    awk '!seen[$0]++'
exit $status
