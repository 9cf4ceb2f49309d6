/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/budget_text.h"

#include <string.h>

#include "base/clock.h"
#include "broker/budget_plan.h"
#include "broker/service.h"
#include "policy/date.h"

/* Of status: more would be no overview. */
#define TOP 20
#define DAY_US INT64_C(86400000000)

struct view {
	const struct layer *layer;
	struct budget_left left;
	unsigned running;
};

/* False: the layer counts nothing. */
static bool
view_init(struct view *v, const struct session *s, const struct layer *layer)
{
	static const struct budget unused;
	char subject[STORE_TEXT];
	const struct tally *t;

	if (!budget_counts(layer->limits) && layer->limits->concurrency == 0)
		return false;
	plan_subject(layer, s->fingerprint, subject);
	t = tally_find(&s->service->budgets, subject);
	v->layer = layer;
	budget_left(t != NULL ? &t->budget : &unused, layer->limits,
	    (int64_t)clock_wall_us(), &v->left);
	v->running = t != NULL ? t->running : 0;
	return true;
}

static unsigned
burst_of(const struct limits *limits)
{
	return limits->burst != 0 ? limits->burst : limits->rate.lines;
}

static void
view_text(const struct view *v, struct buf *out)
{
	const struct limits *limits = v->layer->limits;
	const char *comma = "";
	char ends[DATE_TEXT];

	if (limits->rate.lines != 0) {
		buf_addf(out, "%llu of %u lines at once (%u in %u s)",
		    (unsigned long long)v->left.burst, burst_of(limits),
		    limits->rate.lines, limits->rate.seconds);
		comma = ", ";
	}
	if (limits->per_day != 0) {
		date_text(v->left.day_ends_s, ends);
		buf_addf(out, "%s%llu of %llu lines until %s", comma,
		    (unsigned long long)v->left.day,
		    (unsigned long long)limits->per_day, ends);
		comma = ", ";
	}
	if (limits->concurrency != 0) {
		buf_addf(out, "%s%u of %u sign requests run", comma, v->running,
		    limits->concurrency);
		comma = ", ";
	}
	if (v->left.wait_s > 0)
		buf_addf(out, "%sthe next line in %u s", comma, v->left.wait_s);
	buf_adds(out, "\n");
}

static void
view_json(const struct view *v, struct buf *out)
{
	const struct limits *limits = v->layer->limits;
	char ends[DATE_TEXT];

	buf_addf(out, "{\"what\":\"%s\",\"name\":", v->layer->what);
	buf_add_json(out, v->layer->name, strlen(v->layer->name));
	if (limits->rate.lines != 0)
		buf_addf(out,
		    ",\"burst-left\":%llu,\"burst\":%u,\"rate\":%u,"
		    "\"rate-seconds\":%u",
		    (unsigned long long)v->left.burst, burst_of(limits),
		    limits->rate.lines, limits->rate.seconds);
	if (limits->per_day != 0) {
		date_text(v->left.day_ends_s, ends);
		buf_addf(out,
		    ",\"day-left\":%llu,\"per-day\":%llu,\"day-ends\":\"%s\"",
		    (unsigned long long)v->left.day,
		    (unsigned long long)limits->per_day, ends);
	}
	if (limits->concurrency != 0)
		buf_addf(out, ",\"running\":%u,\"concurrency\":%u", v->running,
		    limits->concurrency);
	buf_addf(out, ",\"wait\":%u}", v->left.wait_s);
}

static void
say_layer(const struct session *s, const struct layer *layer, bool json,
    const char **comma, struct buf *out)
{
	struct view v;

	if (!view_init(&v, s, layer))
		return;
	if (json) {
		buf_adds(out, *comma);
		view_json(&v, out);
	} else {
		buf_addf(out, "budget of %s %s: ", layer->what, layer->name);
		view_text(&v, out);
	}
	*comma = ",";
}

void
say_budgets(const struct session *s, bool json, struct buf *out)
{
	const struct profile *profile = s->client->profile;
	struct layer layers[LAYERS_MAX];
	size_t count = layers_over(profile, NULL, layers);
	const char *comma = "";

	if (json)
		buf_adds(out, "\"budgets\":[");
	for (size_t i = 0; i < count; i++)
		say_layer(s, &layers[i], json, &comma, out);
	for (size_t i = 0; i < profile->keys.count; i++) {
		const struct signing_key *key =
		    tree_key_by_name(s->service->tree, profile->keys.item[i]);

		if (key == NULL)
			continue;
		layers[0] = (struct layer){ "key", key->name, &key->limits };
		say_layer(s, &layers[0], json, &comma, out);
	}
	if (json)
		buf_adds(out, "]");
}

void
say_key_budget(const struct session *s, const struct signing_key *key,
    bool json, struct buf *out)
{
	const struct layer layer = { "key", key->name, &key->limits };
	struct view v;

	if (!view_init(&v, s, &layer))
		return;
	buf_adds(out, json ? ",\"budget\":" : "    budget       ");
	if (json)
		view_json(&v, out);
	else
		view_text(&v, out);
}

static uint64_t
used_today(const struct tally *t, int64_t now_us)
{
	return t->budget.day < now_us / DAY_US ? 0 : t->budget.used;
}

static int64_t
busy_s(const struct tally *t, int64_t now_us)
{
	return t->budget.full_us > now_us ?
	    (t->budget.full_us - now_us + 999999) / 1000000 :
	    0;
}

/* Sorted by what they used; returns how many. */
static size_t
find_top(const struct service *service, int64_t now_us,
    const struct tally *ret[static TOP])
{
	const struct map *map = &service->budgets.map;
	const struct map_node *node;
	size_t count = 0;

	for (node = map_next(map, NULL); node != NULL;
	     node = map_next(map, node)) {
		const struct tally *t = (const void *)node;
		uint64_t used = used_today(t, now_us);
		size_t at = count;

		if (used == 0 && t->running == 0 && busy_s(t, now_us) == 0)
			continue;
		while (at > 0 && used > used_today(ret[at - 1], now_us))
			at--;
		if (at == TOP)
			continue;
		if (count < TOP)
			count++;
		memmove(
		    &ret[at + 1], &ret[at], (count - 1 - at) * sizeof(*ret));
		ret[at] = t;
	}
	return count;
}

void
say_tallies(const struct service *service, bool json, struct buf *out)
{
	const struct tally *top[TOP];
	int64_t now_us = (int64_t)clock_wall_us();
	size_t count = find_top(service, now_us, top);

	if (json)
		buf_adds(out, "\"budgets\":[");
	for (size_t i = 0; i < count; i++) {
		const struct tally *t = top[i];

		if (json) {
			buf_addf(out, "%s{\"subject\":", i > 0 ? "," : "");
			buf_add_json(out, t->subject, strlen(t->subject));
		} else {
			buf_addf(out, "budget %s:", t->subject);
		}
		buf_addf(out,
		    json ? ",\"used-today\":%llu,\"running\":%u,"
			   "\"full-in\":%lld}" :
			   " %llu lines today, %u requests, full again in "
			   "%lld s\n",
		    (unsigned long long)used_today(t, now_us), t->running,
		    (long long)busy_s(t, now_us));
	}
	if (json)
		buf_adds(out, "],");
}
