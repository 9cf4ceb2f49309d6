/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/tenants.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void
told(void *arg, const struct text_error *error)
{
	(void)arg;
	fail_msg("%s:%u: %s", error->file, error->line, error->what);
}

static void
add(struct tree *tree, const char *file, const char *text)
{
	assert_int_equal(
	    tree_add(tree, TREE_TENANTS, file, text, strlen(text), told, NULL),
	    0);
}

static void
names_bad_tenants_and_what_they_would_have(void **state)
{
	struct tree *tree = tree_new("/etc/cs", NULL, 0);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	add(tree, "tenants.d/a.conf", "[tenant a]\nowner = x\n");
	add(tree, "tenants.d/b.conf", "[tenant b]\nowner = x\n");
	add(tree, "tenants.d/c.conf", "[tenant c]\nowner = x\n");
	assert_int_equal(tell_tenants(out, tree), 0);
	tree_tenant_bad(tree, tree_tenant_by_name(tree, "a"), "x:1: y", true);
	tree_tenant_bad(tree, tree_tenant_by_name(tree, "c"), "x:1: y", false);
	assert_int_equal(tell_tenants(out, tree), 2);
	fclose(out);
	assert_string_equal(text,
	    "tenant a has errors: its last good files would stay\n"
	    "tenant c has errors: it would have nothing\n");
	free(text);
	tree_free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_bad_tenants_and_what_they_would_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
