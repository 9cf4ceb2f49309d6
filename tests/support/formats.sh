# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Signing keys for the formats, for tests that have read case.sh and made an
# instance (instance_new) that is not started yet:
#
#	formats_ca DIR			a CA: DIR/ca/ca.pem
#	formats_certificate DIR KEY [EXTENSIONS]
#					DIR/certs/KEY.pem, from that CA
#	formats_dates DIR KEY FROM UNTIL
#					the same, valid then (20200101000000Z)
#	formats_none DIR		no key and no profile is left
#	formats_key DIR KEY USE FORMATS [LINE...]
#					a [key] with these formats, and further
#					lines of its section
#	formats_profile DIR		its one profile may use all of them

formats_ca() { # DIR
	mkdir -p "$1/ca" "$1/certs" || return
	openssl ecparam -name prime256v1 -genkey -noout -out "$1/ca/ca.key" &&
	    openssl req -x509 -new -key "$1/ca/ca.key" -subj /CN=ca \
	        -addext keyUsage=critical,keyCertSign -days 30 \
	        -out "$1/ca/ca.pem"
}

formats_certificate() { # DIR KEY [EXTENSIONS]
	# The PIN is the service's; a file of ours is read.
	(umask 077 && cp -f "$1/token/pin" "$1/ca/pin") || return
	token_ctl "$1/token" csr --label demo --pin-file "$1/ca/pin" \
	    --name "$2" --subject "/CN=$2" --out "$1/ca/$2.csr" >/dev/null ||
	    return
	printf '%s\n' "basicConstraints=critical,CA:FALSE" \
	    "keyUsage=critical,digitalSignature" \
	    "subjectKeyIdentifier=hash" \
	    "${3:-extendedKeyUsage=codeSigning}" >"$1/ca/$2.ext"
	openssl x509 -req -in "$1/ca/$2.csr" -CA "$1/ca/ca.pem" \
	    -CAkey "$1/ca/ca.key" -extfile "$1/ca/$2.ext" -days 20 \
	    -out "$1/certs/$2.pem" 2>"$1/ca/said" || return
	chmod 0644 "$1/certs/$2.pem"
}

formats_none() { # DIR
	rm -f "$1/keys.d/demo.conf" "$1/profiles.d/demo.conf"
	FORMATS_KEYS=
}

formats_key() { # DIR KEY USE FORMATS [LINE...]
	local dir=$1 key=$2
	{
		printf '[key %s]\ntoken = demo\nobject = pkcs11:object=%s\n' \
		    "$key" "$key"
		printf 'use = %s\nformats = %s\n' "$3" "$4"
		shift 4
		[ $# = 0 ] || printf '%s\n' "$@"
	} >"$dir/keys.d/$key.conf"
	FORMATS_KEYS="${FORMATS_KEYS:-} $key"
}

formats_profile() { # DIR
	printf '[profile ci]\nkeys =%s\nhashes = %s\n' "$FORMATS_KEYS" \
	    "sha256, sha384, sha512${FORMATS_HASHES:-}" \
	    >"$1/profiles.d/demo.conf"
}

# DIR/certs/KEY.pem with dates of its own; its request was made before.
formats_dates() { # DIR KEY NOT-BEFORE NOT-AFTER, as 20200101000000Z
	[ -e "$1/ca/serial" ] || {
		printf '%s\n' '[ca]' 'default_ca = c' '[c]' \
		    "new_certs_dir = $1/ca" "database = $1/ca/index" \
		    "serial = $1/ca/serial" 'default_md = sha256' \
		    'policy = p' 'unique_subject = no' \
		    '[p]' 'commonName = supplied' >"$1/ca/ca.conf"
		: >"$1/ca/index"
		echo 7700 >"$1/ca/serial"
	}
	openssl ca -batch -notext -config "$1/ca/ca.conf" -cert "$1/ca/ca.pem" \
	    -keyfile "$1/ca/ca.key" -extfile "$1/ca/$2.ext" -startdate "$3" \
	    -enddate "$4" -in "$1/ca/$2.csr" -out "$1/certs/$2.pem" \
	    2>"$1/ca/said" || return
	chmod 0644 "$1/certs/$2.pem"
}

# formats_openpgp DIR KEY [OPTION...]	DIR/openpgp/KEY.asc, and a keyring KEY.gpg
formats_openpgp() { # DIR KEY [OPTION...]
	local dir=$1 key=$2
	shift 2
	mkdir -p "$dir/openpgp" || return
	(umask 077 && cp -f "$dir/token/pin" "$dir/openpgp/pin") || return
	token_ctl "$dir/token" openpgp --label demo \
	    --pin-file "$dir/openpgp/pin" --name "$key" \
	    --user-id "$key <$key@example.org>" \
	    --out "$dir/openpgp/$key.asc" "$@" >"$dir/openpgp/said" || return
	gpg --dearmor <"$dir/openpgp/$key.asc" >"$dir/openpgp/$key.gpg" ||
	    return
	chmod 0644 "$dir/openpgp/$key.asc"
}

# formats_state [-t | -c] <FILE		where its hash stands, as csign sends it
formats_state() {
	[ -e "$DIR/midstate.pl" ] || sed -n '/^# Where SHA-256 stands/,$ {
		/^END_OF_MIDSTATE/q; p; }' "$TOP/scripts/csign" \
	    >"$DIR/midstate.pl"
	perl "$DIR/midstate.pl" "$@"
}
