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
	instance_new "$DIR" rsa:3072 rsa:4096 p256 p384 p521 ed25519 || return
	formats_none "$DIR"
	local key
	for key in rsa3072 p256 ed25519; do
		formats_key "$DIR" $key wrapped "sshsig, sums-sshsig" \
		    "namespaces = git, file"
	done
	for key in rsa4096 p384 p521; do
		formats_openpgp "$DIR" $key || return
		formats_key "$DIR" $key wrapped \
		    "openpgp, openpgp-text, sums-openpgp" \
		    "openpgp = ../openpgp/$key.asc"
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

export GNUPGHOME=$DIR/gnupg
mkdir -m 700 "$GNUPGHOME"
gpg --batch --quiet --no-autostart --import "$DIR"/openpgp/*.asc 2>/dev/null

print_of() { # KEY
	gpg --batch --no-autostart --with-colons --list-keys "$1@example.org" |
	    sed -n '/^fpr/{s/^fpr:*\([0-9A-F]*\):.*/\1/p;q;}'
}

by_gpg() { # -u's VALUE
	git config gpg.format openpgp
	git config gpg.program csign-gpg
	git config user.signingkey "$1"
}

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
	works csign-ssh-keygen -Y sign -n file -f p256.pub 'a file'
	ssh-keygen -Y verify -n file -f allowed -I builder@example.org \
	    -s 'a file.sig' <'a file'
	works csign-ssh-keygen -Ysign -nfile -fp256.pub -Ohashalg=sha512 <'a file' \
	    >sig
	ssh-keygen -Y verify -n file -f allowed -I builder@example.org \
	    -s sig <'a file'
	expect_exit 77 csign-ssh-keygen -Y sign -n other -f p256.pub 'a file'
	# What is not signing is the real one's.
	expect "a fingerprint" "$(ssh-keygen -lf p256.pub)" \
	    "$(csign-ssh-keygen -lf p256.pub)"
	works csign-ssh-keygen -Y verify -n file -f allowed -I builder@example.org \
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

openpgp_commits_and_tags_are_verified_by_gpg() {
	local key name
	repository
	for key in rsa4096 p384; do
		[ $key = rsa4096 ] || export CSIGN_HASH=sha384
		for name in $key "$(print_of $key)" \
		    "0x$(print_of $key | cut -c 25-)!"; do
			by_gpg "$name"
			git commit -q --allow-empty -S -m "by $name"
			git verify-commit --raw HEAD 2>"$DIR/said"
			grep -q "^\[GNUPG:\] VALIDSIG $(print_of $key)" \
			    "$DIR/said"
		done
		git tag -s -m "by $key" "v$key"
		git verify-tag "v$key"
	done
	git log -1 --show-signature | grep -q 'Good signature'
}

an_openpgp_key_that_is_not_granted_is_told() {
	repository
	by_gpg 0123456789ABCDEF
	expect_exit 128 git commit -S -m one
	# Nor does a name make another key's signature this one's.
	expect_exit 128 env CSIGN_KEY=rsa4096 git commit -S -m one
	# git keeps to itself what a program says.
	expect_exit 77 csign-gpg -bu 0123456789ABCDEF file
	expect_match stderr '*signs with no key 0123456789ABCDEF*' \
	    "$(cat "$ERR")"
	expect_exit 76 env CSIGN_KEY=rsa4096 csign-gpg -bu "$(print_of p384)" file
	expect_match stderr '*the signature is by*' "$(cat "$ERR")"
	refused git rev-parse -q --verify HEAD
}

gpg_verifies() { # OPTION...
	gpg --batch --no-autostart --status-fd 3 --verify "$@" \
	    3>"$DIR/status" 2>"$DIR/said"
	grep -q '^\[GNUPG:\] GOODSIG' "$DIR/status"
}

