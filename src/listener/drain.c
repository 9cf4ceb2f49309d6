/* SPDX-License-Identifier: Apache-2.0 */
#include "listener/drain.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "listener/accept.h"
#include "listener/control.h"
#include "listener/notify.h"

/* What the other processes get to go after their channels are closed. */
#define GO_US 5000000
/*
 * What the broker gets after drain-timeout: it gives sessions that do not
 * leave 5 s, and writes its last record.
 */
#define DRAIN_US 10000000

static void
reload(struct listener *l)
{
	if (l->phase != PHASE_SERVE)
		return;
	log_info("reloading");
	/* The outcome is the broker's to tell, in its log and its records. */
	l->want_reload = true;
	control_flush(l);
}

static void
begin(struct listener *l)
{
	if (l->phase != PHASE_SERVE)
		return;
	log_info("draining: accepted requests finish, new ones are refused");
	notify_send(l->notify, "STOPPING=1\n");
	accept_close(l);
	l->phase = PHASE_DRAIN;
	l->want_drain = true;
	control_flush(l);
	loop_timer_set(l->deadline,
	    clock_mono_us() + l->conf->drain_timeout * UINT64_C(1000000) +
		DRAIN_US);
}

void
drain_end(struct listener *l)
{
	if (l->phase == PHASE_END)
		return;
	accept_close(l);
	l->phase = PHASE_END;
	/* The end of its channel is each process's word to go. */
	control_close(l);
	loop_timer_set(l->deadline, clock_mono_us() + GO_US);
	if (children_gone(&l->children))
		loop_stop(l->loop);
}

/*
 * Its server goes on without it; and should that end, too, only those whose
 * profile asks for a list are refused.
 */
static bool
is_spared(const struct listener *l, enum child child)
{
	return child == CHILD_LISTS && l->phase != PHASE_END;
}

static void
child_ended(struct listener *l, enum child child, int status)
{
	char how[64];

	child_status_text(status, how, sizeof(how));
	if (is_spared(l, child)) {
		log_warn("%s %s: what reads lists of digests will not be "
			 "replaced any more; start countersignd again",
		    child_program(child), how);
		return;
	}
	if (l->phase == PHASE_END ? status != 0 :
				    !(l->phase == PHASE_DRAIN &&
					child == CHILD_BROKER && status == 0)) {
		log_warn("%s %s", child_program(child), how);
		l->status = EX_SOFTWARE;
	} else {
		log_debug("%s %s", child_program(child), how);
	}
	drain_end(l);
	if (children_gone(&l->children))
		loop_stop(l->loop);
}

static void
signal_ready(void *arg, uint32_t events)
{
	struct listener *l = arg;
	struct signalfd_siginfo info;
	enum child child;
	int status;

	(void)events;
	while (read(l->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP)
			reload(l);
		else if (info.ssi_signo != SIGCHLD)
			begin(l);
	}
	while (children_reap(&l->children, &child, &status))
		child_ended(l, child, status);
}

static void
too_late(void *arg)
{
	struct listener *l = arg;

	if (l->phase == PHASE_DRAIN) {
		log_warn("the broker did not drain in time");
		l->status = EX_SOFTWARE;
		drain_end(l);
		return;
	}
	for (int i = 0; i < CHILD_COUNT; i++) {
		if (l->children.pid[i] != 0)
			log_warn(
			    "%s does not end", child_program((enum child)i));
	}
	l->status = EX_SOFTWARE;
	loop_stop(l->loop);
}

int
drain_open(struct listener *l)
{
	if ((l->deadline = loop_timer_new(l->loop, too_late, l)) == NULL)
		return -1;
	l->signal_source =
	    loop_add(l->loop, l->signals, EPOLLIN, signal_ready, l);
	return l->signal_source != NULL ? 0 : -1;
}
