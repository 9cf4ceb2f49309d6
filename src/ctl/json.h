/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON that is written as it comes: objects and lists that open and close,
 * with the commas put in between.  name is NULL inside of a list.
 */
#ifndef CS_CTL_JSON_H
#define CS_CTL_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "policy/setup.h"

struct json {
	FILE *out;
	bool more; /* something stands before, on this level */
};

void json_object(struct json *, const char *name);
void json_object_end(struct json *);
void json_list(struct json *, const char *name);
void json_list_end(struct json *);
/* Bytes that are not UTF-8 become U+FFFD. */
void json_bytes(struct json *, const char *name, const char *text, size_t len);
/* NULL is null. */
void json_text(struct json *, const char *name, const char *text);
void json_number(struct json *, const char *name, uint64_t);
void json_bool(struct json *, const char *name, bool);
/* "file" and "line"; nothing for a rule without a file. */
void json_rule(struct json *, const struct rule *);
/* The line's end, behind the outermost object. */
void json_end(struct json *);

#endif
