#!/bin/bash
# SSH signatures of files and of lists, verified by ssh-keygen for every key
# type; which namespaces there are, and what a refusal says.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

TYPES="rsa:3072 p256 p384 p521 ed25519"
KEYS="rsa3072 p256 p384 p521 ed25519"

# Every key, for two namespaces; another profile has one of them.
write_tree() {
	local key
	for key in $KEYS; do
		cat <<-END
			[key $key]
			token = demo
			object = pkcs11:object=$key
			use = wrapped
			formats = sshsig, sums-sshsig
			namespaces = file, git
		END
	done >"$DIR/keys.d/demo.conf"
	cat >>"$DIR/keys.d/demo.conf" <<-END
		[key silent]
		token = demo
		object = pkcs11:object=p256
		use = wrapped
		formats = sshsig
	END
	cat >"$DIR/profiles.d/demo.conf" <<-END
		[profile ci]
		keys = $KEYS silent
		[profile narrow]
		keys = p256
		formats = sshsig
		namespaces = file
		[profile apart]
		keys = p256 silent
		namespaces = elsewhere
	END
}

# shellcheck disable=SC2086 # one word a type
instance_new "$DIR" $TYPES || exit
write_tree
instance_client "$DIR" narrow narrow
instance_client "$DIR" apart apart
instance_start "$DIR" || exit
FILE=$TOP/LICENSE
for key in $KEYS; do
	sign_ssh "$DIR" pubkey "$key" --form allowed-signers </dev/null
done >"$DIR/signers"

verified() { # PRINCIPAL NAMESPACE SIGNATURE FILE
	ssh-keygen -Y verify -f "$DIR/signers" -I "$1" -n "$2" -s "$3" <"$4"
}

each_key_and_hash_verifies_with_ssh_keygen() {
	local key hash namespace
	for key in $KEYS; do
		for hash in sha256 sha512; do
			for namespace in file git; do
				"${hash}sum" "$FILE" | sign_ssh "$DIR" sign \
				    -k "$key" -f sshsig -o raw \
				    --namespace $namespace >"$DIR/sig"
				verified "$key" $namespace "$DIR/sig" "$FILE"
			done
		done
		! verified "$key" file "$DIR/sig" "$FILE" || exit
		! verified "$key" git "$DIR/sig" "$TOP/Makefile" || exit
	done
}

answers_in_lines_tar_and_json() {
	cp "$FILE" "$DIR/a"
	(cd "$DIR" && sha512sum a) >"$DIR/line"
	sign_ssh "$DIR" sign -k p256 -f sshsig --namespace file \
	    <"$DIR/line" | awk '{ print $2 }' | base64 -d >"$DIR/sig"
	verified p256 file "$DIR/sig" "$FILE"
	mkdir "$DIR/tar"
	sign_ssh "$DIR" sign -k ed25519 -f sshsig --namespace=file -o tar \
	    <"$DIR/line" | tar -xf - -C "$DIR/tar"
	verified ed25519 file "$DIR/tar/a.sig" "$FILE"
	sign_ssh "$DIR" sign -k p521 -f sshsig --namespace file -o json \
	    <"$DIR/line" | jq -r .signature | base64 -d >"$DIR/sig"
	verified p521 file "$DIR/sig" "$FILE"
}

a_list_verifies_as_the_file_it_is() {
	local key hash
	cd "$TOP/src/base" || exit
	for key in $KEYS; do
		for hash in sha256 sha384 sha512; do
			"${hash}sum" -- *.h >"$DIR/SUMS"
			sign_ssh "$DIR" sign -k "$key" -f sums-sshsig \
			    --namespace file <"$DIR/SUMS" >"$DIR/SUMS.sig"
			verified "$key" file "$DIR/SUMS.sig" "$DIR/SUMS"
		done
	done
	head -n 3 "$DIR/SUMS" >"$DIR/fewer"
	! verified "$key" file "$DIR/SUMS.sig" "$DIR/fewer" || exit
}