files_are_signed_as_gpg_does() {
	mkdir "$DIR/gpg"
	cd "$DIR/gpg" || exit
	printf 'one\n-two  \n\n- three\t' >'a file'
	works csign-gpg -u rsa4096 --detach-sign 'a file'
	gpg_verifies 'a file.sig' 'a file'
	works csign-gpg -bau rsa4096 'a file'
	gpg_verifies 'a file.asc' 'a file'
	grep -q '^-----BEGIN PGP SIGNATURE' 'a file.asc'
	works csign-gpg --batch --yes -u rsa4096 -o out --armor --detach-sign -- 'a file'
	gpg_verifies out 'a file'
	works csign-gpg -sbu rsa4096 <'a file' >piped
	gpg_verifies piped 'a file'
	works csign-gpg --local-user=rsa4096 --clearsign 'a file'
	gpg_verifies 'a file.asc'
	works csign-gpg --default-key rsa4096 --clear-sign --output=- 'a file' >clear
	gpg_verifies clear
	gpg --batch --no-autostart --decrypt clear 2>/dev/null >plain
	expect text "$(printf 'one\n-two\n\n- three')" "$(cat plain)"
	works csign-gpg -b --digest-algo SHA512 -u p384 -o p384.sig 'a file'
	gpg_verifies p384.sig 'a file'
	works csign-gpg --clear-sign --digest-algo sha384 -u p384 -o p384.asc 'a file'
	gpg_verifies p384.asc
	works csign-gpg -bt -u rsa4096 -o text.sig 'a file'
	gpg_verifies text.sig 'a file'
	echo more >>'a file'
	refused gpg_verifies piped 'a file'
	sed 's/^one/two/' clear >changed
	refused gpg_verifies changed
}

a_signature_goes_to_the_path_that_is_given() {
	mkdir "$DIR/paths" "$DIR/paths/out"
	cd "$DIR/paths" || exit
	echo text >Release
	export CSIGN_KEY=rsa4096
	signs --gpg -abo "$PWD/out/Release.gpg" Release
	works gpgv --keyring "$DIR/openpgp/rsa4096.gpg" out/Release.gpg Release
	signs --gpg --clear-sign --output="$PWD/out/InRelease" Release
	signs --gpg -b -o - Release >piped
	signs --gpg -b <Release >piped
	expect_exit 73 csign --gpg -b -o "$PWD/nowhere/x" Release
	only Release piped out out/Release.gpg out/InRelease
}

what_gpg_takes_for_no_text_is_not_signed_as_one() {
	mkdir "$DIR/no-texts"
	cd "$DIR/no-texts" || exit
	head -c 19991 /dev/zero | tr '\0' a >long
	printf 'a\0' >nul
	local name
	for name in long nul; do
		expect_exit 65 csign -k rsa4096 -f openpgp-text $name
		expect_exit 65 csign --gpg -u rsa4096 --clear-sign $name
	done
	head -c 19990 long >fits
	echo >>fits
	signs -k rsa4096 -f openpgp-text --pin "$DIR/openpgp/rsa4096.asc" fits
	works gpg --batch --no-autostart --verify fits.asc fits
	only long nul fits fits.asc
}

texts_of_every_end_are_clear_signed() {
	mkdir "$DIR/texts"
	cd "$DIR/texts" || exit
	local text
	for text in '' '\n' 'a' 'a\n' 'a\n\n' '\n\na' 'a \t\r\nb\r\n' \
	    '-\n--\n' '-----BEGIN PGP SIGNED MESSAGE-----\n' 'a\n ' \
	    'From x\n'; do
		printf %b "$text" >text
		csign-gpg -u rsa4096 -o signed --clear-sign text
		gpg_verifies signed || fail "gpg refuses $text"
		gpgv --keyring "$DIR/openpgp/rsa4096.gpg" signed 2>"$DIR/said" ||
		    fail "gpgv refuses $text"
	done
}

what_is_not_signing_is_gpgs_own() {
	cd "$DIR" || exit
	works csign-gpg --version | head -n 1 | grep -q '^gpg (GnuPG)'
	works csign-gpg --batch --no-autostart --list-keys rsa4096@example.org |
	    grep -q rsa4096
	expect_exit 64 csign-gpg -u rsa4096 --sign allowed
	expect_exit 64 csign-gpg -u rsa4096 -b --digest-algo SHA1 allowed
	mkdir other
	ln -s ../bin/csign other/gpg
	expect_exit 69 env CSIGN_GPG="$DIR/bin/csign-gpg" csign-gpg --version
}

