#!/bin/bash
# The commands that README gives to CI systems do what they promise: each is
# taken from there as it stands, and run against a service.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

shared_service rsa:3072 p256
sed -i 's/^\[key p256\]/[key release]/' "$DIR/keys.d/demo.conf"
sed -i 's/\<p256\>/release/' "$DIR/profiles.d/demo.conf"
"$CTL" -C "$DIR" reload >/dev/null
mkdir "$DIR/bin"
cp "$TOP/scripts/csign" "$DIR/bin"
ln -s csign "$DIR/bin/csign-gpg"
ln -s csign "$DIR/bin/csign-ssh-keygen"
PATH=$DIR/bin:$PATH
unset CSIGN_HOST CSIGN_SSH CSIGN_KEY CSIGN_FORMAT CSIGN_PIN

# The block that follows the line which begins so, without its indent.
block() { # BEGIN
	local text
	text=$(awk -v begin="$1" 'index($0, begin) == 1 { seen = 1; next }
	    seen && /^    / { sub(/^    /, ""); print; got = 1; next }
	    got && /^$/ { print; next }
	    got { exit }' "$TOP/README.md")
	[ -n "$text" ] || fail "README has no block after $1"
	printf '%s\n' "$text"
}

# A checkout of a project, with the files that README tells of.
project() {
	mkdir -p "$DIR/project.$BASHPID/sign" "$DIR/project.$BASHPID/dist"
	cd "$DIR/project.$BASHPID" || exit
	echo one >dist/a.bin
	echo two >'dist/b c.txt'
	# shellcheck disable=SC2016 # a backtick of the text
	block '`sign/ssh_config`' |
	    sed "s/sign.example.org/127.0.0.1/; s/2222/$PORT/" >sign/ssh_config
	printf 'sign %s\n' "$(cut -d ' ' -f 1,2 \
	    "$DIR/ssh_host_ed25519_key.pub")" >sign/known_hosts
	sign_ssh "$DIR" pubkey release </dev/null >sign/release.pem
	cp "$DIR/client/build01" client-key
	chmod 600 client-key
}

signed() {
	local file
	for file in dist/a.bin "$@"; do
		openssl dgst -sha256 -verify sign/release.pem \
		    -signature "$file.sig" "$file"
	done
}

gitlab() {
	project
	chmod 644 client-key
	block 'GitLab, ' | sed -n 's/^    - //p' >script
	grep -q csign script
	SIGN_KEY=$PWD/client-key bash -e script
	signed 'dist/b c.txt'
}

github() {
	project
	mkdir temp
	block 'GitHub Actions' | sed '1,/run: |/d; s/^    //' >script
	grep -q csign script
	SIGN_KEY=$(cat client-key) RUNNER_TEMP=$PWD/temp bash -e script
	signed 'dist/b c.txt'
	expect "mode of the key" 600 "$(stat -c %a temp/sign_key)"
}

jenkins() {
	project
	block 'Jenkins, ' | sed -n "s/^  sh '\(.*\)'\$/\1/p" >script
	grep -q csign script
	SIGN_KEY=$PWD/client-key sh -xe script
	signed 'dist/b c.txt'
}

makefile() {
	project
	rm 'dist/b c.txt'
	# shellcheck disable=SC2016 # a backtick of the text
	block 'A `Makefile`' >Makefile
	make SIGN_KEY="$PWD/client-key" sign
	signed
	local before
	before=$(records "$DIR" SIGN)
	make SIGN_KEY="$PWD/client-key" sign
	expect "signatures of what is older" "$before" "$(records "$DIR" SIGN)"
	echo three >dist/a.bin
	make SIGN_KEY="$PWD/client-key" sign
	signed
}

a_wrong_key_at_the_signers_place_stops_each_of_them() {
	project
	ssh-keygen -q -t ed25519 -N '' -f other
	printf 'sign %s\n' "$(cut -d ' ' -f 1,2 other.pub)" >sign/known_hosts
	block 'Jenkins, ' | sed -n "s/^  sh '\(.*\)'\$/\1/p" >script
	SIGN_KEY=$PWD/client-key expect_exit 255 sh script
	grep -q 'Host key verification failed' "$ERR"
	[ ! -e dist/a.bin.sig ]
}

cases gitlab github jenkins makefile \
    a_wrong_key_at_the_signers_place_stops_each_of_them
