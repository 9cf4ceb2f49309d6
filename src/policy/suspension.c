/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/suspension.h"

#include <stdlib.h>
#include <string.h>

#include "base/seed.h"

#define BUCKETS_MIN 64

struct entry {
	struct suspension is;
	struct entry *next; /* in its bucket */
};

struct suspensions {
	struct entry **order; /* as they came */
	size_t count, room;
	struct entry **buckets;
	size_t bucket_count; /* a power of two, never less than room */
};

static const char *const words[SUBJECT_COUNT] = {
	[SUBJECT_KEY] = "key",
	[SUBJECT_CLIENT] = "client",
	[SUBJECT_PRINCIPAL] = "principal",
	[SUBJECT_PROFILE] = "profile",
	[SUBJECT_TENANT] = "tenant",
};

const char *
subject_word(enum subject subject)
{
	return words[subject];
}

enum subject
subject_by_word(const char *word)
{
	int i = 0;

	while (i < SUBJECT_COUNT && strcmp(words[i], word) != 0)
		i++;
	return (enum subject)i;
}

/* FNV-1a, and then all bits into all bits; names are a tenant's to choose. */
static struct entry **
bucket_of(const struct suspensions *set, enum subject subject, const char *name)
{
	uint64_t hash = seed_get() ^ (uint64_t)subject;

	for (; *name != '\0'; name++)
		hash = (hash ^ (uint8_t)*name) * 0x100000001b3u;
	hash ^= hash >> 33;
	hash *= 0xff51afd7ed558ccdu;
	hash ^= hash >> 33;
	return &set->buckets[hash & (set->bucket_count - 1)];
}

/* Where it hangs, or would. */
static struct entry **
place_of(const struct suspensions *set, enum subject subject, const char *name)
{
	struct entry **at = bucket_of(set, subject, name);

	while (*at != NULL &&
	    ((*at)->is.subject != subject || strcmp((*at)->is.name, name) != 0))
		at = &(*at)->next;
	return at;
}

/* Room for one more: 0, or -1 and nothing changed. */
static int
grow(struct suspensions *set)
{
	size_t room = set->room == 0 ? BUCKETS_MIN : set->room * 2;
	struct entry **order, **buckets;

	if (set->count < set->room)
		return 0;
	if ((order = calloc(room, sizeof(struct entry *))) == NULL)
		return -1;
	if ((buckets = calloc(room, sizeof(struct entry *))) == NULL) {
		free(order);
		return -1;
	}
	for (size_t i = 0; i < set->count; i++)
		order[i] = set->order[i];
	free(set->order);
	free(set->buckets);
	set->order = order;
	set->buckets = buckets;
	set->room = set->bucket_count = room;
	for (size_t i = 0; i < set->count; i++) {
		struct entry **bucket =
		    bucket_of(set, order[i]->is.subject, order[i]->is.name);

		order[i]->next = *bucket;
		*bucket = order[i];
	}
	return 0;
}

struct suspensions *
suspensions_new(void)
{
	struct suspensions *set = calloc(1, sizeof(*set));

	if (set != NULL && grow(set) == -1) {
		free(set);
		return NULL;
	}
	return set;
}

void
suspensions_free(struct suspensions *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->count; i++)
		free(set->order[i]);
	free(set->order);
	free(set->buckets);
	free(set);
}

int
suspensions_add(struct suspensions *set, const struct suspension *what)
{
	struct entry **at = place_of(set, what->subject, what->name);
	struct entry *entry = *at;

	if (entry != NULL) {
		entry->is = *what;
		return 0;
	}
	if (grow(set) == -1 || (entry = calloc(1, sizeof(*entry))) == NULL)
		return -1;
	entry->is = *what;
	at = bucket_of(set, what->subject, what->name);
	entry->next = *at;
	*at = entry;
	set->order[set->count++] = entry;
	return 0;
}

bool
suspensions_remove(
    struct suspensions *set, enum subject subject, const char *name)
{
	struct entry **at = place_of(set, subject, name);
	struct entry *entry = *at;
	size_t i = 0;

	if (entry == NULL)
		return false;
	*at = entry->next;
	while (set->order[i] != entry)
		i++;
	set->count--;
	for (; i < set->count; i++)
		set->order[i] = set->order[i + 1];
	free(entry);
	return true;
}

const struct suspension *
suspensions_find(
    const struct suspensions *set, enum subject subject, const char *name)
{
	const struct entry *entry = *place_of(set, subject, name);

	return entry != NULL ? &entry->is : NULL;
}

const struct suspension *
suspensions_at(const struct suspensions *set, size_t number)
{
	return number < set->count ? &set->order[number]->is : NULL;
}

/* "a/b/release" is of the tenant a, and of a/b. */
static const struct suspension *
find_tenant(const struct suspensions *set, const char *name)
{
	const struct suspension *found = NULL;
	char tenant[SUBJECT_NAME];

	for (size_t i = 0;
	     found == NULL && name[i] != '\0' && i < sizeof(tenant); i++) {
		if (name[i] == '/') {
			tenant[i] = '\0';
			found = suspensions_find(set, SUBJECT_TENANT, tenant);
		}
		tenant[i] = name[i];
	}
	return found;
}

const struct suspension *
suspensions_cover(
    const struct suspensions *set, enum subject subject, const char *name)
{
	const struct suspension *found;

	if (set == NULL || set->count == 0)
		return NULL;
	found = suspensions_find(set, subject, name);
	if (found == NULL &&
	    (subject == SUBJECT_KEY || subject == SUBJECT_PROFILE ||
		subject == SUBJECT_TENANT))
		found = find_tenant(set, name);
	return found;
}
