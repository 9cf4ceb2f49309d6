# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# tests/go/verify.go as the command go_verify, built in DIR.

go_build() {
	GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$DIR/cache \
	    go build -o "$DIR/verify" "$TOP/tests/go/verify.go" \
	    >"$DIR/said" 2>&1 && return
	echo "FAIL verify.go cannot be built: $(tail -n 1 "$DIR/said")"
	return 1
}

go_verify() { # ACTION OPERAND...
	"$DIR/verify" "$@"
}
