/* SPDX-License-Identifier: Apache-2.0 */
#include "review/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOURS_MAX (1u << 20) /* pairs of a key and an hour */

struct report *
report_new(const struct period *period, const struct hours *hours)
{
	struct report *r = calloc(1, sizeof(*r));

	if (r == NULL)
		return NULL;
	r->period = *period;
	r->hours = *hours;
	for (uint32_t i = 0; i < REPORT_TALLIES; i++)
		tally_init(&r->tally[i], i << 20);
	pairs_init(&r->activity, HOURS_MAX, true);
	pairs_init(&r->refusals, HOURS_MAX, true);
	auditor_init(&r->auditor);
	if (distinct_init(&r->distinct) == 0)
		return r;
	report_free(r);
	return NULL;
}

void
report_free(struct report *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < REPORT_TALLIES; i++)
		tally_release(&r->tally[i]);
	for (size_t i = 0; i < NOTES_KINDS; i++)
		notes_release(&r->notes[i]);
	distinct_release(&r->distinct);
	pairs_release(&r->activity);
	pairs_release(&r->refusals);
	auditor_release(&r->auditor);
	free(r);
}

bool
report_reaches_back(const struct report *r)
{
	return r->all_first_seq == 1 ||
	    (r->read > 0 && r->all_first_us < r->period.since_us);
}

/* As fields_get, for who asks a dozen times a record. */
static const char *
find(const struct fields *f, const char *name)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->field[i].name[0] == name[0] &&
		    strcmp(f->field[i].name, name) == 0)
			return f->field[i].value;
	return NULL;
}

static const char *
get(const struct fields *f, const char *name, const char *otherwise)
{
	const char *value = find(f, name);

	return value != NULL && *value != '\0' ? value : otherwise;
}

/* One record's share in the rows of its names. */
struct share {
	struct report *report;
	const struct fields *fields;
	enum tally_count what;
	uint32_t digest; /* DISTINCT_NONE: it is not about one */
};

static struct row *
count_in(const struct share *s, struct row *row)
{
	row_count(row, s->what, s->fields->time_us);
	if (distinct_first(&s->report->distinct, row->id, s->digest))
		row->distinct++;
	return row;
}

static void
count_names(const struct share *s)
{
	const struct fields *f = s->fields;
	struct tally *t = s->report->tally;
	const char *print = find(f, "fp");
	struct row *client;

	count_in(s,
	    tally_row(&t[REPORT_PROFILES], get(f, "profile", "(no profile)")));
	count_in(s,
	    tally_row(&t[REPORT_PRINCIPALS], get(f, "principal", "(nobody)")));
	count_in(
	    s, tally_row(&t[REPORT_SOURCES], get(f, "src", "(no address)")));
	if (print == NULL)
		return;
	client = count_in(s, tally_row(&t[REPORT_CLIENTS], print));
	row_detail(client, get(f, "principal", "(nobody)"));
}

static void
count_reason(const struct share *s)
{
	const struct fields *f = s->fields;
	struct tally *t = s->report->tally;
	const char *reason = get(f, "reason", "(no reason)");

	row_count(tally_row(&t[REPORT_REASONS], reason), s->what, f->time_us);
	row_count(tally_join(&t[REPORT_REASONS_BY],
		      get(f, "principal", "(nobody)"), reason, ""),
	    s->what, f->time_us);
}

static void
count_tags(const struct share *s)
{
	const char *at = get(s->fields, "notify", "");
	char tag[64];

	while (*at != '\0') {
		size_t len = strcspn(at, " ");

		snprintf(tag, sizeof(tag), "%.*s", (int)len, at);
		row_count(tally_row(&s->report->tally[REPORT_TAGS], tag),
		    s->what, s->fields->time_us);
		at += len;
		at += strspn(at, " ");
	}
}

static void
count_hours(const struct share *s, const struct row *key)
{
	struct report *r = s->report;
	const struct fields *f = s->fields;
	const char *who = get(f, "principal", "(nobody)");
	struct moment m;
	struct row *row;

	moment_of(f->time_us, &m);
	pairs_add(&r->activity, key->id, m.hour);
	r->week[m.weekday][m.minute / 60]++;
	if (hours_open(&r->hours, &m))
		return;
	row = tally_join(&r->tally[REPORT_OUTSIDE], who, key->name, "");
	row_count(row, TALLY_OUTSIDE, f->time_us);
	r->count[TALLY_OUTSIDE]++;
	if (hours_any(&r->hours, m.weekday))
		return;
	row_count(row, TALLY_CLOSED, f->time_us);
	r->count[TALLY_CLOSED]++;
}

static void
count_signed(const struct share *s, const struct row *key)
{
	const struct fields *f = s->fields;

	row_count(tally_join(&s->report->tally[REPORT_FORMATS],
		      get(f, "key", "(no key)"), get(f, "format", "-"),
		      get(f, "hash", "-")),
	    s->what, f->time_us);
	count_hours(s, key);
}

static void
on_request(struct report *r, const struct fields *f)
{
	struct share s = { r, f, TALLY_REFUSED, DISTINCT_NONE };
	const char *digest = find(f, "digest");
	struct moment m;
	struct row *key;

	if (strcmp(f->event, "SIGN") == 0)
		s.what = strcmp(get(f, "outcome", ""), "ok") == 0 ?
		    TALLY_SIGNED :
		    TALLY_FAILED;
	if (s.what == TALLY_SIGNED && digest != NULL)
		s.digest =
		    distinct_index(&r->distinct, get(f, "hash", "-"), digest);
	r->count[s.what]++;
	key = count_in(
	    &s, tally_row(&r->tally[REPORT_KEYS], get(f, "key", "(no key)")));
	count_names(&s);
	count_tags(&s);
	if (s.what == TALLY_SIGNED) {
		count_signed(&s, key);
		return;
	}
	count_reason(&s);
	moment_of(f->time_us, &m);
	pairs_add(&r->refusals, 0, m.hour);
}