odd_names_stand_in_a_list_as_coreutils_write_them() {
	mkdir "$DIR/odd"
	cd "$DIR/odd" || exit
	local name
	for name in 'a b' 'back\slash' $'line\nend' 'übung' '(x)'; do
		echo "$name" >"./$name"
	done
	sha256sum -- * >"$DIR/odd.sums"
	sha256sum --tag -- * | sign_ssh "$DIR" sign -k p384 -f sums-sshsig \
	    --namespace git >"$DIR/odd.sig"
	verified p384 git "$DIR/odd.sig" "$DIR/odd.sums"
}

a_list_needs_names_and_one_hash() {
	expect_exit 77 sign_ssh "$DIR" sign -k p256 -f sums-sshsig \
	    --namespace file <<<"$(sha256sum </dev/null | cut -c1-64)"
	expect "output" "" "$(cat "$OUT")"
	{
		sha256sum "$FILE"
		sha512sum "$FILE"
	} >"$DIR/mixed"
	expect_exit 77 sign_ssh "$DIR" sign -k p256 -f sums-sshsig \
	    --namespace file <"$DIR/mixed"
	expect "output" "" "$(cat "$OUT")"
	sha256sum "$FILE" "$TOP/Makefile" >"$DIR/same"
	expect_exit 0 sign_ssh "$DIR" sign -k p256 -f sums-sshsig \
	    --namespace file <"$DIR/same"
}

line() {
	sha256sum "$FILE"
}

which_of_several_namespaces_must_be_said() {
	expect_exit 64 sign_ssh "$DIR" sign -k p256 -f sshsig < <(line)
	expect "text" "countersign: say which namespace with --namespace; key \
p256 allows you: file, git" "$(cat "$ERR")"
	# One is left, and it is meant.
	line | sign_as "$DIR" narrow sign -o raw >"$DIR/sig"
	verified p256 file "$DIR/sig" "$FILE"
}

a_namespace_that_is_not_granted_is_refused_and_recorded() {
	expect_exit 77 sign_as "$DIR" narrow sign --namespace git < <(line)
	expect "text" "countersign: you may not use namespace git with key \
p256; allowed: file" "$(cat "$ERR")"
	expect_exit 77 sign_ssh "$DIR" sign -k p256 -f sshsig \
	    --namespace other < <(line)
	expect_match text "*namespace other with key p256; allowed: file, git" \
	    "$(cat "$ERR")"
	expect_exit 77 sign_as "$DIR" apart sign -k p256 -f sshsig < <(line)
	expect_match text "*have no namespace in common" "$(cat "$ERR")"
	grep ' DENY ' "$DIR/log/audit.log" | grep 'reason="namespace"' |
	    grep -q 'asked-namespace="git".* rule="profiles.d/demo.conf:'
}

nobody_says_any_and_there_is_none() {
	expect_exit 77 sign_ssh "$DIR" sign -k silent -f sshsig < <(line)
	expect "text" "countersign: no namespace is granted for key silent; an \
admin grants some with a line in [key silent]: namespaces = file, git" \
	    "$(cat "$ERR")"
	expect_exit 77 sign_ssh "$DIR" pubkey silent --form allowed-signers
	# A profile can say it alone.
	line | sign_as "$DIR" apart sign -k silent -f sshsig -o raw >"$DIR/sig"
	sign_as "$DIR" apart pubkey silent --form allowed-signers \
	    </dev/null >"$DIR/silent"
	ssh-keygen -Y verify -f "$DIR/silent" -I silent -n elsewhere \
	    -s "$DIR/sig" <"$FILE"
}

other_hashes_and_formats_have_no_namespace() {
	expect_exit 77 sign_ssh "$DIR" sign -k p256 -f sshsig \
	    --namespace file < <(sha384sum "$FILE")
	expect_match text "*format sshsig does not take sha384; use sha256, \
sha512" "$(cat "$ERR")"
	expect_exit 64 sign_ssh "$DIR" whoami --namespace file
	expect_exit 64 sign_ssh "$DIR" sign "'--namespace=two words'"
	expect_match text '*is no namespace' "$(cat "$ERR")"
}

the_record_has_the_namespace() {
	line | sign_ssh "$DIR" sign -k p256 -f sshsig --namespace git -o raw \
	    >"$DIR/sig"
	local record
	record=$(grep ' SIGN ' "$DIR/log/audit.log" | tail -n 1)
	expect_match record '*verb="sign"*format="sshsig" namespace="git"*' \
	    "$record"
	cat "$DIR/sig" >"$DIR/plain"
	expect_match record "*sig=\"SHA256:$(openssl dgst -sha256 -binary \
	    "$DIR/plain" | base64 | tr -d =)\"*" "$record"
}

