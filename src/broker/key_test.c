/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/key_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broker/probe.h"
#include "broker/records.h"
#include "broker/service.h"
#include "broker/suspend.h"
#include "wire/admin.h"

#define TEXT_MAX (1u << 20)

struct key_test {
	struct key_test *next;
	struct service *service;
	uint64_t who; /* of admin_wait */
	char by[NAME_SIZE];
	char name[NAME_SIZE];
	bool json;
	int64_t start; /* of the generation at hand */
	struct probe *probe;
	struct buf out;
	size_t tried, failed; /* signatures; a generation without any is one */
};

static void
unlink_test(struct key_test *t)
{
	struct key_test **at = &t->service->key_tests;

	while (*at != t)
		at = &(*at)->next;
	*at = t->next;
}

static void
free_test(struct key_test *t)
{
	probe_free(t->probe);
	buf_release(&t->out);
	free(t);
}

void
key_tests_free(struct key_test *t)
{
	struct key_test *next;

	for (; t != NULL; t = next) {
		next = t->next;
		free_test(t);
	}
}

static void
add_string(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "\"%s\":", name);
	buf_add_json(out, value, strlen(value));
}

static const char *
outcome_word(enum probe_outcome outcome)
{
	static const char *const words[] = {
		[PROBE_UNTRIED] = "untried",
		[PROBE_OK] = "ok",
		[PROBE_FAILED] = "failed",
	};

	return words[outcome];
}

/* step NULL: it failed before there was one. */
static void
say_json(struct key_test *t, const struct probe_step *step)
{
	const struct key *key = probe_key(t->probe);
	enum probe_outcome outcome =
	    step != NULL ? step->outcome : PROBE_FAILED;
	struct buf *out = &t->out;

	buf_adds(out, buf_len(out) > 1 ? ",\n " : "");
	buf_adds(out, "{");
	add_string(out, "key", key->name);
	buf_adds(out, ",");
	add_string(out, "generation", key->generation);
	buf_adds(out, ",");
	add_string(out, "fingerprint", key->fingerprint);
	if (step != NULL) {
		buf_adds(out, ",");
		add_string(out, "format", step->format->name);
		buf_adds(out, ",");
		add_string(out, "hash", hash_word(step->hash));
	}
	buf_adds(out, ",");
	add_string(out, "outcome", outcome_word(outcome));
	if (outcome == PROBE_OK)
		buf_addf(out, ",\"us\":%u", step->us);
	if (outcome == PROBE_FAILED) {
		buf_adds(out, ",");
		add_string(out, "reason", reason_word(probe_reason(t->probe)));
		buf_adds(out, ",");
		add_string(out, "message", probe_text(t->probe));
	}
	buf_adds(out, "}");
}

static void
say_text(struct key_test *t, const struct probe_step *step)
{
	const struct key *key = probe_key(t->probe);
	enum probe_outcome outcome =
	    step != NULL ? step->outcome : PROBE_FAILED;
	struct buf *out = &t->out;

	buf_adds(out, key->name);
	if (key->generation[0] != '\0')
		buf_addf(out, " generation %s", key->generation);
	if (step != NULL)
		buf_addf(
		    out, " %s %s", step->format->name, hash_word(step->hash));
	buf_addf(out, ": %s", outcome_word(outcome));
	if (outcome == PROBE_OK)
		buf_addf(out, ", %u us", step->us);
	if (outcome == PROBE_FAILED)
		buf_addf(out, ", %s: %s", reason_word(probe_reason(t->probe)),
		    probe_text(t->probe));
	buf_adds(out, "\n");
}

static void
say(struct key_test *t)
{
	void (*one)(struct key_test *, const struct probe_step *) =
	    t->json ? say_json : say_text;
	const struct probe_step *step;

	for (size_t i = 0; (step = probe_step(t->probe, i)) != NULL; i++)
		one(t, step);
	if (probe_step(t->probe, 0) == NULL)
		one(t, NULL);
}

/* Who asked may be gone; then nobody hears of it but the log. */
static void
answer(struct key_test *t)
{
	struct admin_peer *who = admin_waiting(t->service->admin, t->who);
	char text[MESSAGE_SIZE] = "";

	buf_adds(&t->out, t->json ? "]\n" : "");
	buf_add(&t->out, "", 1);
	if (t->failed > 0)
		snprintf(text, sizeof(text), "%s: %zu of %zu failed\n", t->name,
		    t->failed, t->tried);
	unlink_test(t);
	if (who != NULL && t->out.bad) {
		admin_answer(who, 70, "no memory\n");
	} else if (who != NULL) {
		admin_say(who, buf_at(&t->out));
		admin_answer(who, t->failed > 0 ? 69 : 0, text);
	}
	free_test(t);
}

static void on_ended(void *arg, struct probe *);

/* The first that starts after the one before, or NULL. */
static const struct generation *
next_generation(const struct key_test *t)
{
	const struct signing_key *key =
	    tree_key_by_name(t->service->tree, t->name);

	return key != NULL ? key_next_generation(key, t->start) : NULL;
}

static void
go_on(struct key_test *t)
{
	const struct generation *g = next_generation(t);

	if (g == NULL) {
		answer(t);
		return;
	}
	t->start = g->start;
	t->probe = probe_new(
	    t->service, keyring_of(t->service->keyring, g), false, on_ended, t);
	if (t->probe == NULL) {
		t->out.bad = true;
		answer(t);
	}
}

static void
on_ended(void *arg, struct probe *probe)
{
	struct key_test *t = arg;
	size_t ok = probe_count(probe, PROBE_OK);
	size_t failed = probe_reason(probe) != REASON_OK;

	t->tried += ok + failed;
	t->failed += failed;
	say(t);
	record_probe(t->service, probe, "test", t->by);
	probe_free(probe);
	t->probe = NULL;
	go_on(t);
}

static void
refuse(struct admin_peer *who, uint8_t exit, const char *name, const char *why)
{
	char text[MESSAGE_SIZE];

	snprintf(text, sizeof(text), "countersignctl: the key %.100s %s\n",
	    name, why);
	admin_answer(who, exit, text);
}

/* One that signs now is where it begins, or else the first. */
static int64_t
before_first(const struct signing_key *key)
{
	const struct generation *g = key_generation(key, service_now());

	return g != NULL ? g->start - 1 : -1;
}

static void
begin(struct admin_peer *who, const struct admin_request *request,
    const struct signing_key *key)
{
	struct service *service = admin_service(who);
	struct key_test *t = calloc(1, sizeof(*t));

	if (t == NULL) {
		refuse(who, 70, key->name, "cannot be tested: no memory");
		return;
	}
	t->service = service;
	t->who = admin_wait(who);
	t->json = request->json;
	t->start = before_first(key);
	admin_name(who, t->by);
	text_copy(t->name, sizeof(t->name), key->name);
	buf_init(&t->out, TEXT_MAX);
	buf_adds(&t->out, t->json ? "[" : "");
	t->next = service->key_tests;
	service->key_tests = t;
	go_on(t);
}

void
ask_test(struct admin_peer *who, const struct admin_request *request)
{
	struct service *service = admin_service(who);
	const char *name = request->args[0];
	const struct signing_key *key = tree_key_by_name(service->tree, name);

	if (key == NULL)
		refuse(who, 1, name, "is not in the running tree");
	else if (key->audit)
		refuse(who, 1, name,
		    "signs checkpoints and nothing else; status tells of "
		    "the newest");
	else if (suspensions_cover(service->suspensions, SUBJECT_KEY, name) !=
	    NULL)
		refuse(who, 77, name, "is suspended");
	else
		begin(who, request, key);
}
