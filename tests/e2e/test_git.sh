#!/bin/bash
# git has commits and tags signed through csign, as gpg and as ssh-keygen; git
# itself verifies them.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/csign.sh
. "$TOP/tests/support/csign.sh"
# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"

service() {
	instance_new "$DIR" rsa:3072 rsa:4096 p256 ed25519 || return
	formats_none "$DIR"
	local key
	for key in rsa3072 p256 ed25519; do
		formats_key "$DIR" $key wrapped "sshsig, sums-sshsig" \
		    "namespaces = git, file"
	done
	formats_profile "$DIR"
	echo "namespaces = git, file" >>"$DIR/profiles.d/demo.conf"
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
ln -s csign "$DIR/bin/csign-ssh-keygen"
PATH=$DIR/bin:$PATH
export HOME=$DIR/home GIT_CONFIG_NOSYSTEM=1
mkdir "$HOME"
git config --global user.name 'A Builder'
git config --global user.email builder@example.org
git config --global init.defaultBranch main
for key in rsa3072 p256 ed25519; do
	sign_ssh "$DIR" pubkey $key --form ssh </dev/null >"$DIR/$key.pub"
	printf 'builder@example.org %s\n' "$(cut -d ' ' -f 1,2 "$DIR/$key.pub")"
done >"$DIR/allowed"

repository() {
	mkdir "$DIR/repo.$BASHPID"
	cd "$DIR/repo.$BASHPID" || exit
	git init -q .
	echo one >file
	git add file
}

by_ssh() { # KEY
	git config gpg.format ssh
	git config gpg.ssh.program csign-ssh-keygen
	git config gpg.ssh.allowedSignersFile "$DIR/allowed"
	git config user.signingkey "$1"
}

commits_and_tags_are_signed_by_the_key_that_is_meant() {
	local key
	repository
	for key in rsa3072 p256 ed25519; do
		by_ssh "$DIR/$key.pub"
		git commit -q --allow-empty -S -m "by $key"
		git verify-commit HEAD 2>"$DIR/said"
		grep -qF "$(ssh-keygen -lf "$DIR/$key.pub" | cut -d ' ' -f 2)" \
		    "$DIR/said"
		git tag -s -m "by $key" "v$key"
		git verify-tag "v$key"
	done
}

a_literal_key_is_found_too() {
	repository
	by_ssh "key::$(cut -d ' ' -f 1,2 "$DIR/p256.pub")"
	git commit -q -S -m one
	git verify-commit HEAD
}

a_key_that_is_not_granted_is_told() {
	repository
	ssh-keygen -q -t ed25519 -N '' -f "$DIR/mine"
	by_ssh "$DIR/mine.pub"
	expect_exit 128 git commit -S -m one
	expect_match stderr '*signs with no key*' "$(cat "$ERR")"
	# Nor does a name make another key's signature this one's.
	expect_exit 128 env CSIGN_KEY=p256 git commit -S -m one
	expect_match stderr '*by another key*' "$(cat "$ERR")"
}

a_changed_commit_is_not_verified() {
	repository
	by_ssh "$DIR/p256.pub"
	git commit -q -S -m one
	git cat-file commit HEAD | sed 's/^one$/two/' >changed
	refused git verify-commit \
	    "$(git hash-object -t commit -w changed)"
}

files_are_signed_as_ssh_keygen_does() {
	cd "$DIR" || exit
	echo text >'a file'
	csign-ssh-keygen -Y sign -n file -f p256.pub 'a file'
	ssh-keygen -Y verify -n file -f allowed -I builder@example.org \
	    -s 'a file.sig' <'a file'
	csign-ssh-keygen -Ysign -nfile -fp256.pub -Ohashalg=sha512 <'a file' \
	    >sig
	ssh-keygen -Y verify -n file -f allowed -I builder@example.org \
	    -s sig <'a file'
	expect_exit 77 csign-ssh-keygen -Y sign -n other -f p256.pub 'a file'
	# What is not signing is the real one's.
	expect "a fingerprint" "$(ssh-keygen -lf p256.pub)" \
	    "$(csign-ssh-keygen -lf p256.pub)"
	csign-ssh-keygen -Y verify -n file -f allowed -I builder@example.org \
	    -s sig <'a file'
}

many_files_and_lists_are_signed_and_pinned() {
	mkdir "$DIR/many"
	cd "$DIR/many" || exit
	echo 1 >a
	echo 2 >'b c'
	signs -k ed25519 -f sshsig --namespace file --pin "$DIR/ed25519.pub" \
	    a 'b c'
	signs -k p256 -f sshsig --namespace file --pin "$DIR/allowed" a
	rm ./*.sig
	expect_exit 76 csign -k ed25519 -f sshsig --namespace file \
	    --pin "$DIR/p256.pub" a
	expect_exit 64 csign -k ed25519 -f sshsig --pin "$DIR/p256.pub" a
	only a 'b c'
	signs -k rsa3072 -f sums-sshsig --namespace file \
	    --pin "$DIR/rsa3072.pub" a 'b c'
	only a 'b c' SHA256SUMS SHA256SUMS.sig
	sha256sum -c --strict SHA256SUMS
	ssh-keygen -Y verify -n file -f "$DIR/allowed" -I builder@example.org \
	    -s SHA256SUMS.sig <SHA256SUMS
}

cases commits_and_tags_are_signed_by_the_key_that_is_meant \
    a_literal_key_is_found_too \
    a_key_that_is_not_granted_is_told \
    a_changed_commit_is_not_verified \
    files_are_signed_as_ssh_keygen_does \
    many_files_and_lists_are_signed_and_pinned
