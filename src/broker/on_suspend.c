/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/on_suspend.h"

#include <string.h>

#include "base/utf8.h"
#include "broker/governed.h"
#include "broker/service.h"
#include "broker/suspend.h"
#include "policy/tenant.h"
#include "wire/admin.h"

#define LIST_MAX (4u << 20)

/*
 * In force of one owner of a tenant: client keys come and go, and all are kept
 * in memory and shown in status.
 */
#define OWNER_MAX 256

/* Each is a record: nobody may fill the disk with them. */
static const char busy[] =
    "busy; try again in 1 s; a profile or the tenant can be suspended as one";

#define PRINT_PREFIX "SHA256:"
#define PRINT_DIGITS 43

static bool
is_printable(const char *text)
{
	size_t len = strlen(text), unit;
	uint32_t c;

	for (; len > 0; text += unit, len -= unit) {
		unit = utf8_unit(text, len, &c);
		if (unit == 0 || !utf8_is_printable(c))
			return false;
	}
	return true;
}

static bool
is_fingerprint(const char *name)
{
	static const char digits[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t prefix = strlen(PRINT_PREFIX);

	return strncmp(name, PRINT_PREFIX, prefix) == 0 &&
	    strlen(name + prefix) == PRINT_DIGITS &&
	    strspn(name + prefix, digits) == PRINT_DIGITS;
}

static int
read_name(struct suspension *ret, const char *name, struct text_error *reterr)
{
	if (name[0] == '\0' || !text_copy(ret->name, sizeof(ret->name), name) ||
	    !is_printable(name))
		return text_fail(reterr, 0,
		    "a %s has a name of up to %d printable bytes",
		    subject_word(ret->subject), SUBJECT_NAME - 1);
	if (ret->subject == SUBJECT_CLIENT && !is_fingerprint(name))
		return text_fail(reterr, 0,
		    "a client key is named by its fingerprint, as ssh-keygen "
		    "-l prints it: %s and %d characters",
		    PRINT_PREFIX, PRINT_DIGITS);
	return 0;
}

/* 0, or -1 with what is wrong with the request. */
static int
read_request(struct admin_peer *who, const struct admin_request *request,
    struct suspension *ret, struct text_error *reterr)
{
	ret->subject = subject_by_word(request->args[0]);
	ret->since = service_now();
	admin_name(who, ret->by);
	if (ret->subject == SUBJECT_COUNT)
		return text_fail(reterr, 0,
		    "key, client, principal, profile or tenant, and its name");
	if (read_name(ret, request->args[1], reterr) == -1)
		return -1;
	if (!text_copy(ret->text, sizeof(ret->text), request->args[2]) ||
	    !is_printable(ret->text))
		return text_fail(reterr, 0,
		    "the reason is one line of up to %d printable bytes",
		    SUSPENSION_TEXT - 1);
	return 0;
}

static void
refuse(struct admin_peer *who, uint8_t exit, const char *what)
{
	struct buf text;

	buf_init(&text, 4 * MESSAGE_SIZE);
	buf_addf(&text, "countersignctl: %s\n", what);
	buf_add(&text, "", 1);
	admin_answer(who, exit, text.bad ? "no memory\n" : buf_at(&text));
	buf_release(&text);
}

/*
 * Names that only the tree gives must be in it: a mistyped one would look as
 * if something had been stopped.  Client keys and people exist without it, and
 * may come back with the next reload.
 */
static int
check_known(const struct tree *tree, const struct suspension *what,
    struct text_error *reterr)
{
	const struct signing_key *key = NULL;
	bool known = true;

	if (what->subject == SUBJECT_KEY)
		known = (key = tree_key_by_name(tree, what->name)) != NULL;
	else if (what->subject == SUBJECT_PROFILE)
		known = tree_profile_by_name(tree, what->name) != NULL;
	else if (what->subject == SUBJECT_TENANT)
		known = tree_tenant_by_name(tree, what->name) != NULL;
	if (!known)
		return text_fail(reterr, 0, "the running tree has no %s %.100s",
		    subject_word(what->subject), what->name);
	if (key != NULL && key->audit)
		return text_fail(reterr, 0,
		    "the key %s signs the log and nothing else", key->name);
	return 0;
}

/*
 * The owner of a tenant may only stop what is the tenant's.  A principal is
 * not: the same name may have client keys elsewhere.
 */
static bool
is_theirs(const struct admin_peer *who, const struct suspension *what)
{
	const struct tenant *tenant;

	if ((admin_role(who) & ADMIN_ROOT) != 0)
		return true;
	switch (what->subject) {
	case SUBJECT_KEY:
	case SUBJECT_PROFILE:
		return governs_name(who, what->name);
	case SUBJECT_TENANT:
		tenant =
		    tree_tenant_by_name(admin_service(who)->tree, what->name);
		return tenant != NULL ? governs_tenant(who, tenant) :
					governs_name(who, what->name);
	case SUBJECT_CLIENT:
		return governs_client(who, what->name);
	case SUBJECT_PRINCIPAL:
	case SUBJECT_COUNT:
		break;
	}
	return false;
}

/* Did this owner suspend it, when it was the tenant's? */
static bool
is_by(const struct admin_peer *who, const struct suspension *now)
{
	char name[NAME_SIZE];

	admin_name(who, name);
	return now != NULL && strcmp(now->by, name) == 0;
}

/* What root stopped, only root lets go on; a limit's word is the team's own. */
static bool
may_change(const struct admin_peer *who, const struct suspension *now)
{
	return now == NULL || (admin_role(who) & ADMIN_ROOT) != 0 ||
	    is_by(who, now) || strcmp(now->by, "on-exceed") == 0;
}

/* May who asks change this at all?  0, or -1 with reterr. */
static int
check_governed(const struct admin_peer *who, const struct suspension *what,
    struct text_error *reterr)
{
	const struct suspension *now = suspensions_find(
	    admin_service(who)->suspensions, what->subject, what->name);

	if (!is_theirs(who, what) && !is_by(who, now))
		return text_fail(reterr, 0,
		    "the %s %.100s is not in a tenant of yours",
		    subject_word(what->subject), what->name);
	if (!may_change(who, now))
		return text_fail(reterr, 0,
		    "the %s %.100s was suspended by %s, who alone can change "
		    "that",
		    subject_word(what->subject), what->name, now->by);
	return 0;
}

/* Has the owner suspended as much as one may, and this is one more? */
static bool
is_too_much(const struct admin_peer *who, const struct suspension *what)
{
	const struct suspensions *all = admin_service(who)->suspensions;
	const struct suspension *s;
	unsigned count = 0;

	if ((admin_role(who) & ADMIN_ROOT) != 0 ||
	    suspensions_find(all, what->subject, what->name) != NULL)
		return false;
	for (size_t i = 0; (s = suspensions_at(all, i)) != NULL; i++)
		count += strcmp(s->by, what->by) == 0;
	return count >= OWNER_MAX;
}

void
ask_suspend(struct admin_peer *who, const struct admin_request *request)
{
	struct service *service = admin_service(who);
	struct suspension what = { .since = 0 };
	struct text_error error;

	if (read_request(who, request, &what, &error) == -1)
		refuse(who, 64, error.what);
	else if (what.text[0] == '\0')
		refuse(who, 64, "a reason must be given: --reason TEXT");
	else if (check_governed(who, &what, &error) == -1)
		refuse(who, 77, error.what);
	else if (check_known(service->tree, &what, &error) == -1)
		refuse(who, 1, error.what);
	else if (is_too_much(who, &what))
		refuse(who, 77,
		    "256 things are suspended by you: suspend a profile or the "
		    "tenant, or resume something");
	else if (!admin_may_order(who))
		refuse(who, 75, busy);
	else if (suspend_now(service, &what, NULL, admin_wait(who)) == -1)
		refuse(who, 70, "no memory: nothing was suspended");
}

void
ask_resume(struct admin_peer *who, const struct admin_request *request)
{
	struct service *service = admin_service(who);
	struct suspension what = { .since = 0 };
	struct text_error error;

	if (read_request(who, request, &what, &error) == -1) {
		refuse(who, 64, error.what);
	} else if (check_governed(who, &what, &error) == -1) {
		refuse(who, 77, error.what);
	} else if (suspensions_find(
		       service->suspensions, what.subject, what.name) == NULL) {
		text_fail(&error, 0, "the %s %.100s is not suspended",
		    subject_word(what.subject), what.name);
		refuse(who, 1, error.what);
	} else if (!admin_may_order(who)) {
		refuse(who, 75, busy);
	} else if (resume_now(service, &what, admin_wait(who)) == -1) {
		refuse(who, 70, "no memory: nothing was resumed");
	}
}

/* Those that the owner of a tenant may know of; NULL: no memory. */
static struct suspensions *
own_ones(const struct admin_peer *who)
{
	const struct suspensions *all = admin_service(who)->suspensions;
	struct suspensions *own = suspensions_new();
	const struct suspension *s;

	for (size_t i = 0; own != NULL && (s = suspensions_at(all, i)) != NULL;
	     i++)
		if ((is_theirs(who, s) || is_by(who, s)) &&
		    suspensions_add(own, s) == -1) {
			suspensions_free(own);
			return NULL;
		}
	return own;
}

void
answer_suspended(struct admin_peer *who, const struct admin_request *request)
{
	struct suspensions *set = own_ones(who);
	struct buf text;

	if (set == NULL) {
		admin_answer(who, 70, "no memory\n");
		return;
	}
	buf_init(&text, LIST_MAX);
	if (request->json) {
		suspend_json(set, &text);
		buf_adds(&text, "\n");
	} else {
		suspend_text(set, &text);
	}
	buf_add(&text, "", 1);
	admin_answer(
	    who, text.bad ? 70 : 0, text.bad ? "no memory\n" : buf_at(&text));
	buf_release(&text);
	suspensions_free(set);
}
