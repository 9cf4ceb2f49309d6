/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/repeat.h"

#include <stdlib.h>
#include <string.h>

#include "audit/hash.h"
#include "base/cursor.h"
#include "base/log.h"
#include "broker/lines.h"
#include "broker/pool.h"
#include "broker/service.h"
#include "broker/slot.h"

static void
wait_leave(struct repeat_wait *w)
{
	if (w->at == NULL)
		return;
	*w->at = w->next;
	if (w->next != NULL)
		w->next->at = w->at;
	w->at = NULL;
}

static void
wait_enter(struct repeat_wait **list, struct repeat_wait *w)
{
	wait_leave(w);
	w->next = *list;
	if (w->next != NULL)
		w->next->at = &w->next;
	*list = w;
	w->at = list;
}

void
repeats_init(struct repeats *all, struct pool *pool)
{
	memset(all, 0, sizeof(*all));
	all->pool = pool;
	map_init(&all->map);
}

static void
entry_free(struct repeats *all, struct repeat *r)
{
	free(r->answer);
	pool_put(all->pool, r, sizeof(*r));
}

void
repeats_release(struct repeats *all)
{
	struct map_node *node;

	while ((node = map_next(&all->map, NULL)) != NULL) {
		map_remove(&all->map, node);
		entry_free(all, (void *)node);
	}
	map_release(&all->map);
}

static struct repeat *
find(const struct repeats *all, const uint8_t key[static STORE_KEY])
{
	return (void *)map_find(&all->map, key, STORE_KEY);
}

static struct repeat *
entry_new(struct repeats *all, const uint8_t key[static STORE_KEY])
{
	struct repeat *r = pool_get(all->pool, sizeof(*r));

	if (r == NULL)
		return NULL;
	memset(r, 0, sizeof(*r));
	memcpy(r->key, key, STORE_KEY);
	r->node.key = r->key;
	r->node.len = STORE_KEY;
	return r;
}

static size_t
size_of(const struct repeat *r)
{
	return sizeof(*r) + r->len;
}

static void
unlink_aged(struct repeats *all, struct repeat *r)
{
	if (r->older != NULL)
		r->older->newer = r->newer;
	else
		all->oldest = r->newer;
	if (r->newer != NULL)
		r->newer->older = r->older;
	else
		all->newest = r->older;
	all->count--;
	all->bytes -= size_of(r);
}

/* One that has an answer. */
static void
forget(struct repeats *all, struct repeat *r)
{
	/* A row that stays for want of room is over by its time. */
	store_drop_repeat(all->store, r->key);
	unlink_aged(all, r);
	map_remove(&all->map, &r->node);
	entry_free(all, r);
}

/* The newest; makes room for it. */
static void
link_aged(struct repeats *all, struct repeat *r)
{
	r->older = all->newest;
	r->newer = NULL;
	if (r->older != NULL)
		r->older->newer = r;
	else
		all->oldest = r;
	all->newest = r;
	all->count++;
	all->bytes += size_of(r);
	while (all->oldest != r &&
	    (all->count > REPEATS_MAX || all->bytes > REPEATS_BYTES ||
		all->oldest->expires <= r->made))
		forget(all, all->oldest);
}

static int
set_answer(struct repeat *r, const uint8_t *answer, size_t len)
{
	r->answer = malloc(len);
	if (r->answer == NULL)
		return -1;
	memcpy(r->answer, answer, len);
	r->len = len;
	return 0;
}

/* The row of a start. */
struct loading {
	struct repeats *all;
	int64_t now;
};

static bool
take_row(void *arg, const struct store_repeat *row)
{
	const struct loading *loading = arg;
	struct repeats *all = loading->all;
	struct repeat *r;

	if (row->len == 0 || row->seq == 0 || row->made < 0 ||
	    row->expires < row->made)
		return false;
	if (row->expires <= loading->now) {
		store_drop_repeat(all->store, row->key);
		return true;
	}
	if ((r = entry_new(all, row->key)) == NULL ||
	    set_answer(r, row->answer, row->len) == -1 ||
	    map_add(&all->map, &r->node) == -1)
		log_fatal("no memory");
	r->seq = row->seq;
	r->made = row->made;
	r->expires = row->expires;
	link_aged(all, r);
	return true;
}

int
repeats_load(struct repeats *all, struct store *store, int64_t now,
    struct text_error *reterr)
{
	struct loading loading = { all, now };

	all->store = store;
	return store_each_repeat(store, take_row, &loading, reterr);
}

/* The profile's, else the key's; of both, the shorter: 0, none. */
static uint32_t
window_of(const struct request *q)
{
	const struct format *f = q->format;
	uint32_t a = q->grant.profile->limits.repeat_window;
	uint32_t b = q->grant.key->limits.repeat_window;

	/* One answer for all lines, or one that is never the same. */
	if (f->shape != SHAPE_EACH || (f->needs & FORMAT_NEEDS_RANDOM) != 0)
		return 0;
	if (a == 0 || b == 0)
		return a + b;
	return a < b ? a : b;
}

