#!/bin/bash
# Kernel modules: built, signed over stock ssh, put together by the kernel's own
# sign-file, and read by modinfo.
# shellcheck source=tests/support/case.sh
. "$(dirname "$0")/../support/case.sh"
# shellcheck source=tests/support/formats.sh
. "$TOP/tests/support/formats.sh"

service() {
	instance_new "$DIR" rsa:4096 p384 || return
	formats_ca "$DIR" || return
	formats_none "$DIR"
	formats_certificate "$DIR" rsa4096 || return
	formats_certificate "$DIR" p384 || return
	formats_key "$DIR" rsa4096 raw kmod "certificate = ../certs/rsa4096.pem"
	formats_key "$DIR" p384 raw kmod "certificate = ../certs/p384.pem"
	formats_profile "$DIR"
	instance_start "$DIR"
}

# The headers of whatever kernel is there; as any module is built.
build() {
	local headers
	headers=$(find /usr/src -maxdepth 1 -name 'linux-headers-*' \
	    ! -name '*-common*' | head -n 1)
	mkdir "$DIR/module" || return
	cat >"$DIR/module/hello.c" <<-END
		#include <linux/module.h>
		static int __init hello_begin(void)
		{
			return 0;
		}
		static void __exit hello_end(void)
		{
		}
		module_init(hello_begin);
		module_exit(hello_end);
		MODULE_LICENSE("GPL");
	END
	echo 'obj-m := hello.o' >"$DIR/module/Makefile"
	env -u MAKEFLAGS -u MAKELEVEL -u CC -u B make -C "$headers" \
	    M="$DIR/module" modules
}

if ! build >"$DIR/said" 2>&1; then
	echo "FAIL the module is not built: $(tail -n 5 "$DIR/said")"
	exit 1
fi
if ! service >"$DIR/said" 2>&1; then
	echo "FAIL the service does not start: $(tail -n 5 "$DIR/said")"
	exit 1
fi
SIGN_FILE=$(find /usr/lib/linux-kbuild-*/scripts -name sign-file | head -n 1)

sign() { # KEY HASH
	cp "$DIR/module/hello.ko" "$DIR/$1.ko"
	"${2}sum" "$DIR/$1.ko" |
	    sign_ssh "$DIR" sign -k "$1" -f kmod -o raw >"$DIR/$1.p7s"
	"$SIGN_FILE" -s "$DIR/$1.p7s" "$2" "$DIR/certs/$1.pem" "$DIR/$1.ko"
}

field() { # KEY FIELD
	modinfo -F "$2" "$DIR/$1.ko" | tr -d '\0'
}

sign_file_puts_it_into_the_module() {
	local key hash
	for key in rsa4096 p384; do
		for hash in sha256 sha512; do
			sign $key $hash
			# What was there, the signature, its length, the end.
			{
				cat "$DIR/module/hello.ko" "$DIR/$key.p7s"
				printf '\0\0\2\0\0\0\0\0'
				printf '%08x' "$(stat -c %s "$DIR/$key.p7s")" |
				    xxd -r -p
				echo '~Module signature appended~'
			} >"$DIR/by-hand.ko"
			cmp "$DIR/by-hand.ko" "$DIR/$key.ko"
		done
	done
}

modinfo_names_the_signer() {
	local serial
	sign rsa4096 sha256
	expect id PKCS#7 "$(field rsa4096 sig_id)"
	expect hash sha256 "$(field rsa4096 sig_hashalgo)"
	expect signer ca "$(field rsa4096 signer)"
	serial=$(openssl x509 -in "$DIR/certs/rsa4096.pem" -noout -serial)
	expect serial "${serial#serial=}" \
	    "$(field rsa4096 sig_key | tr -d ':\n\t ')"
}

openssl_verifies_the_module() {
	local key
	for key in rsa4096 p384; do
		sign $key sha384
		openssl cms -verify -binary -inform DER -in "$DIR/$key.p7s" \
		    -content "$DIR/module/hello.ko" -CAfile "$DIR/ca/ca.pem" \
		    -certfile "$DIR/certs/$key.pem" -purpose any \
		    -out /dev/null
		if openssl cms -verify -binary -inform DER \
		    -in "$DIR/$key.p7s" -content "$DIR/$key.ko" \
		    -CAfile "$DIR/ca/ca.pem" -certfile "$DIR/certs/$key.pem" \
		    -purpose any -out /dev/null; then
			fail "over the signed module, too"
		fi
	done
}

# The kernel refuses attributes here, and has the certificate itself.
it_has_neither_attributes_nor_certificates() {
	sign p384 sha256
	openssl asn1parse -inform DER -in "$DIR/p384.p7s" >"$DIR/text"
	grep -q pkcs7-signedData "$DIR/text"
	if grep -E 'messageDigest|contentType|signingTime|subjectKey' \
	    "$DIR/text"; then
		fail "it has attributes or a certificate"
	fi
}

cases sign_file_puts_it_into_the_module \
    modinfo_names_the_signer \
    openssl_verifies_the_module \
    it_has_neither_attributes_nor_certificates
