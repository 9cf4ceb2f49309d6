/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersignctl explain: what the policy says of one client key, address,
 * time and command, and by which lines.
 */
#include "policy/explain.h"

#include <arpa/inet.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/text.h"
#include "ctl/admin.h"
#include "ctl/clients.h"
#include "ctl/json.h"
#include "ctl/suspended.h"
#include "ctl/verb.h"
#include "policy/date.h"

#define OUTPUT_SIZE (4u << 20)
#define HERE "127.0.0.1"

struct asked {
	struct question question;
	bool json;
	const char *second; /* as given, or NULL */
	char print[FINGERPRINT_SIZE], second_print[FINGERPRINT_SIZE];
	char command[COMMAND_SIZE];
};

static int
set_address(struct asked *a, const char *value)
{
	uint8_t space[16];

	if (inet_pton(AF_INET, value, space) != 1 &&
	    inet_pton(AF_INET6, value, space) != 1)
		return usage_error(
		    "explain: '%s' is no numeric address", value);
	a->question.moment.address = value;
	return 0;
}

static int
set_time(struct asked *a, const char *value)
{
	struct text_error error;

	if (date_parse(value, &a->question.moment.now, &error) == -1)
		return usage_error("explain: --at: %s", error.what);
	return 0;
}

static int
set_hash(struct asked *a, const char *value)
{
	a->question.hash = hash_by_word(value);
	if (a->question.hash == HASH_NONE)
		return usage_error("explain: there is no hash '%s'", value);
	return 0;
}

static int
set_line(struct asked *a, const char *value)
{
	if (text_number(value, UINT32_MAX, &a->question.number) == -1 ||
	    a->question.number == 0)
		return usage_error("explain: --line takes a number from 1 on");
	return 0;
}

static int
add_name(struct asked *a, const char *value)
{
	struct question *q = &a->question;

	if (q->name_count == EXPLAIN_NAMES)
		return usage_error("explain: at most %d names", EXPLAIN_NAMES);
	if (strlen(value) >= LINE_NAME_SIZE)
		return usage_error(
		    "explain: a name is over %d bytes", LINE_NAME_SIZE - 1);
	q->names[q->name_count++] = value;
	return 0;
}

static int
set_option(struct asked *a, int c)
{
	switch (c) {
	case 'f':
		return set_address(a, optarg);
	case 'a':
		return set_time(a, optarg);
	case 'h':
		return set_hash(a, optarg);
	case 'l':
		return set_line(a, optarg);
	case 'n':
		return add_name(a, optarg);
	case 's':
		a->second = optarg;
		return 0;
	case 'j':
		a->json = true;
		return 0;
	default:
		return EX_USAGE;
	}
}

/* As ssh puts the words of its command line together. */
static int
join(struct asked *a, int argc, char **argv)
{
	size_t used = 0;

	for (int i = 0; i < argc; i++) {
		int n = snprintf(a->command + used, sizeof(a->command) - used,
		    "%s%s", i > 0 ? " " : "", argv[i]);

		if (n < 0 || (size_t)n >= sizeof(a->command) - used)
			return usage_error("explain: the command is over %d "
					   "bytes",
			    COMMAND_SIZE - 1);
		used += (size_t)n;
	}
	a->question.command = a->command;
	return 0;
}

static int
parse_options(struct asked *a, int argc, char **argv)
{
	static const struct option options[] = {
		{ "from", required_argument, NULL, 'f' },
		{ "at", required_argument, NULL, 'a' },
		{ "second", required_argument, NULL, 's' },
		{ "hash", required_argument, NULL, 'h' },
		{ "name", required_argument, NULL, 'n' },
		{ "line", required_argument, NULL, 'l' },
		{ "json", no_argument, NULL, 'j' },
		{ NULL, 0, NULL, 0 },
	};
	int c, rv;

	optind = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1)
		if ((rv = set_option(a, c)) != 0)
			return rv;
	if (optind == argc)
		return usage_error("explain: name a client key, by its "
				   "fingerprint or its .pub file");
	if ((rv = client_arg(argv[optind], a->print)) != 0 ||
	    (a->second != NULL &&
		(rv = client_arg(a->second, a->second_print)) != 0))
		return rv;
	return join(a, argc - optind - 1, argv + optind + 1);
}