/* What must be the same, and what came with the digest. */
static int
key_of(const struct request *q, const struct slot *slot,
    uint8_t ret[static STORE_KEY])
{
	bool named = (q->format->needs & FORMAT_NEEDS_NAME) != 0;
	const char *const words[] = { q->profile, q->key->fingerprint,
		q->format->name, hash_word(slot->hash), q->namespace,
		named ? slot->name : "" };
	uint8_t text[6 * 256 + DIGEST_MAX + LINE_EXTRA_MAX];
	struct writer w;

	writer_init(&w, text, sizeof(text));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		put_str(&w, words[i]);
	put_bytes(&w, slot->digest, slot->digest_len);
	put_bytes(&w, slot_extra(slot), slot->extra_len);
	return writer_ok(&w) ? hash_sha256(text, w.used, ret) : -1;
}

static struct repeats *
repeats_of(const struct request *q)
{
	return &q->session->service->repeats;
}

static bool
is_fresh(const struct repeat *r, uint32_t window, int64_t now)
{
	/* The window may have become shorter, and the clock another. */
	return r->made <= now && now < r->expires && now - r->made < window;
}

enum repeated
repeat_line(struct request *q, struct slot *slot)
{
	struct repeats *all = repeats_of(q);
	uint32_t window = window_of(q);
	uint8_t key[STORE_KEY];
	struct repeat *r;

	if (window == 0 || key_of(q, slot, key) == -1 ||
	    (r = find(all, key)) == NULL)
		return REPEAT_NONE;
	if (r->leader != NULL && verb_signs(q->command.verb)) {
		wait_enter(&r->waiting, &q->wait);
		return REPEAT_WAITS;
	}
	if (r->leader != NULL)
		return REPEAT_KNOWN;
	if (!is_fresh(r, window, service_now())) {
		forget(all, r);
		return REPEAT_NONE;
	}
	if (!verb_signs(q->command.verb))
		return REPEAT_KNOWN;
	if (slot_answer(slot, r->answer, r->len) == -1)
		return REPEAT_NONE;
	slot->repeated = true;
	slot->seq = r->seq;
	return REPEAT_KNOWN;
}

void
repeat_lead(struct request *q, struct slot *slot)
{
	struct repeats *all = repeats_of(q);
	uint32_t window = window_of(q);
	uint8_t key[STORE_KEY];
	struct repeat *r;

	if (!verb_signs(q->command.verb) || slot->repeat != NULL ||
	    window == 0 || key_of(q, slot, key) == -1 ||
	    find(all, key) != NULL || (r = entry_new(all, key)) == NULL)
		return;
	r->hidden = q->command.atomic;
	if (!r->hidden && map_add(&all->map, &r->node) == -1) {
		entry_free(all, r);
		return;
	}
	r->leader = slot;
	r->window = window;
	slot->repeat = r;
}

static void
wake(struct repeats *all, struct repeat *r)
{
	while (r->waiting != NULL)
		wait_enter(&all->woken, r->waiting);
}

void
repeat_leave(struct slot *slot)
{
	struct repeats *all = repeats_of(slot->request);
	struct repeat *r = slot->repeat;

	if (r == NULL)
		return;
	slot->repeat = NULL;
	wake(all, r);
	if (!r->hidden)
		map_remove(&all->map, &r->node);
	entry_free(all, r);
}

/* In the map, unless another of the same came first. */
static int
show(struct repeats *all, struct repeat *r)
{
	if (!r->hidden)
		return 0;
	if (find(all, r->key) != NULL || map_add(&all->map, &r->node) == -1)
		return -1;
	r->hidden = false;
	return 0;
}

static void
keep(struct repeats *all, const struct repeat *r)
{
	const struct store_repeat row = {
		.key = r->key,
		.seq = r->seq,
		.made = r->made,
		.expires = r->expires,
		.answer = r->answer,
		.len = r->len,
	};

	store_put_repeat(all->store, &row);
}

void
repeat_learn(struct slot *slot)
{
	struct repeats *all = repeats_of(slot->request);
	struct repeat *r = slot->repeat;

	if (r == NULL)
		return;
	if (slot->answer_len == 0 || slot->answer_len > STORE_BYTES ||
	    show(all, r) == -1 ||
	    set_answer(r, slot->answer, slot->answer_len) == -1) {
		repeat_leave(slot);
		return;
	}
	slot->repeat = NULL;
	r->leader = NULL;
	r->seq = slot->seq;
	r->made = service_now();
	r->expires = r->made + r->window;
	wake(all, r);
	link_aged(all, r);
	keep(all, r);
}

void
repeat_deliver(struct request *q)
{
	for (uint32_t i = q->next_up; i != q->tail; i++) {
		struct slot *slot = lines_at(q, i);

		if (slot->state != SLOT_QUEUED || !slot->repeated)
			continue;
		q->queued--;
		q->begun = true;
		slot_repeat(slot);
	}
}

void
repeat_forget(struct request *q)
{
	wait_leave(&q->wait);
}

void
repeats_round(struct service *service)
{
	struct repeat_wait *w;

	while ((w = service->repeats.woken) != NULL) {
		struct request *q =
		    (void *)((char *)w - offsetof(struct request, wait));

		wait_leave(w);
		lines_pump(q);
		request_touch(q);
	}
}
