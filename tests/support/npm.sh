# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# The few packages of tests/npm, for a node that is there: Debian's npm would
# bring some 350 packages along, so it is not asked for; who has none skips.

# Ends a case where they cannot be had; afterwards `node' finds them.
npm_ready() {
	local place=$TOP/build/npm
	command -v node >/dev/null || skip "there is no node here"
	command -v npm >/dev/null || skip "there is no npm here"
	export NODE_PATH=$place/node_modules
	cmp -s "$TOP/tests/npm/package-lock.json" "$place/package-lock.json" &&
	    [ -d "$NODE_PATH/@sigstore/verify" ] && return
	mkdir -p "$place"
	cp "$TOP"/tests/npm/package*.json "$place"
	(cd "$place" && npm ci --ignore-scripts --no-audit --no-fund) \
	    >"$DIR/npm" 2>&1 || fail "npm: $(tail -n 5 "$DIR/npm")"
}