keys_and_check_and_the_admin_know_it() {
	sign_ssh "$DIR" keys </dev/null >"$DIR/keys"
	expect "lines" 5 "$(grep -c '^    namespaces   file, git$' \
	    "$DIR/keys")"
	sign_ssh "$DIR" keys --json </dev/null |
	    jq -e '.[0].namespaces == ["file", "git"]' >/dev/null
	expect_exit 0 sign_ssh "$DIR" check -k p256 -f sshsig \
	    --namespace git < <(line)
	expect_exit 77 sign_ssh "$DIR" check -k p256 -f sshsig \
	    --namespace other < <(line)
	"$CTL" -C "$DIR" explain "$DIR/client/narrow.pub" -- \
	    sign -k p256 --namespace file >"$DIR/explained"
	grep -q ', namespace file' "$DIR/explained"
	"$CTL" -C "$DIR" who-can p256 >"$DIR/who"
	grep -q 'namespaces file' "$DIR/who"
	"$CTL" -C "$DIR" who-can silent >"$DIR/who" || :
	! grep -q build01 "$DIR/who" || exit
}

each_key_is_tested_and_the_silent_one_is_told() {
	local key
	for key in $KEYS; do
		"$CTL" -C "$DIR" test "$key" >"$DIR/tested"
		grep -q "^$key sshsig sha512: ok" "$DIR/tested"
		grep -q "^$key sums-sshsig sha256: ok" "$DIR/tested"
	done
	expect_exit 1 "$CTL" -C "$DIR" lint
	grep -q 'profile ci and key silent have no namespace for format sshsig' \
	    "$OUT"
}

a_reload_that_grants_a_namespace_says_so() {
	sed -i 's/^namespaces = elsewhere/namespaces = elsewhere file/' \
	    "$DIR/profiles.d/demo.conf"
	"$CTL" -C "$DIR" check >"$DIR/said" 2>&1
	grep -qx "  profile apart: gains key p256, formats sshsig, sums-sshsig \
(apart)" "$DIR/said"
	"$CTL" -C "$DIR" reload
	line | sign_as "$DIR" apart sign -k p256 -f sshsig -o raw >"$DIR/sig"
	verified p256 file "$DIR/sig" "$FILE"
	sed -i 's/^namespaces = file$/namespaces = file git/' \
	    "$DIR/profiles.d/demo.conf"
	"$CTL" -C "$DIR" check >"$DIR/said" 2>&1
	grep -qx '  profile narrow: gains namespace git with key p256 (narrow)' \
	    "$DIR/said"
}

a_repeat_is_one_of_the_same_namespace() {
	sed -i 's/^\[key p384\]/&\nrepeat-window = 10m/' \
	    "$DIR/keys.d/demo.conf"
	"$CTL" -C "$DIR" reload
	local namespace
	for namespace in file git file; do
		line | sign_ssh "$DIR" sign -k p384 -f sshsig -o raw \
		    --namespace $namespace >"$DIR/sig.$namespace"
		verified p384 $namespace "$DIR/sig.$namespace" "$FILE"
	done
	expect repeats 1 "$(tail -n 3 "$DIR/log/audit.log" |
	    grep -c ' repeat="')"
}

cases each_key_and_hash_verifies_with_ssh_keygen \
    answers_in_lines_tar_and_json \
    a_list_verifies_as_the_file_it_is \
    odd_names_stand_in_a_list_as_coreutils_write_them \
    a_list_needs_names_and_one_hash \
    which_of_several_namespaces_must_be_said \
    a_namespace_that_is_not_granted_is_refused_and_recorded \
    nobody_says_any_and_there_is_none \
    other_hashes_and_formats_have_no_namespace \
    the_record_has_the_namespace \
    keys_and_check_and_the_admin_know_it \
    each_key_is_tested_and_the_silent_one_is_told \
    a_reload_that_grants_a_namespace_says_so \
    a_repeat_is_one_of_the_same_namespace
