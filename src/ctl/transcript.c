/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/transcript.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"

/* Of the whole file: ceremonies are short. */
#define TRANSCRIPT_MAX ((size_t)16 << 20)

#define HEAD "sha256: "
/* "sha256: ", 64 digits and a LF */
#define LAST_LINE (sizeof(HEAD) - 1 + 64 + 1)

static struct {
	bool kept;
	const char *path;
	int fd;
	struct buf text; /* the file as it is, and the entry behind it */
	struct buf said; /* of a line that is not whole yet */
	size_t before; /* bytes that are in the file already */
} transcript = { .fd = -1 };

static void
put_line(const char *head, const char *text, size_t len)
{
	char shown[2048];

	if (!transcript.kept)
		return;
	text_escape(text, len, shown, sizeof(shown));
	buf_addf(&transcript.text, "%s%s\n", head, shown);
}

/* The whole lines of what was said. */
static void
put_said(const char *head)
{
	const char *end;

	while ((end = memchr(buf_at(&transcript.said), '\n',
		    buf_len(&transcript.said))) != NULL) {
		size_t len = (size_t)(end - buf_at(&transcript.said));

		put_line(head, buf_at(&transcript.said), len);
		buf_consume(&transcript.said, len + 1);
	}
}

void
token_say(const char *fmt, ...)
{
	char text[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fputs(text, stdout);
	if (!transcript.kept)
		return;
	buf_adds(&transcript.said, text);
	put_said("  ");
}

int
token_fail(const char *fmt, ...)
{
	char text[2048];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	fprintf(stderr, "countersignctl: %s\n", text);
	put_line("  failed: ", text, strlen(text));
	return EX_UNAVAILABLE;
}

static int
fail(const char *what)
{
	fprintf(stderr, "countersignctl: transcript %s: %s\n", transcript.path,
	    what);
	return -1;
}

static void
hash_hex(const char *text, size_t len, char ret[static 65])
{
	uint8_t hash[SHA256_DIGEST_LENGTH];

	SHA256((const uint8_t *)text, len, hash);
	hex_encode(hash, sizeof(hash), ret);
}

/* What was there before must end in the hash of itself. */
static int
check_end(void)
{
	const char *text = buf_at(&transcript.text), *last;
	size_t len = buf_len(&transcript.text);
	char hex[65];

	if (len == 0)
		return 0;
	if (len < LAST_LINE)
		return fail("is no transcript");
	last = text + len - LAST_LINE;
	hash_hex(text, len - LAST_LINE, hex);
	if (memcmp(last, HEAD, sizeof(HEAD) - 1) != 0 || text[len - 1] != '\n')
		return fail("is no transcript, or its last entry is not whole");
	if (memcmp(last + sizeof(HEAD) - 1, hex, 64) != 0)
		return fail("was changed since its last entry");
	return 0;
}

static int
read_all(void)
{
	struct stat st;
	ssize_t got;
	char *to;

	buf_init(&transcript.text, TRANSCRIPT_MAX);
	buf_init(&transcript.said, TRANSCRIPT_MAX);
	if (fstat(transcript.fd, &st) == -1 || !S_ISREG(st.st_mode))
		return fail("is no regular file");
	if ((size_t)st.st_size > TRANSCRIPT_MAX / 2)
		return fail("is too large");
	for (;;) {
		if ((to = buf_reserve(&transcript.text, 65536)) == NULL)
			return fail("is too large");
		if ((got = read(transcript.fd, to, 65536)) == -1)
			return fail(strerror(errno));
		if (got == 0)
			break;
		buf_commit(&transcript.text, (size_t)got);
	}
	transcript.before = buf_len(&transcript.text);
	return check_end();
}

static void
put_who(void)
{
	char line[256], host[65] = "-";
	const struct passwd *user = getpwuid(getuid());

	gethostname(host, sizeof(host) - 1);
	snprintf(line, sizeof(line), "%.64s, user %.64s (%u)", host,
	    user != NULL ? user->pw_name : "-", (unsigned)getuid());
	put_line("  on ", line, strlen(line));
}

int
transcript_begin(const char *path, int argc, char **argv)
{
	char when[CLOCK_TEXT];

	transcript.path = path;
	transcript.fd = open(path,
	    O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
	    0644);
	if (transcript.fd == -1)
		return fail(strerror(errno));
	if (flock(transcript.fd, LOCK_EX | LOCK_NB) == -1)
		return fail("another step is being written to it");
	if (read_all() == -1)
		return -1;
	transcript.kept = true;
	clock_text(clock_wall_us(), when);
	buf_addf(&transcript.text, "%s token %s\n", when, argv[0]);
	put_who();
	for (int i = 1; i < argc; i++)
		put_line("  argument ", argv[i], strlen(argv[i]));
	return 0;
}

int
transcript_end(int status)
{
	size_t len, before = transcript.before;
	const char *text;
	char hex[65];
	int rv = -1;

	buf_addf(&transcript.text, "  %s, exit status %d\n",
	    status == 0 ? "done" : "not done", status);
	hash_hex(buf_at(&transcript.text), buf_len(&transcript.text), hex);
	buf_addf(&transcript.text, HEAD "%s\n", hex);
	text = buf_at(&transcript.text);
	len = buf_len(&transcript.text) - before;
	if (transcript.text.bad)
		fail("is too large");
	else if (write(transcript.fd, text + before, len) != (ssize_t)len ||
	    fsync(transcript.fd) == -1)
		fail(strerror(errno));
	else
		rv = 0;
	transcript.kept = false;
	close(transcript.fd);
	buf_release(&transcript.text);
	buf_release(&transcript.said);
	return rv;
}
