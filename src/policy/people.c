/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/people.h"

#include <stdlib.h>
#include <string.h>

static int
by_profile(const void *a, const void *b)
{
	const struct client_key *const *left = a, *const *right = b;
	int order = strcmp((*left)->profile->name, (*right)->profile->name);

	return order != 0 ? order :
			    strcmp((*left)->principal, (*right)->principal);
}

int
crowd_make(const struct tree *tree, struct crowd *ret)
{
	size_t count = tree_clients(tree);

	ret->list = calloc(count + 1, sizeof(*ret->list));
	if (ret->list == NULL)
		return -1;
	for (size_t i = 0; i < count; i++)
		ret->list[i] = tree_client(tree, i);
	ret->count = count;
	qsort(ret->list, count, sizeof(*ret->list), by_profile);
	return 0;
}

void
crowd_release(struct crowd *crowd)
{
	free(crowd->list);
	memset(crowd, 0, sizeof(*crowd));
}

void
people_add(struct people *people, const struct client_key *client)
{
	people->keys++;
	if (people->last != NULL &&
	    strcmp(people->last, client->principal) == 0)
		return;
	if (people->count < EFFECT_PEOPLE)
		people->principal[people->count] = client->principal;
	people->last = client->principal;
	people->count++;
}

/* The first whose profile's name is not before this one. */
static size_t
first_of(const struct crowd *crowd, const char *name)
{
	size_t low = 0, high = crowd->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(crowd->list[middle]->profile->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void
crowd_people(const struct crowd *crowd, const struct profile *profile,
    struct people *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (size_t i = first_of(crowd, profile->name);
	     i < crowd->count && crowd->list[i]->profile == profile; i++)
		people_add(ret, crowd->list[i]);
}
