#!/bin/bash
# csign for what openssl's CMS, Secure Boot and the kernel verify.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/csign.sh
. "$TOP/tests/support/csign.sh"
# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"

# The signer's certificate and its CA's, as the key has them; others of both CAs.
chain() {
	issue "$DIR/ca/int" "$DIR/ca/ca" int \
	    basicConstraints=critical,CA:TRUE keyUsage=keyCertSign &&
	    formats_certificate "$DIR" rsa4096 &&
	    openssl x509 -req -in "$DIR/ca/rsa4096.csr" -CA "$DIR/ca/int.pem" \
	        -CAkey "$DIR/ca/int.key" -extfile "$DIR/ca/rsa4096.ext" \
	        -days 20 -out "$DIR/certs/rsa4096.pem" &&
	    cat "$DIR/certs/rsa4096.pem" "$DIR/ca/int.pem" \
	        >"$DIR/certs/chain.pem" &&
	    issue "$DIR/ca/sibling" "$DIR/ca/int" rsa4096 CA:FALSE &&
	    openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=foreign -days 9 \
	        -keyout "$DIR/ca/foreign.key" -out "$DIR/ca/foreign.pem"
}

issue() { # FILE CA NAME EXTENSION...
	local file=$1 ca=$2 name=$3
	shift 3
	printf '%s\n' "${@/#CA:/basicConstraints=CA:}" >"$file.ext"
	openssl req -new -newkey rsa:2048 -nodes -keyout "$file.key" \
	    -subj "/CN=$name" -out "$file.csr" &&
	    openssl x509 -req -in "$file.csr" -CA "$ca.pem" -CAkey "$ca.key" \
	        -extfile "$file.ext" -days 20 -out "$file.pem"
}

service() {
	instance_new "$DIR" rsa:3072 rsa:4096 p256 p384 p521 || return
	formats_ca "$DIR" || return
	formats_none "$DIR"
	local key
	for key in rsa3072 p256 p384 p521; do
		formats_certificate "$DIR" $key || return
	done
	formats_key "$DIR" rsa3072 wrapped "cms, authenticode" \
	    "certificate = ../certs/rsa3072.pem"
	# One with a CA between, and one beside it.
	chain || return
	formats_key "$DIR" rsa4096 wrapped "cms, authenticode" \
	    "certificate = ../certs/chain.pem"
	formats_key "$DIR" p256 wrapped "cms, fsverity" "certificate = ../certs/p256.pem"
	formats_key "$DIR" p384 raw "kmod, cms-noattr" "certificate = ../certs/p384.pem"
	formats_key "$DIR" p521 wrapped verity "certificate = ../certs/p521.pem"
	formats_profile "$DIR"
	instance_start "$DIR"
}
if ! service >"$DIR/said" 2>&1; then
	echo "FAIL the service does not start: $(tail -n 5 "$DIR/said")"
	exit 1
fi
csign_env "$DIR"
CA=$DIR/ca/ca.pem
EFI=/usr/lib/systemd/boot/efi

files() { # NAME...
	mkdir "$DIR/files.$BASHPID"
	cd "$DIR/files.$BASHPID" || exit
	local name
	for name; do
		echo "in $name" >"./$name"
	done
}

cms_verify() { # FILE [OPTION...]
	local file=$1
	shift
	openssl cms -verify -binary -inform DER -in "$file.p7s" \
	    -content "$file" -CAfile "$CA" -purpose any "$@" -out /dev/null
}

cms_is_what_openssl_verifies() {
	files a b
	signs -k rsa3072 -f cms --pin "$CA" a b
	cms_verify a
	cms_verify b
	only a b a.p7s b.p7s
	signs -k p256 -f cms --hash sha512 --pin "$DIR/certs/p256.pem" a
	cms_verify a
	echo more >>a
	refused cms_verify a
}

cms_by_another_certificate_is_not_put_in_place() {
	files a
	expect_exit 76 csign -k rsa3072 -f cms --pin "$DIR/certs/p256.pem" a
	only a
	expect_exit 64 csign -k rsa3072 -f cms --pin "$DIR/client/build01.pub" a
	expect_exit 77 csign -k p384 -f cms a
	only a
}

# As `ssh sign cert KEY' prints it, too.
the_first_certificate_of_a_pin_is_the_pin() {
	command -v sbverify >/dev/null || skip "no sbverify"
	[ -e $EFI/systemd-bootx64.efi ] || skip "no image"
	files a
	cp $EFI/systemd-bootx64.efi b
	local format file pin certs=$DIR/certs ca=$DIR/ca
	cat "$ca/sibling.pem" "$ca/int.pem" "$certs/rsa4096.pem" \
	    "$ca/ca.pem" >sibling+
	cat "$certs/rsa3072.pem" "$ca/int.pem" "$ca/ca.pem" >neighbour+
	cat "$ca/foreign.pem" "$certs/chain.pem" "$ca/ca.pem" >foreign+
	# What the system trusts is no pin.
	mkdir system
	cp "$ca/ca.pem" system/
	openssl rehash system
	export SSL_CERT_DIR=$PWD/system SSL_CERT_FILE=$ca/ca.pem
	for format in cms authenticode; do
		file=a
		[ $format = cms ] || file=b
		for pin in "$ca/sibling.pem" "$ca/foreign.pem" \
		    "$certs/rsa3072.pem" sibling+ neighbour+ foreign+; do
			expect_exit 76 csign -k rsa4096 -f $format --pin "$pin" $file
			expect_match stderr '*does not verify*' "$(cat "$ERR")"
			[ ! -e $file.p7s ] && [ ! -e $file.p7 ]
		done
		for pin in "$certs/rsa4096.pem" "$certs/chain.pem" \
		    "$ca/int.pem" "$ca/ca.pem"; do
			signs -k rsa4096 -f $format --pin "$pin" $file
			rm $file.p7*
		done
	done
}