openpgp_files_and_lists_are_signed_and_pinned() {
	mkdir "$DIR/pgp"
	cd "$DIR/pgp" || exit
	echo 1 >a
	echo 2 >'b c'
	signs -k rsa4096 -f openpgp --pin "$DIR/openpgp/rsa4096.asc" a 'b c'
	gpg_verifies 'b c.asc' 'b c'
	signs -k p384 -f openpgp-text --hash sha384 \
	    --pin "$DIR/openpgp/p384.gpg" a
	gpg_verifies a.asc a
	rm ./*.asc
	expect_exit 76 csign -k rsa4096 -f openpgp \
	    --pin "$DIR/openpgp/p384.asc" a
	only a 'b c'
	signs -k rsa4096 -f sums-openpgp --pin "$DIR/openpgp/rsa4096.asc" a 'b c'
	only a 'b c' SHA256SUMS SHA256SUMS.asc
	gpg_verifies SHA256SUMS.asc
	sha256sum -c --strict SHA256SUMS
	rm SHA256SUMS*
	expect_exit 76 csign -k rsa4096 -f sums-openpgp \
	    --pin "$DIR/openpgp/p384.asc" a
	only a 'b c'
	lines_around_a_list
}

# gpgv passes over them; sha256sum -c would not.
lines_around_a_list() {
	csign_wrap around <<-'END'
		[ "$WHERE" = behind ] || printf '%064d  evil\n' 0
		$REAL_SSH "${@:2}" || exit
		[ "$WHERE" = before ] || printf '%064d  evil\n' 0
	END
	for WHERE in before behind; do
		export WHERE
		expect_exit 76 csign -k rsa4096 -f sums-openpgp \
		    --pin "$DIR/openpgp/rsa4096.asc" a
		only a 'b c'
	done
}

a_pin_holds_for_gpg_and_ssh_keygen_too() {
	mkdir "$DIR/pins"
	cd "$DIR/pins" || exit
	echo 1 >a
	CSIGN_PIN=$DIR/openpgp/rsa4096.asc works csign-gpg -bu rsa4096 a
	CSIGN_PIN=$DIR/openpgp/rsa4096.asc works csign-gpg --clear-sign \
	    -o clear -u rsa4096 a
	export CSIGN_PIN=$DIR/openpgp/p384.asc
	expect_exit 76 csign-gpg -abu rsa4096 a
	expect_exit 76 csign-gpg --clear-sign -u rsa4096 a
	CSIGN_PIN=$DIR/p256.pub works csign-ssh-keygen -Y sign -n file \
	    -f ../p256.pub <a >sshsig
	expect_exit 76 env CSIGN_PIN="$DIR/rsa3072.pub" csign-ssh-keygen \
	    -Y sign -n file -f ../p256.pub a
	only a a.sig clear sshsig
}

each_shell_is_gpg_and_ssh_keygen() {
	mkdir "$DIR/shells"
	cd "$DIR/shells" || exit
	printf 'a\n-b \n' >a
	local shell
	for shell in dash "busybox sh" bash mksh; do
		command -v "${shell%% *}" >/dev/null || continue
		SHELL_OF=$shell
		signs --gpg --status-fd=2 -bsau "$(print_of rsa4096)" <a \
		    >sig 2>status
		grep -q "^\[GNUPG:\] SIG_CREATED D 1 8 00 [0-9]* $(print_of \
		    rsa4096)\$" status || fail "$shell: $(cat status)"
		gpg_verifies sig a
		signs --gpg -u rsa4096 --clear-sign -o clear a
		gpg_verifies clear
		signs --ssh-keygen -Y sign -n file -f ../p256.pub -U <a >sig
		ssh-keygen -Y verify -n file -f ../allowed \
		    -I builder@example.org -s sig <a
	done
}

cases commits_and_tags_are_signed_by_the_key_that_is_meant \
    a_literal_key_is_found_too \
    a_key_that_is_not_granted_is_told \
    a_changed_commit_is_not_verified \
    files_are_signed_as_ssh_keygen_does \
    many_files_and_lists_are_signed_and_pinned \
    openpgp_commits_and_tags_are_verified_by_gpg \
    an_openpgp_key_that_is_not_granted_is_told \
    files_are_signed_as_gpg_does \
    a_signature_goes_to_the_path_that_is_given \
    what_gpg_takes_for_no_text_is_not_signed_as_one \
    texts_of_every_end_are_clear_signed \
    what_is_not_signing_is_gpgs_own \
    openpgp_files_and_lists_are_signed_and_pinned \
    a_pin_holds_for_gpg_and_ssh_keygen_too \
    each_shell_is_gpg_and_ssh_keygen
