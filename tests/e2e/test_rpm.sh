#!/bin/bash
# rpmsign has packages signed through csign in gpg's place; rpmkeys verifies
# them.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/csign.sh
. "$TOP/tests/support/csign.sh"
# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"

if ! command -v rpmsign >/dev/null || ! command -v rpmbuild >/dev/null; then
	echo "skip all: no rpm"
	exit 0
fi
KEYS="rsa3072 rsa4096 ed25519"

service() {
	instance_new "$DIR" rsa:3072 rsa:4096 ed25519 || return
	formats_none "$DIR"
	local key
	for key in $KEYS; do
		formats_openpgp "$DIR" "$key" || return
		formats_key "$DIR" "$key" wrapped "openpgp, openpgp-text" \
		    "openpgp = ../openpgp/$key.asc"
	done
	formats_profile "$DIR"
	instance_start "$DIR"
}
if ! service >"$DIR/said" 2>&1; then
	echo "FAIL the service does not start: $(tail -n 5 "$DIR/said")"
	exit 1
fi
csign_env "$DIR"
mkdir "$DIR/bin"
cp "$CSIGN" "$DIR/bin"
ln -s csign "$DIR/bin/csign-gpg"

package() { # NAME: a package in this folder
	cat >"$1.spec" <<-END
		Name: $1
		Version: 1
		Release: 1
		Summary: a test
		License: none
		BuildArch: noarch
		%description
		A test.
		%files
	END
	rpmbuild --quiet -bb --define "_topdir $PWD/build" \
	    --define "_rpmdir $PWD" --define '_rpmfilename %{NAME}.rpm' \
	    "$1.spec" >"$DIR/said" 2>&1 || fail "$(cat "$DIR/said")"
}

rpm_sign() { # KEY PACKAGE...
	rpmsign --define "__gpg $DIR/bin/csign-gpg" --define "_gpg_name $1" \
	    --addsign "${@:2}" >"$DIR/said" 2>&1
}

# What rpmkeys says with a database that knows these keys alone.
rpm_check() { # PACKAGE KEY...
	rm -rf db
	mkdir db
	local key
	for key in "${@:2}"; do
		rpmkeys --dbpath "$PWD/db" --import "$DIR/openpgp/$key.asc"
	done
	rpmkeys --dbpath "$PWD/db" -Kv "$1" >checked 2>&1
}

packages_are_signed_and_verified() {
	mkdir "$DIR/rpm"
	cd "$DIR/rpm" || exit
	local key
	for key in $KEYS; do
		package "by-$key"
		rpm_sign "$key" "by-$key.rpm" || fail "$(cat "$DIR/said")"
		rpm_check "by-$key.rpm" "$key" || fail "$(cat checked)"
		grep -Eq 'Header V4 (RSA|EdDSA)/SHA256 Signature.*: OK' checked
	done
}

many_packages_are_signed_by_a_fingerprint() {
	mkdir "$DIR/many"
	cd "$DIR/many" || exit
	package one
	package two
	local print
	print=$(gpg --batch --no-autostart --with-colons --show-keys \
	    "$DIR/openpgp/rsa4096.asc" 2>/dev/null |
	    sed -n '/^fpr/{s/^fpr:*\([0-9A-F]*\):.*/\1/p;q;}')
	rpm_sign "$print" one.rpm two.rpm || fail "$(cat "$DIR/said")"
	rpm_check one.rpm rsa4096 || fail "$(cat checked)"
	rpm_check two.rpm rsa4096 || fail "$(cat checked)"
}

another_key_or_a_changed_package_is_not_verified() {
	mkdir "$DIR/changed"
	cd "$DIR/changed" || exit
	package it
	rpm_sign rsa3072 it.rpm || fail "$(cat "$DIR/said")"
	refused rpm_check it.rpm rsa4096
	grep -q 'Signature.*NOKEY' checked
	sed 's/a test/A TEST/' it.rpm >changed.rpm
	refused cmp -s it.rpm changed.rpm
	refused rpm_check changed.rpm rsa3072
}

a_refusal_leaves_the_package_as_it_was() {
	mkdir "$DIR/refused"
	cd "$DIR/refused" || exit
	package it
	cp it.rpm before.rpm
	refused rpm_sign nokey it.rpm
	grep -q 'grants no key nokey' "$DIR/said"
	cmp it.rpm before.rpm
}

cases packages_are_signed_and_verified \
    many_packages_are_signed_by_a_fingerprint \
    another_key_or_a_changed_package_is_not_verified \
    a_refusal_leaves_the_package_as_it_was