cms_without_attributes_is_verified_by_the_certificate() {
	files a
	signs -k p384 -f cms-noattr --pin "$DIR/certs/p384.pem" a
	cms_verify a -certfile "$DIR/certs/p384.pem"
}

# A module is an ELF file, for modinfo too.
module() { # NAME
	printf 'int x;\n' >m.c
	gcc -c -o "$1" m.c
	printf 'license=GPL\0name=m\0' >modinfo
	objcopy --add-section .modinfo=modinfo "$1"
	rm m.c modinfo
}

modules_carry_their_signature() {
	files
	module m.ko
	cp m.ko unsigned.ko
	chmod 0640 m.ko
	command -v sign-file >/dev/null ||
	    ls /usr/lib/linux-kbuild-*/scripts/sign-file >/dev/null 2>&1 ||
	    skip "no sign-file"
	signs -k p384 -f kmod --attach --pin "$DIR/certs/p384.pem" m.ko
	only m.ko unsigned.ko
	expect mode 640 "$(stat -c %a m.ko)"
	mkdir real
	cp unsigned.ko real/l.ko
	ln -s real/l.ko l.ko
	signs -k p384 -f kmod --attach l.ko
	[ -L l.ko ]
	expect "the end" '~Module signature appended~' "$(tail -c 28 real/l.ko)"
	expect "the end" '~Module signature appended~' "$(tail -c 28 m.ko)"
	cmp -n "$(stat -c %s unsigned.ko)" m.ko unsigned.ko
	signs -k p384 -f kmod unsigned.ko
	cms_verify unsigned.ko -certfile "$DIR/certs/p384.pem"
	if command -v modinfo >/dev/null; then
		modinfo ./m.ko | grep -aq 'sig_id: *PKCS#7'
		modinfo ./m.ko | grep -aq 'sig_hashalgo: *sha256'
	fi
}

root_hashes_are_signed_as_text() {
	files
	openssl rand -hex 32 | tr -d '\n' >usr.roothash
	signs -k p521 -f verity --pin "$DIR/certs/p521.pem" usr.roothash
	only usr.roothash usr.roothash.p7s
	cms_verify usr.roothash -certfile "$DIR/certs/p521.pem"
	echo 12 >short
	expect_exit 65 csign -k p521 -f verity short
}

fsverity_digests_are_signed() {
	command -v fsverity >/dev/null || skip "no fsverity"
	files a
	signs -k p256 -f fsverity --pin "$DIR/certs/p256.pem" a
	fsverity digest --compact --for-builtin-sig a | xxd -r -p >content
	openssl cms -verify -binary -inform DER -in a.p7s -content content \
	    -CAfile "$CA" -certfile "$DIR/certs/p256.pem" -purpose any \
	    -out /dev/null
	signs -k p256 -f fsverity --hash sha512 --pin "$DIR/certs/p256.pem" a
	expect_exit 76 csign -k p256 -f fsverity --hash sha512 \
	    --pin "$DIR/certs/p384.pem" a
	expect_exit 64 csign -k p256 -f fsverity --hash sha384 a
	rm a.p7s
	signs -k p256 -f fsverity a
	cp a b
	echo x >>b
	cp a.p7s b.p7s
	fsverity digest --compact --for-builtin-sig b | xxd -r -p >content
	refused openssl cms -verify -binary -inform DER -in b.p7s -content content \
	    -CAfile "$CA" -certfile "$DIR/certs/p256.pem" -purpose any \
	    -out /dev/null
}

