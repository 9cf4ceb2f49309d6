/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/tenants.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "broker/governed.h"
#include "broker/records.h"
#include "broker/service.h"

static const char *
instead(const struct tenant *tenant)
{
	return tenant->kept ? "its last good files stay" : "it has nothing";
}

/* The same mistake, read again, is no news. */
static bool
is_known(const struct tenant *was, const struct tenant *is)
{
	return was != NULL && was->error != NULL &&
	    strcmp(was->error, is->error) == 0 && was->kept == is->kept;
}

void
tenants_taken(
    struct service *service, const struct tree *before, struct tree *next)
{
	for (size_t i = 0; i < tree_tenants(next); i++) {
		const struct tenant *is = tree_tenant(next, i), *was = NULL;

		if (is->error == NULL)
			continue;
		if (before != NULL)
			was = tree_tenant_by_name(before, is->name);
		tree_tenant_since(next, is,
		    was != NULL && was->error != NULL ? was->since_us :
							clock_wall_us());
		if (is_known(was, is))
			continue;
		log_warn("tenant %s has errors, %s: %s", is->name, instead(is),
		    is->error);
		record_tenant_failed(service, is);
	}
}

size_t
tenants_bad(const struct tree *tree, struct buf *out)
{
	size_t bad = 0;

	for (size_t i = 0; i < tree_tenants(tree); i++) {
		const struct tenant *tenant = tree_tenant(tree, i);

		if (tenant->error == NULL)
			continue;
		bad++;
		if (out != NULL)
			buf_addf(out, "tenant %s has errors: %s\n",
			    tenant->name, instead(tenant));
	}
	return bad;
}

void
tenants_text(
    const struct tree *tree, const struct admin_peer *who, struct buf *out)
{
	char since[CLOCK_TEXT];

	for (size_t i = 0; i < tree_tenants(tree); i++) {
		const struct tenant *tenant = tree_tenant(tree, i);

		if (who != NULL && !governs_tenant(who, tenant))
			continue;
		buf_addf(out, "tenant %s", tenant->name);
		if (tenant->limits.purpose != NULL)
			buf_addf(out, " (%s)", tenant->limits.purpose);
		buf_adds(out, ": ");
		if (tenant->error == NULL) {
			buf_adds(out, "ok\n");
			continue;
		}
		clock_text(tenant->since_us, since);
		buf_addf(out, "%s since %s: %s\n", instead(tenant), since,
		    tenant->error);
	}
}

static void
json_tenant(const struct tenant *tenant, struct buf *out)
{
	char since[CLOCK_TEXT];

	buf_adds(out, "{\"name\":");
	buf_add_json(out, tenant->name, strlen(tenant->name));
	if (tenant->limits.purpose != NULL) {
		buf_adds(out, ",\"purpose\":");
		buf_add_json(out, tenant->limits.purpose,
		    strlen(tenant->limits.purpose));
	}
	buf_addf(out, ",\"state\":\"%s\"",
	    tenant->error == NULL ? "ok" :
		tenant->kept	  ? "kept" :
				    "none");
	if (tenant->error != NULL) {
		clock_text(tenant->since_us, since);
		buf_addf(out, ",\"since\":\"%s\",\"error\":", since);
		buf_add_json(out, tenant->error, strlen(tenant->error));
	}
	buf_adds(out, "}");
}

void
tenants_json(
    const struct tree *tree, const struct admin_peer *who, struct buf *out)
{
	const char *comma = "";

	buf_adds(out, "\"tenants\":[");
	for (size_t i = 0; i < tree_tenants(tree); i++) {
		const struct tenant *tenant = tree_tenant(tree, i);

		if (who != NULL && !governs_tenant(who, tenant))
			continue;
		buf_adds(out, comma);
		json_tenant(tenant, out);
		comma = ",";
	}
	buf_adds(out, "]");
}
