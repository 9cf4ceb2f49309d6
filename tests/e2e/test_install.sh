#!/bin/bash
# What make install puts in place, and that it runs from there.
# alone: it installs.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

ROOT=$DIR/root

installed() {
	make -s -C "$TOP" install DESTDIR="$ROOT" >"$DIR/make" 2>&1 ||
	    fail "$(tail -n 5 "$DIR/make")"
}

every_file_is_where_the_manual_says() {
	installed
	local file
	for file in bin/csign bin/csign-gpg bin/csign-ssh-keygen \
	    share/man/man1/csign.1 sbin/countersignd sbin/countersignctl \
	    libexec/countersign/countersign-broker \
	    libexec/countersign/countersign-lists \
	    libexec/countersign/countersign-session \
	    libexec/countersign/countersign-token \
	    share/man/man8/countersignd.8 share/man/man7/countersign-protocol.7 \
	    share/man/man5/countersign.conf.5 \
	    share/doc/countersign/examples/sshd-config/countersign.service \
	    share/doc/countersign/examples/sshd-config/sysusers.d/countersign.conf \
	    share/doc/countersign/examples/keys-layout/keys.d/release.conf \
	    share/doc/countersign/examples/verify.go; do
		[ -f "$ROOT/usr/$file" ] || fail "no $file"
	done
}

the_unit_starts_what_is_installed() {
	local unit=$TOP/sshd-config/countersign.service program
	sed -n 's/^Exec[A-Za-z]*=\([^ ]*\).*/\1/p' "$unit" | sort -u |
	    while read -r program; do
		[ -x "$ROOT$program" ] || echo "$program"
	    done >"$DIR/absent"
	expect "programs that are not installed" "" "$(cat "$DIR/absent")"
	local timeout drain
	timeout=$(sed -n 's/^TimeoutStopSec=//p' "$unit")
	drain=$(sed -n 's/^#*drain-timeout = \([0-9]*\)s*$/\1/p' \
	    "$TOP/sshd-config/countersign.conf")
	[ "$timeout" -gt "${drain:-30}" ] || fail "it is killed while it drains"
}

# /usr/libexec as it will be, in a mount namespace of its own.
it_runs_from_there() {
	[ "$(id -u)" = 0 ] || skip "needs root for a mount namespace"
	unshare -m true 2>/dev/null || skip "no mount namespaces"
	cat >"$DIR/inside" <<-END
		#!/bin/sh
		mount --bind "$ROOT/usr/libexec" /usr/libexec && exec "\$@"
	END
	chmod 0755 "$DIR/inside"
	instance_new "$DIR/tree" p256
	B=$ROOT/usr/sbin INSTANCE_RUN="unshare -m $DIR/inside" \
	    instance_start "$DIR/tree"
	expect answers 1 "$(digest_lines 1 |
	    sign_ssh "$DIR/tree" sign -k p256 | wc -l)"
	instance_stop "$DIR/tree"
}

without_its_helpers_it_says_where_it_looked() {
	[ ! -e /usr/libexec/countersign ] || skip "it is installed here"
	instance_new "$DIR/alone" p256
	expect_exit 1 "$ROOT/usr/sbin/countersignd" -D -C "$DIR/alone"
	expect_match stderr "*/usr/libexec/countersign*" "$(cat "$ERR")"
}

cases every_file_is_where_the_manual_says \
    the_unit_starts_what_is_installed \
    it_runs_from_there \
    without_its_helpers_it_says_where_it_looked
