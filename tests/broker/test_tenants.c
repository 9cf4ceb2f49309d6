/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/tenants.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
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

/* a (kept), a/in (good), b (nothing). */
static struct tree *
make_tree(void)
{
	struct tree *tree = tree_new("/etc/cs", NULL, 0);

	add(tree, "tenants.d/a.conf", "[tenant a]\nowner = x\n");
	add(tree, "tenants.d/b.conf",
	    "[tenant b]\nowner = x\npurpose = \"b\"\n");
	tree_enter(tree, tree_tenant_by_name(tree, "a"), NULL);
	add(tree, "tenants/a/tenants.d/in.conf", "[tenant in]\nowner = x\n");
	tree_tenant_bad(
	    tree, tree_tenant_by_name(tree, "a"), "f:1: \"bad\"", true);
	tree_tenant_bad(tree, tree_tenant_by_name(tree, "b"), "g:2: x", false);
	tree_tenant_since(
	    tree, tree_tenant_by_name(tree, "a"), 1795000000000000);
	tree_tenant_since(
	    tree, tree_tenant_by_name(tree, "b"), 1795000001000000);
	return tree;
}

static void
assert_said(struct buf *out, const char *expected)
{
	buf_add(out, "", 1);
	assert_string_equal(buf_at(out), expected);
	buf_release(out);
}

static void
says_who_is_bad_since_when_and_why(void **state)
{
	struct tree *tree = make_tree();
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	tenants_text(tree, NULL, &out);
	assert_said(&out,
	    "tenant a: its last good files stay since "
	    "2026-11-18T11:06:40.000000Z: f:1: \"bad\"\n"
	    "tenant b (\"b\"): it has nothing since 2026-11-18T11:06:41.000000Z: "
	    "g:2: x\n"
	    "tenant a/in: ok\n");
	buf_init(&out, 4096);
	assert_int_equal(tenants_bad(tree, &out), 2);
	assert_said(&out,
	    "tenant a has errors: its last good files stay\n"
	    "tenant b has errors: it has nothing\n");
	assert_int_equal(tenants_bad(tree, NULL), 2);
	tree_free(tree);
}

static void
says_the_same_to_programs(void **state)
{
	struct tree *tree = make_tree();
	struct buf out;

	(void)state;
	buf_init(&out, 4096);
	tenants_json(tree, NULL, &out);
	assert_said(&out,
	    "\"tenants\":[{\"name\":\"a\",\"state\":\"kept\",\"since\":"
	    "\"2026-11-18T11:06:40.000000Z\",\"error\":\"f:1: \\\"bad\\\"\"},"
	    "{\"name\":\"b\",\"purpose\":\"\\\"b\\\"\",\"state\":\"none\","
	    "\"since\":\"2026-11-18T11:06:41.000000Z\",\"error\":\"g:2: x\"},"
	    "{\"name\":\"a/in\",\"state\":\"ok\"}]");
	tree_free(tree);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_who_is_bad_since_when_and_why),
		cmocka_unit_test(says_the_same_to_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