static void
on_login(struct report *r, const struct fields *f)
{
	struct share s = { r, f, TALLY_LOGINS, DISTINCT_NONE };

	r->count[TALLY_LOGINS]++;
	count_names(&s);
}

static void
on_login_failed(struct report *r, const struct fields *f)
{
	struct row *source = tally_row(
	    &r->tally[REPORT_LOGIN_SOURCES], get(f, "src", "(no address)"));

	r->count[TALLY_BAD_LOGINS]++;
	row_count(source, TALLY_BAD_LOGINS, f->time_us);
	row_count(tally_row(&r->tally[REPORT_LOGIN_REASONS],
		      get(f, "reason", "(no reason)")),
	    TALLY_BAD_LOGINS, f->time_us);
}

static void
on_service(struct report *r, const struct fields *f)
{
	bool start = strcmp(f->event, "START") == 0;

	r->starts += start;
	r->stops += !start;
	r->unclean += start && r->running;
	notes_add(&r->notes[NOTES_SERVICE], f);
}

static void
on_token(struct report *r, const struct fields *f)
{
	const char *outcome = get(f, "outcome", "-");
	struct row *row =
	    tally_join(&r->tally[REPORT_TOKENS], get(f, "token", "-"),
		get(f, "what", "-"), get(f, "reason", outcome));

	row_count(row, TALLY_OTHER, f->time_us);
	if (strcmp(outcome, "ok") != 0)
		notes_add(&r->notes[NOTES_TOKENS], f);
}

static void
on_config(struct report *r, const struct fields *f)
{
	notes_add(&r->notes[NOTES_CONFIG], f);
}

static void
on_approval(struct report *r, const struct fields *f)
{
	notes_add(&r->notes[NOTES_APPROVALS], f);
}

static void
on_suspension(struct report *r, const struct fields *f)
{
	notes_add(&r->notes[NOTES_SUSPENSIONS], f);
}

static void
on_limit(struct report *r, const struct fields *f)
{
	notes_add(&r->notes[NOTES_LIMITS], f);
}

static void
on_checkpoint(struct report *r, const struct fields *f)
{
	(void)r;
	(void)f;
}

/* Words of later versions, too. */
static const struct {
	const char *event;
	void (*count)(struct report *, const struct fields *);
} events[] = {
	{ "SIGN", on_request },
	{ "DENY", on_request },
	{ "AUTH", on_login },
	{ "AUTHFAIL", on_login_failed },
	{ "CHECKPOINT", on_checkpoint },
	{ "START", on_service },
	{ "STOP", on_service },
	{ "RELOAD", on_config },
	{ "RELOADFAIL", on_config },
	{ "TOKEN", on_token },
	{ "LIMIT", on_limit },
	{ "CLOCK", on_limit },
	{ "PENDING", on_approval },
	{ "APPROVE", on_approval },
	{ "REJECT", on_approval },
	{ "EXPIRE", on_approval },
	{ "SUSPEND", on_suspension },
	{ "RESUME", on_suspension },
};

static void
count_event(struct report *r, const struct fields *f)
{
	row_count(tally_row(&r->tally[REPORT_EVENTS], f->event), TALLY_OTHER,
	    f->time_us);
	for (size_t i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		if (strcmp(events[i].event, f->event) != 0)
			continue;
		events[i].count(r, f);
		return;
	}
	notes_add(&r->notes[NOTES_OTHER], f);
}

/* What came before the period is not news in it. */
static void
remember(struct report *r, const struct fields *f)
{
	bool failed = strcmp(f->event, "AUTHFAIL") == 0;
	const char *source = find(f, "src");
	const char *print = find(f, "fp");

	if (source != NULL)
		tally_row(
		    &r->tally[failed ? REPORT_LOGIN_SOURCES : REPORT_SOURCES],
		    source)
		    ->before = true;
	if (print != NULL && !failed)
		tally_row(&r->tally[REPORT_CLIENTS], print)->before = true;
}

/* What is true of the service after this record. */
static void
follow_state(struct report *r, const struct fields *f)
{
	if (strcmp(f->event, "START") == 0)
		r->running = true;
	else if (strcmp(f->event, "STOP") == 0)
		r->running = false;
	else if (strcmp(f->event, "CHECKPOINT") == 0) {
		snprintf(
		    r->origin, sizeof(r->origin), "%s", get(f, "origin", ""));
		r->checkpoint_us = f->time_us;
	}
}

void
report_add(struct report *r, const struct fields *f)
{
	if (r->read == 0) {
		r->all_first_us = r->all_last_us = f->time_us;
		r->all_first_seq = f->seq;
	}
	if (f->time_us < r->all_first_us)
		r->all_first_us = f->time_us;
	if (f->time_us > r->all_last_us)
		r->all_last_us = f->time_us;
	r->read++;
	if (f->time_us < r->period.since_us) {
		remember(r, f);
	} else if (f->time_us < r->period.until_us) {
		if (r->records++ == 0)
			r->first_us = f->time_us;
		r->last_us = f->time_us;
		if (strcmp(r->host, f->host) != 0)
			snprintf(r->host, sizeof(r->host), "%.64s", f->host);
		count_event(r, f);
	}
	follow_state(r, f);
	if (r->also != NULL)
		r->also(r->arg, f);
}