static int
unknown(const struct asked *a, const char *print)
{
	const enum reason reason = REASON_CLIENT_UNKNOWN;
	struct json j = { .out = stdout };

	if (!a->json) {
		printf("refused: %s, exit %d\n  no file of authorized_keys.d "
		       "has %s\n",
		    reason_word(reason), reason_exit(reason), print);
		return reason_exit(reason);
	}
	json_object(&j, NULL);
	json_bool(&j, "allowed", false);
	json_text(&j, "reason", reason_word(reason));
	json_number(&j, "exit", (unsigned)reason_exit(reason));
	json_text(&j, "stage", "login");
	json_text(&j, "text", reason_text(reason));
	json_text(&j, "fp", print);
	json_object_end(&j);
	json_end(&j);
	return reason_exit(reason);
}

/* NULL, or what the tree does not have. */
static const char *
find(const struct tree *tree, const char *print, struct who *ret)
{
	ret->key = client_by_print(tree, print);
	ret->fingerprint = print;
	return ret->key != NULL ? NULL : print;
}

static int
print_answer(const struct asked *a)
{
	const struct question *q = &a->question;
	struct explained explained;
	struct buf out;
	enum reason reason = explain(q, &explained);

	buf_init(&out, OUTPUT_SIZE);
	if (a->json)
		explain_json(q, &explained, &out);
	else
		explain_text(q, &explained, &out);
	if (a->json)
		buf_adds(&out, "\n");
	else if (q->moment.suspensions == NULL)
		buf_adds(&out, "  what is suspended was not looked at\n");
	if (out.bad) {
		fputs("countersignctl: no memory\n", stderr);
		buf_release(&out);
		return EX_OSERR;
	}
	fwrite(buf_at(&out), 1, buf_len(&out), stdout);
	buf_release(&out);
	return reason_exit(reason);
}

static int
answer(struct asked *a, const struct tree *tree)
{
	struct question *q = &a->question;
	struct suspensions *suspended;
	const char *missing = find(tree, a->print, &q->client);
	int rv;

	q->tree = tree;
	if (missing == NULL && a->second != NULL)
		missing = find(tree, a->second_print, &q->second);
	if (missing != NULL)
		return unknown(a, missing);
	suspended = suspended_now(tree_server(tree)->run_dir);
	q->moment.suspensions = suspended;
	rv = print_answer(a);
	suspensions_free(suspended);
	return rv;
}

/* The broker reads what the owner of a tenant may not. */
static int
ask_broker(const struct asked *a, const char *dir)
{
	const struct question *q = &a->question;
	struct admin_request request = {
		.verb = ADMIN_EXPLAIN,
		.json = a->json,
	};
	char now[24], number[24];
	bool fits;

	snprintf(now, sizeof(now), "%" PRId64, q->moment.now);
	snprintf(number, sizeof(number), "%" PRIu64, q->number);
	fits = admin_request_add(&request, a->print) &&
	    admin_request_add(&request, a->second_print) &&
	    admin_request_add(&request, q->moment.address) &&
	    admin_request_add(&request, now) &&
	    admin_request_add(
		&request, q->hash != HASH_NONE ? hash_word(q->hash) : "") &&
	    admin_request_add(&request, number) &&
	    admin_request_add(&request, q->command);
	for (size_t i = 0; fits && i < q->name_count; i++)
		fits = admin_request_add(&request, q->names[i]);
	if (!fits)
		return usage_error("explain: a word is too long for the "
				   "broker, or there are too many names");
	return ask_running(dir, &request);
}

int
verb_explain(const char *dir, int argc, char **argv)
{
	struct asked a = { .question.moment.address = HERE };
	struct tree *tree;
	int rv;

	a.question.moment.now = (int64_t)(clock_wall_us() / 1000000);
	if ((rv = parse_options(&a, argc, argv)) != 0)
		return rv;
	if (asks_as_tenant(dir))
		return ask_broker(&a, dir);
	if ((tree = tree_here(dir)) == NULL)
		return 1;
	rv = answer(&a, tree);
	tree_free(tree);
	return rv;
}
