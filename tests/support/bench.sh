# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# The tokens of make bench: one for the service, sealed as an admin would, and
# a copy for the peers and the limits, because tools that log in as they please
# rewrite the token's files (token.sh says how that ends).
#
#	bench_tokens DIR [USER]     DIR/token, DIR/peer; keys rsa3072 rsa4096
#	                            p256 p384, and for the service audit; USER
#	                            is the service's, when root
#	bench_formats DIR [USER]    DIR/formats, another token: for each type
#	                            of key one to sign raw, and one for each
#	                            class of wrapped formats, with the files
#	                            that belong to them
#
# CTL is the countersignctl to use; run from the top of the source tree.

# shellcheck source=tests/support/token.sh
. tests/support/token.sh

bench_tokens() { # DIR [USER]
	bench_dir=$1
	shift
	mkdir -p "$bench_dir/token" "$bench_dir/peer" || return
	token_make "$bench_dir/token" bench || return
	for bench_key in rsa3072=rsa:3072 rsa4096=rsa:4096 p256=p256 p384=p384; do
		token_key "$bench_dir/token" bench "${bench_key%%=*}" \
		    "${bench_key#*=}" || return
	done
	cp -a "$bench_dir/token/." "$bench_dir/peer" || return
	printf '%s\n' "directories.tokendir = $bench_dir/peer/tokens" \
	    'objectstore.backend = file' 'log.level = ERROR' \
	    >"$bench_dir/peer/softhsm2.conf" || return
	# Not for the peers: one Ed25519 key hides all others from libp11.
	token_key "$bench_dir/token" bench audit ed25519 || return
	token_seal "$bench_dir/token" "$@"
}

bench_ca() { # DIR: DIR/issuer.pem issues, and DIR/root.pem is above it
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -keyout "$1/root.key" -out "$1/root.pem" -days 100 \
	    -subj '/C=DE/O=Example/CN=Root' &&
	    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	        -keyout "$1/issuer.key" -out "$1/issuer.csr" \
	        -subj '/C=DE/O=Example/CN=Signing certificates' &&
	    printf '%s\n' 'basicConstraints = critical, CA:TRUE' \
	        'keyUsage = critical, keyCertSign, cRLSign' >"$1/issuer.ext" &&
	    openssl x509 -req -in "$1/issuer.csr" -CA "$1/root.pem" \
	        -CAkey "$1/root.key" -CAcreateserial -days 90 \
	        -extfile "$1/issuer.ext" -out "$1/issuer.pem"
}

bench_certificate() { # DIR NAME EKU: DIR/NAME.pem, the key's and its issuer's
	token_ctl "$1" csr --label formats --pin-file "$1/pin" --name "$2" \
	    --subject "/C=DE/O=Example/CN=$2" --eku "$3" --out "$1/$2.csr" &&
	    printf '%s\n' 'keyUsage = critical, digitalSignature' \
	        "extendedKeyUsage = critical, $3" \
	        'subjectKeyIdentifier = hash' \
	        'authorityKeyIdentifier = keyid' >"$1/$2.ext" &&
	    openssl x509 -req -in "$1/$2.csr" -CA "$1/issuer.pem" \
	        -CAkey "$1/issuer.key" -CAcreateserial -days 30 \
	        -extfile "$1/$2.ext" -out "$1/leaf.pem" &&
	    cat "$1/leaf.pem" "$1/issuer.pem" >"$1/$2.pem"
}

bench_formats() { # DIR [USER]
	bench_dir=$1/formats
	shift
	mkdir -p "$bench_dir" || return
	token_make "$bench_dir" formats || return
	bench_ca "$bench_dir" || return
	for bench_key in rsa3072=rsa:3072 p256=p256 ed25519=ed25519; do
		bench_type=${bench_key%%=*}
		for bench_class in raw wrap stamp pgp; do
			token_key "$bench_dir" formats \
			    "$bench_class-$bench_type" "${bench_key#*=}" ||
			    return
		done
		bench_certificate "$bench_dir" "raw-$bench_type" codeSigning &&
		    bench_certificate "$bench_dir" "wrap-$bench_type" \
		        codeSigning &&
		    bench_certificate "$bench_dir" "stamp-$bench_type" \
		        timeStamping || return
		token_ctl "$bench_dir" openpgp --label formats \
		    --pin-file "$bench_dir/pin" --name "pgp-$bench_type" \
		    --user-id "$bench_type <release@example.org>" \
		    --out "$bench_dir/pgp-$bench_type.asc" || return
	done
	token_seal "$bench_dir" "$@"
}
