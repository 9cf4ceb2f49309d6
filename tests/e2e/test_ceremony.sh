#!/bin/bash
# A key ceremony on a token: keys, requests, certificates, a backup, and what
# the transcript says of all that.
# covers: src/ctl/token_csr.c src/ctl/token_import.c src/ctl/token_backup.c
# covers: src/ctl/token_key.c src/ctl/token_sign.c src/ctl/transcript.c
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"

TOKEN=$DIR/ceremony
LOG=$DIR/transcript
mkdir -p "$TOKEN/tokens"
export SOFTHSM2_CONF=$TOKEN/softhsm2.conf
printf 'directories.tokendir = %s\nlog.level = ERROR\n' "$TOKEN/tokens" \
    >"$SOFTHSM2_CONF"

token() { # ACTION [OPTION]...
	local action=$1
	shift
	"$CTL" token "$action" --module "$TOKEN_MODULE" --label cer \
	    --pin-file "$TOKEN/pin" "$@"
}

logged() { # ACTION [OPTION]...
	token "$@" --transcript "$LOG"
}

keys_and_their_transcript() {
	logged init --so-pin-file "$TOKEN/so-pin"
	local type
	for type in rsa:3072 rsa:4096 p256 p384 p521 ed25519; do
		logged keygen --name "k-${type/:/}" --type $type \
		    >"$DIR/made.${type/:/}"
	done
	grep -q 'attributes: sign sensitive always not-extractable never' \
	    "$DIR/made.p256"
	grep -q -- '-----BEGIN PUBLIC KEY-----' "$DIR/made.p256"
	expect "entries" 7 "$(grep -c '^sha256: ' "$LOG")"
	grep -q 'argument --name' "$LOG"
	grep -q '  public key SHA256:' "$LOG"
	# No PIN of either kind is in it.
	grep -qF "$(cat "$TOKEN/pin")" "$LOG" && fail "the PIN is in it"
	grep -qF "$(cat "$TOKEN/so-pin")" "$LOG" && fail "the SO PIN is in it"
	return 0
}

# By hand, as the man page says.
entries_are_good() { # FILE
	local n
	grep -n '^sha256: ' "$1" | cut -d : -f 1 >"$DIR/ends"
	while read -r n; do
		expect "the hash in line $n" \
		    "sha256: $(head -n $((n - 1)) "$1" | sha256sum |
			cut -d ' ' -f 1)" "$(sed -n "${n}p" "$1")"
	done <"$DIR/ends"
}

the_transcript_can_be_verified_by_hand() {
	entries_are_good "$LOG"
}

a_failed_step_is_in_it_too() {
	expect_exit 69 logged keygen --name k-p256 --type p256
	expect "the end" "  not done, exit status 69" \
	    "$(tail -n 2 "$LOG" | head -n 1)"
	grep -q '  failed: the token has an object "k-p256" already' "$LOG"
	entries_are_good "$LOG"
}

a_changed_transcript_is_not_gone_on_with() {
	cp "$LOG" "$DIR/kept"
	sed 's/k-p256/k-p257/' "$LOG" >"$DIR/changed"
	expect_exit 73 token list --transcript "$DIR/changed"
	expect_match stderr "*was changed since its last entry*" "$(cat "$ERR")"
	head -c -10 "$LOG" >"$DIR/changed"
	expect_exit 73 token list --transcript "$DIR/changed"
	echo something else >"$DIR/changed"
	expect_exit 73 token list --transcript "$DIR/changed"
	ln -s "$LOG" "$DIR/link"
	expect_exit 73 token list --transcript "$DIR/link"
	mkfifo "$DIR/fifo"
	expect_exit 73 token list --transcript "$DIR/fifo"
	cmp "$DIR/kept" "$LOG"
}

requests_verify_for_every_type_of_key() {
	local name
	for name in rsa3072 rsa4096 p256 p384 p521 ed25519; do
		logged csr --name k-$name --eku codeSigning \
		    --subject "/C=DE/O=Example \\/ Sons/CN=Release $name" \
		    --out "$DIR/$name.csr" >"$DIR/out"
		openssl req -in "$DIR/$name.csr" -noout -verify \
		    >"$DIR/said" 2>&1
		grep -q 'verify OK' "$DIR/said" || fail "$name: $(cat "$DIR/said")"
		openssl req -in "$DIR/$name.csr" -noout -text >"$DIR/said"
		grep -q 'Digital Signature' "$DIR/said"
		grep -q 'Code Signing' "$DIR/said"
		grep -q "O = Example / Sons, CN = Release $name" "$DIR/said"
	done
	token csr --name k-p256 --subject /CN=x >"$DIR/said"
	openssl req -in "$DIR/said" -noout -verify
	expect "first line" '-----BEGIN CERTIFICATE REQUEST-----' \
	    "$(head -n 1 "$DIR/said")"
}

