#!/bin/bash
# A small Debian repository, signed over stock ssh: apt-get update trusts it,
# and refuses what was changed.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"
# shellcheck source=tests/support/csign.sh
. "$TOP/tests/support/csign.sh"

REPO=$DIR/repo
APT=$DIR/apt
KEYS="rsa3072 p256 ed25519"
export GNUPGHOME=$DIR/gpg

service() {
	mkdir -m 700 "$GNUPGHOME"
	instance_new "$DIR" rsa:3072 p256 ed25519 || return
	formats_none "$DIR"
	local key
	for key in $KEYS; do
		formats_openpgp "$DIR" "$key" || return
		formats_key "$DIR" "$key" wrapped "openpgp openpgp-text" \
		    "openpgp = ../openpgp/$key.asc"
	done
	formats_profile "$DIR"
	instance_start "$DIR"
}

repository() {
	mkdir -p "$DIR/package/DEBIAN" "$REPO" || return
	printf '%s: %s\n' Package hello-signed Version 1.0 Architecture all \
	    Maintainer 'Nobody <nobody@example.org>' Description 'a test' \
	    >"$DIR/package/DEBIAN/control"
	dpkg-deb --root-owner-group --build "$DIR/package" "$REPO" || return
	cd "$REPO" || return
	apt-ftparchive packages . >Packages || return
	apt-ftparchive -o APT::FTPArchive::Release::Suite=stable release . \
	    >"$DIR/Release" && mv "$DIR/Release" Release
}

if ! { service && (repository); } >"$DIR/said" 2>&1; then
	echo "FAIL the service does not start: $(tail -n 5 "$DIR/said")"
	exit 1
fi

# As a build host does it.
detached() { # KEY
	printf '%s  Release\n' "$(formats_state <"$REPO/Release")" |
	    sign_ssh "$DIR" sign -k "$1" -f openpgp -o raw >"$DIR/new"
	mv "$DIR/new" "$REPO/Release.gpg"
}

inline() { # KEY
	{
		printf -- '-----BEGIN PGP SIGNED MESSAGE-----\n'
		printf 'Hash: SHA256\n\n'
		sed 's/^-/- -/' "$REPO/Release"
		formats_state -c <"$REPO/Release" |
		    sign_ssh "$DIR" sign -k "$1" -f openpgp-text -o raw
	} >"$DIR/new"
	mv "$DIR/new" "$REPO/InRelease"
}

# A fresh private apt that knows this repository and this key.
apt_update() { # KEY
	rm -rf "$APT"
	mkdir -p "$APT/etc/apt/apt.conf.d" "$APT/etc/apt/preferences.d" \
	    "$APT/etc/apt/trusted.gpg.d" "$APT/lib/lists/partial" \
	    "$APT/cache/archives/partial" "$APT/log"
	echo "deb [signed-by=$DIR/openpgp/$1.asc] file:$REPO ./" \
	    >"$APT/etc/apt/sources.list"
	: >"$APT/status"
	apt -q update >"$DIR/said" 2>&1
}

apt() {
	apt-get -o Dir::Etc="$APT/etc/apt" -o Dir::State="$APT/lib" \
	    -o Dir::State::status="$APT/status" -o Dir::Cache="$APT/cache" \
	    -o Dir::Log="$APT/log" -o APT::Sandbox::User=root \
	    -o APT::Update::Error-Mode=any -o APT::Architecture=amd64 "$@"
}

trusted() { # KEY
	apt_update "$1" || fail "$1: $(cat "$DIR/said")"
	! grep -q '^[WE]:' "$DIR/said" || fail "$1: $(cat "$DIR/said")"
	apt -q --print-uris install hello-signed >"$DIR/said" 2>&1
	grep -q hello-signed_1.0_all.deb "$DIR/said" ||
	    fail "$1: $(cat "$DIR/said")"
}

refused() { # KEY PATTERN
	! apt_update "$1" || fail "apt took it: $(cat "$DIR/said")"
	grep -q "$2" "$DIR/said" || fail "$(cat "$DIR/said")"
	! apt -q --print-uris install hello-signed >"$DIR/said" 2>&1
}

apt_refuses_a_repository_without_a_signature() {
	refused p256 'is not signed'
}

apt_trusts_a_detached_signature_of_every_key() {
	local key
	rm -f "$REPO/InRelease"
	for key in $KEYS; do
		detached "$key"
		trusted "$key"
	done
}

apt_trusts_a_clear_signed_release_of_every_key() {
	local key
	rm -f "$REPO/Release.gpg"
	for key in $KEYS; do
		inline "$key"
		trusted "$key"
	done
}

apt_trusts_what_csign_wrote() {
	csign_env "$DIR"
	cd "$REPO" || exit
	local key
	for key in $KEYS; do
		rm -f InRelease Release.gpg
		signs --gpg -u "$key" -abo Release.gpg Release
		trusted "$key"
		signs --gpg -u "$key" --clear-sign -o InRelease Release
		rm Release.gpg
		trusted "$key"
	done
	rm InRelease
	signs -k p256 -f openpgp --stdout Release >Release.gpg
	trusted p256
}

apt_refuses_another_keys_signature() {
	rm -f "$REPO/Release.gpg"
	inline p256
	refused rsa3072 NO_PUBKEY
	rm -f "$REPO/InRelease"
	detached p256
	refused rsa3072 NO_PUBKEY
}

apt_refuses_a_changed_release() {
	rm -f "$REPO/Release.gpg"
	inline p256
	trusted p256
	sed -i 's/^Suite: stable/Suite: unsafe/' "$REPO/InRelease"
	refused p256 BADSIG
	rm -f "$REPO/InRelease"
	detached p256
	trusted p256
	cp "$REPO/Release" "$DIR/kept"
	sed -i 's/^Suite: stable/Suite: unsafe/' "$REPO/Release"
	refused p256 BADSIG
	mv "$DIR/kept" "$REPO/Release"
}

apt_refuses_a_changed_package_list() {
	inline p256
	trusted p256
	cp "$REPO/Packages" "$DIR/kept"
	sed -i 's/^Version: 1.0/Version: 6.6/' "$REPO/Packages"
	refused p256 'Hash Sum mismatch\|unexpected size'
	mv "$DIR/kept" "$REPO/Packages"
}

cases apt_refuses_a_repository_without_a_signature \
    apt_trusts_a_detached_signature_of_every_key \
    apt_trusts_a_clear_signed_release_of_every_key \
    apt_trusts_what_csign_wrote \
    apt_refuses_another_keys_signature apt_refuses_a_changed_release \
    apt_refuses_a_changed_package_list
