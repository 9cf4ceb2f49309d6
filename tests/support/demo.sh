# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A key for each family of formats, beside those that an instance has, for who
# tries the service: after instance_new and formats.sh,
#
#	formats_demo DIR

# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"

# NAME TYPE of each; RSA where the verifiers know nothing younger.
formats_demo_keys="release rsa:3072
kernel rsa:3072
pgp rsa:3072
release-p256 p256
tsa p256
ssh ed25519
minisign ed25519"

formats_demo_token() { # DIR
	local name type
	token_unseal "$1/token" || return
	formats_ca "$1" || return
	(umask 077 && cp -f "$1/token/pin" "$1/ca/pin") || return
	while read -r name type; do
		token_ctl "$1/token" keygen --label demo \
		    --pin-file "$1/ca/pin" --name "$name" --type "$type" \
		    >/dev/null || return
	done <<<"$formats_demo_keys"
	formats_certificate "$1" release || return
	formats_certificate "$1" release-p256 || return
	formats_certificate "$1" kernel || return
	formats_certificate "$1" tsa \
	    extendedKeyUsage=critical,timeStamping || return
	token_ctl "$1/token" openpgp --label demo --pin-file "$1/ca/pin" \
	    --name pgp --user-id "Demo release <release@example.org>" \
	    --out "$1/certs/pgp.asc" >/dev/null || return
	chmod 0644 "$1/certs/pgp.asc"
	rm -f "$1/ca/pin"
	if [ "$(id -u)" = 0 ]; then
		token_seal "$1/token" _countersign-token
	else
		token_seal "$1/token"
	fi
}

formats_demo() { # DIR
	local wrapped="cms, authenticode, sshsig, dsse, sigstore-dsse, \
manifest, fsverity, sums-sshsig" dir=$1
	(umask 022 && formats_demo_token "$dir") || return
	formats_key "$dir" release wrapped "$wrapped" \
	    "certificate = ../certs/release.pem" "namespaces = file, git"
	formats_key "$dir" release-p256 wrapped "$wrapped" \
	    "certificate = ../certs/release-p256.pem" "namespaces = file, git"
	formats_key "$dir" kernel raw "kmod, cms-noattr, ima" \
	    "certificate = ../certs/kernel.pem"
	formats_key "$dir" pgp wrapped "openpgp, openpgp-text, sums-openpgp" \
	    "openpgp = ../certs/pgp.asc"
	formats_key "$dir" ssh wrapped \
	    "sshsig, sums-sshsig, sums-signify, manifest, dsse" \
	    "namespaces = file, git"
	formats_key "$dir" minisign raw minisign
	formats_key "$dir" tsa wrapped tsa \
	    "certificate = ../certs/tsa.pem" "tsa-policy = 1.3.6.1.4.1.32473.1"
	sed -i "s/^keys = .*/&$FORMATS_KEYS/" "$dir/profiles.d/demo.conf"
	echo "namespaces = file, git" >>"$dir/profiles.d/demo.conf"
}
