/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_CHUNK 65536

struct arena_chunk {
	struct arena_chunk *next;
	size_t used;
	size_t size;
	char space[];
};

void
arena_init(struct arena *arena)
{
	arena->chunks = NULL;
}

void
arena_release(struct arena *arena)
{
	struct arena_chunk *chunk, *next;

	for (chunk = arena->chunks; chunk != NULL; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	arena->chunks = NULL;
}

/*
 * A large piece gets a chunk of its own behind the current one, so that the
 * rest of the current one is not lost.
 */
static struct arena_chunk *
chunk_new(struct arena *arena, size_t len)
{
	size_t size = len > ARENA_CHUNK / 4 ? len : ARENA_CHUNK;
	struct arena_chunk *chunk;

	if (len > SIZE_MAX / 2)
		return NULL;
	if ((chunk = malloc(sizeof(*chunk) + size)) == NULL)
		return NULL;
	chunk->used = 0;
	chunk->size = size;
	if (size != ARENA_CHUNK && arena->chunks != NULL) {
		chunk->next = arena->chunks->next;
		arena->chunks->next = chunk;
	} else {
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	return chunk;
}

static char *
take(struct arena *arena, size_t len, size_t align)
{
	struct arena_chunk *chunk = arena->chunks;
	size_t at;
	char *ret;

	if (chunk != NULL)
		chunk->used = (chunk->used + align - 1) & ~(align - 1);
	if (chunk == NULL || chunk->used > chunk->size ||
	    chunk->size - chunk->used < len) {
		if ((chunk = chunk_new(arena, len)) == NULL)
			return NULL;
	}
	at = chunk->used;
	ret = chunk->space + at;
	chunk->used += len;
	return ret;
}

void *
arena_alloc(struct arena *arena, size_t len)
{
	void *ret = take(arena, len, sizeof(void *));

	if (ret != NULL)
		memset(ret, 0, len);
	return ret;
}

char *
arena_text(struct arena *arena, const void *text, size_t len)
{
	char *ret = take(arena, len + 1, 1);

	if (ret == NULL)
		return NULL;
	memcpy(ret, text, len);
	ret[len] = '\0';
	return ret;
}
