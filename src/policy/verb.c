/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/command.h"

#include <string.h>

#include "policy/list.h"

/* The verbs in the order of their enum, with what `help` prints. */
static const struct {
	const char *word;
	const char *usage;
	const char *help;
} verbs[VERB_COUNT] = {
	[VERB_GREETING] = { "", "",
	    "Without a command: the lines on standard input are handled by "
	    "the profile's\ndefault; without lines or on a terminal, the "
	    "greeting.\n" },
	[VERB_HELP] = { "help", "help [VERB]", "What can be asked.\n" },
	[VERB_WHOAMI] = { "whoami", "whoami [--json]",
	    "The principal, client key, source address and profile.\n" },
	[VERB_KEYS] = { "keys", "keys [--json]",
	    "The signing keys that your profile grants, and whether each can "
	    "sign now.\n" },
	[VERB_PUBKEY] = { "pubkey", "pubkey [KEY] [--form FORM] [--next]",
	    "A signing key's public half as pem (the default), der, ssh, "
	    "allowed-signers,\nopenpgp (the file that the signer keeps with "
	    "it), openpgp-trailer (41 bytes,\nsee --trailer), minisign, "
	    "signify or jws-header (--hash HASH: what a JWS of\nthis hash "
	    "begins with).  KEY may be left out where the profile grants one "
	    "key.\n--next: of the generation that comes next.\n" },
	[VERB_CERT] = { "cert", "cert [KEY] [--next]",
	    "The certificate that the signer keeps with the key, as PEM.  "
	    "--next: of the\ngeneration that comes next.\n" },
	[VERB_SIGN] = { "sign",
	    "sign [-k KEY] [-f FORMAT] [-o OUTPUT] [-i INPUT] [--hash HASH] "
	    "[--namespace NS] [--trailer HEX] [--keep-going | --atomic] "
	    "[--receipt]",
	    "Signs each digest line of standard input.\n"
	    "  -k, --key KEY        may be left out where the profile grants "
	    "one key\n"
	    "  -f, --format FORMAT  may be left out where the key has one "
	    "format or the\n"
	    "                       profile's default names it\n"
	    "  -o, --output OUTPUT  lines (the default), raw, tar or json\n"
	    "  -i, --input INPUT    lines (the default) or raw: one binary "
	    "digest\n"
	    "  --hash HASH          sha256, sha384, sha512, sha3-256, "
	    "sha3-384, sha3-512, blake2b512;\n"
	    "                       else the line names it or its length "
	    "tells\n"
	    "  --namespace NS       of an SSH signature: what it is for; may "
	    "be left out\n"
	    "                       where one is granted\n"
	    "  --keep-going         answer a bad line with !REASON, go on, "
	    "exit 1\n"
	    "  --atomic             check every line before the first "
	    "signature\n"
	    "  --receipt            with tar or json: proof that the record "
	    "is in the log\n"
	    "  --trailer HEX        for openpgp-trailer: what was hashed "
	    "behind each file\n"
	    "Input lines: HEX; HEX  name; HEX *name; SHA256 (name) = HEX; "
	    "SHA2-256(name)= HEX;\n"
	    "for openpgp sha256-state:HEX  name\n" },
	[VERB_CHECK] = { "check",
	    "check [-k KEY] [-f FORMAT] [-o OUTPUT] [-i INPUT] [--hash HASH] "
	    "[--namespace NS] [--trailer HEX] [--keep-going | --atomic] "
	    "[--receipt]",
	    "Takes what sign takes and says what would happen to each line; "
	    "signs nothing.\n" },
	[VERB_TSA] = { "tsa", "tsa [-k KEY]",
	    "Answers one time-stamp request (RFC 3161) on standard input:\n"
	    "  openssl ts -query -data FILE -cert | ssh ... tsa > FILE.tsr\n"
	    "  -k, --key KEY        may be left out where the profile grants "
	    "one with\n"
	    "                       format tsa\n" },
	[VERB_AGENT] = { "agent", "agent [-k KEY]",
	    "An ssh-agent that makes SSH signatures for files and git, and "
	    "nothing else:\n"
	    "  systemd-socket-activate -a --inetd -l $PWD/agent.sock ssh ... "
	    "agent &\n"
	    "  SSH_AUTH_SOCK=$PWD/agent.sock ssh-keygen -Y sign -n file -f "
	    "KEY.pub FILE\n"
	    "  -k, --key KEY        only this one; else all that your profile "
	    "grants\n" },
	[VERB_LOG] = { "log",
	    "log checkpoint | log proof DIGEST | log since SEQ",
	    "checkpoint: the newest signed checkpoint of the audit log.\n"
	    "proof: a receipt (tlog-proof) for the newest signature of a "
	    "digest.\n"
	    "since: the records from number SEQ on, where the profile says "
	    "log = all.\n" },
};

bool
verb_signs(enum verb verb)
{
	return verb == VERB_SIGN || verb == VERB_TSA || verb == VERB_AGENT;
}

const char *
verb_word(enum verb verb)
{
	return verbs[verb].word;
}

const char *
verb_usage(enum verb verb)
{
	return verbs[verb].usage;
}

const char *
verb_help(enum verb verb)
{
	return verbs[verb].help;
}

enum verb
verb_by_word(const char *word)
{
	enum verb verb = VERB_GREETING + 1;

	while (verb < VERB_COUNT && strcmp(verbs[verb].word, word) != 0)
		verb++;
	return verb;
}

/* Known to the contract, not to this version. */
static bool
is_later(const char *word)
{
	static const char *const later[] = { "pending", "show", "approve",
		"deny", "fetch", "pkcs11", "status" };

	for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++)
		if (strcmp(later[i], word) == 0)
			return true;
	return false;
}

int
verb_parse(const char *word, enum verb *ret, struct text_error *reterr)
{
	enum verb verb = verb_by_word(word);
	char known[128] = "";
	struct sentence s;

	if (verb != VERB_COUNT) {
		*ret = verb;
		return 0;
	}
	sentence_init(&s, known, sizeof(known));
	for (verb = VERB_GREETING + 1; verb < VERB_COUNT; verb++)
		sentence_item(&s, verbs[verb].word);
	if (is_later(word))
		return text_fail(reterr, 0,
		    "%s is not supported by this version; known: %s", word,
		    known);
	return text_fail(
	    reterr, 0, "unknown verb \"%.64s\"; known: %s", word, known);
}