images_carry_their_signature() {
	command -v sbverify >/dev/null || skip "no sbverify"
	[ -e $EFI/systemd-bootx64.efi ] || skip "no image"
	files
	local image
	for image in "$EFI"/*.efi "$EFI"/*.efi.stub; do
		cp "$image" "image ${image##*/}"
	done
	ls >"$DIR/images"
	# Of no multiple of 8 bytes, too.
	[ $(($(stat -c %s ./*.stub) % 8)) != 0 ]
	signs -k rsa3072 -f authenticode --pin "$DIR/certs/rsa3072.pem" \
	    --attach ./*
	expect "files left" "$(cat "$DIR/images")" "$(ls)"
	cp "$EFI/systemd-bootx64.efi" new.efi
	expect_exit 76 csign -k rsa3072 -f authenticode --attach \
	    --pin "$DIR/certs/p256.pem" new.efi
	cmp new.efi "$EFI/systemd-bootx64.efi"
	rm new.efi
	for image in ./*; do
		sbverify --cert "$DIR/certs/rsa3072.pem" "$image"
		refused sbverify --cert "$DIR/certs/p256.pem" "$image"
	done
}

images_are_measured_as_pesign_does() {
	[ -e $EFI/systemd-bootx64.efi ] || skip "no image"
	files a
	cp $EFI/systemd-bootx64.efi $EFI/linuxx64.efi.stub .
	signs -k rsa3072 -f authenticode systemd-bootx64.efi linuxx64.efi.stub
	local image
	for image in systemd-bootx64.efi linuxx64.efi.stub; do
		osslsigncode attach-signature -sigin $image.p7 -in $image \
		    -out signed -CAfile "$CA"
		osslsigncode verify -in signed -CAfile "$CA" >"$DIR/said"
		grep -q 'Succeeded' "$DIR/said"
		rm signed
	done
	# What was signed before has the same digest.
	signs -k rsa3072 -f authenticode --attach systemd-bootx64.efi
	rm systemd-bootx64.efi.p7
	signs -k rsa3072 -f authenticode systemd-bootx64.efi
	osslsigncode attach-signature -sigin systemd-bootx64.efi.p7 \
	    -in $EFI/systemd-bootx64.efi -out signed -CAfile "$CA"
	sbverify --cert "$DIR/certs/rsa3072.pem" signed
	expect_exit 65 csign -k rsa3072 -f authenticode a
	local length
	for length in 100 200 1000 100000; do
		head -c $length $EFI/systemd-bootx64.efi >part
		expect_exit 65 csign -k rsa3072 -f authenticode part
	done
	expect_exit 64 csign -k rsa3072 -f authenticode --attach \
	    --output-dir . linuxx64.efi.stub
	expect_exit 64 csign -k rsa3072 -f authenticode --attach --stdout \
	    linuxx64.efi.stub
}

# A build that runs again; osslsigncode reads one signature, not two.
an_image_that_was_signed_before_is_signed_anew() {
	command -v sbverify >/dev/null || skip "no sbverify"
	[ -e $EFI/systemd-bootx64.efi ] || skip "no image"
	files
	cp $EFI/systemd-bootx64.efi one.efi
	signs -k rsa3072 -f authenticode --attach one.efi
	cp one.efi before.efi
	signs -k rsa3072 -f authenticode --attach one.efi
	expect size "$(stat -c %s before.efi)" "$(stat -c %s one.efi)"
	osslsigncode verify -in one.efi -CAfile "$CA" >"$DIR/said"
	grep -q Succeeded "$DIR/said"
	sbverify --cert "$DIR/certs/rsa3072.pem" one.efi
	# Another's is not taken off.
	cp one.efi before.efi
	expect_exit 73 csign -k rsa4096 -f authenticode --attach one.efi
	expect_match stderr '*one.efi: is signed by another*' "$(cat "$ERR")"
	cmp one.efi before.efi
	# Nor where there are two.
	signs -k rsa4096 -f authenticode one.efi
	sbattach --attach one.efi.p7 one.efi
	expect_exit 73 csign -k rsa3072 -f authenticode --attach one.efi
	only one.efi one.efi.p7 before.efi
}

an_image_is_signed_by_osslsigncode_where_sbattach_is_not() {
	command -v osslsigncode >/dev/null || skip "no osslsigncode"
	[ -e $EFI/systemd-bootx64.efi ] || skip "no image"
	files
	cp $EFI/systemd-bootx64.efi boot.efi
	mkdir "$DIR/few"
	local tool
	for tool in dash ssh sha256sum od head tail wc cat cp rm mv mktemp dd \
	    chmod mkfifo base64 sed osslsigncode sync tr; do
		ln -s "$(command -v $tool)" "$DIR/few/"
	done
	(PATH=$DIR/few signs -k rsa3072 -f authenticode --attach boot.efi)
	only boot.efi
	# Again: without openssl nobody can say whose the first one is.
	(PATH=$DIR/few expect_exit 73 csign -k rsa3072 -f authenticode \
	    --attach boot.efi) || fail "exit $?"
	ln -s "$(command -v openssl)" "$DIR/few/"
	(PATH=$DIR/few signs -k rsa3072 -f authenticode --attach boot.efi)
	only boot.efi
	osslsigncode verify -in boot.efi -CAfile "$CA" >"$DIR/said"
	sbverify --cert "$DIR/certs/rsa3072.pem" boot.efi
}

cases cms_is_what_openssl_verifies \
    cms_by_another_certificate_is_not_put_in_place \
    the_first_certificate_of_a_pin_is_the_pin \
    cms_without_attributes_is_verified_by_the_certificate \
    modules_carry_their_signature \
    images_carry_their_signature \
    images_are_measured_as_pesign_does \
    an_image_that_was_signed_before_is_signed_anew \
    an_image_is_signed_by_osslsigncode_where_sbattach_is_not \
    root_hashes_are_signed_as_text \
    fsverity_digests_are_signed
