# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# The tokens of make bench: one for the service, sealed as an admin would, and
# a copy for the peers and the limits, because tools that log in as they please
# rewrite the token's files (token.sh says how that ends).
#
#	bench_tokens DIR [USER]     DIR/token, DIR/peer; keys rsa3072 rsa4096
#	                            p256 p384, and for the service audit; USER
#	                            is the service's, when root
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