bad_requests_are_refused() {
	expect_exit 64 token csr --name k-p256 --subject CN=x
	expect_exit 64 token csr --name k-p256 --subject /XX=x
	expect_exit 64 token csr --name k-p256 --subject /CN
	expect_exit 64 token csr --name k-p256 --subject ""
	expect_exit 64 token csr --name k-p256 --subject /CN=x --eku anyThing
	expect_exit 64 token csr --name k-p256
	expect_exit 69 token csr --name k-none --subject /CN=x
	# Nothing that is there is written over.
	expect_exit 73 token csr --name k-p256 --subject /CN=x \
	    --out "$DIR/p256.csr"
}

ca() { # NAME [DAYS]
	[ -e "$DIR/ca.key" ] || openssl req -x509 -newkey ed25519 -nodes \
	    -keyout "$DIR/ca.key" -out "$DIR/ca.pem" -subj /CN=ca \
	    -days 100 2>"$DIR/said"
	openssl x509 -req -in "$DIR/$1.csr" -CA "$DIR/ca.pem" \
	    -CAkey "$DIR/ca.key" -CAcreateserial -days "${2:-30}" \
	    -copy_extensions copy -out "$DIR/$1.pem" 2>"$DIR/said"
}

certificates_go_beside_their_keys() {
	ca rsa3072
	ca p256
	logged import-cert --name k-rsa3072 --certificate "$DIR/rsa3072.pem"
	logged import-cert --name k-p256 --certificate "$DIR/p256.pem"
	pkcs11-tool --module "$TOKEN_MODULE" --token-label cer --read-object \
	    --type cert --label k-p256 >"$DIR/back" 2>"$DIR/said"
	expect certificate \
	    "$(openssl x509 -in "$DIR/p256.pem" -noout -fingerprint)" \
	    "$(openssl x509 -inform DER -in "$DIR/back" -noout -fingerprint)"
	grep -q 'imported: /C=DE' "$LOG"
}

bad_certificates_are_refused() {
	expect_exit 69 token import-cert --name k-p256 \
	    --certificate "$DIR/p256.pem"
	expect_match stderr "*has a certificate*" "$(cat "$ERR")"
	expect_exit 69 token import-cert --name k-p384 \
	    --certificate "$DIR/p256.pem"
	expect_match stderr "*another key*" "$(cat "$ERR")"
	expect_exit 65 token import-cert --name k-p384 \
	    --certificate "$DIR/p384.csr"
	expect_exit 65 token import-cert --name k-p384 \
	    --certificate "$DIR/no-such-file"
}

a_backup_is_held_against_its_list() {
	logged backup-check --out "$DIR/list"
	expect "keys in the list" 6 "$(wc -l <"$DIR/list")"
	# SoftHSM's backup is a copy of its folder.
	cp -a "$TOKEN" "$DIR/backup"
	sed -i "s|$TOKEN|$DIR/backup|" "$DIR/backup/softhsm2.conf"
	(
		SOFTHSM2_CONF=$DIR/backup/softhsm2.conf
		logged backup-check --against "$DIR/list"
	)
	grep -q '6 keys can be used' "$LOG"
}

backup() { # OPTION...
	SOFTHSM2_CONF=$DIR/backup/softhsm2.conf token backup-check "$@"
}

a_backup_that_lacks_a_key_or_has_another_is_told() {
	SOFTHSM2_CONF=$DIR/backup/softhsm2.conf pkcs11-tool \
	    --module "$TOKEN_MODULE" --token-label cer --login \
	    --pin "$(cat "$TOKEN/pin")" --delete-object --type privkey \
	    --label k-p256 >"$DIR/said" 2>&1 || cat "$DIR/said"
	expect_exit 69 backup --against "$DIR/list"
	expect_match stderr "*missing: SHA256:*k-p256*" "$(cat "$ERR")"
	expect_exit 0 backup --against "$DIR/list" --name k-p384
	expect_exit 69 backup --against "$DIR/list" --name k-p256
	expect_exit 0 backup --against "$DIR/list" --name k-rsa3072
	SOFTHSM2_CONF=$DIR/backup/softhsm2.conf token keygen --name k-new \
	    --type p256 >"$DIR/said"
	expect_exit 69 backup --against "$DIR/list" --name k-new
	expect_match stderr '*"k-new": is not in the list*' "$(cat "$ERR")"
	echo nonsense >"$DIR/bad-list"
	expect_exit 65 backup --against "$DIR/bad-list"
	# What is left of a line that was cut names no key.
	{
		cat "$DIR/list"
		sed -n 's/.* //p' "$DIR/list"
	} >"$DIR/cut-list"
	expect_exit 65 backup --against "$DIR/cut-list" --name k-p384
	expect_exit 66 backup --against "$DIR/no-such-list"
	expect_exit 64 backup --against "$DIR/list" --out "$DIR/x"
}

cases keys_and_their_transcript \
    the_transcript_can_be_verified_by_hand \
    a_failed_step_is_in_it_too \
    a_changed_transcript_is_not_gone_on_with \
    requests_verify_for_every_type_of_key \
    bad_requests_are_refused \
    certificates_go_beside_their_keys \
    bad_certificates_are_refused \
    a_backup_is_held_against_its_list \
    a_backup_that_lacks_a_key_or_has_another_is_told
