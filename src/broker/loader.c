/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/loader.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"
#include "broker/differences.h"
#include "conf/load.h"
#include "format/format.h"
#include "format/key_check.h"

/* Errors beyond that are counted only. */
#define TEXT_MAX (256u << 10)
/* Those of one tenant. */
#define TENANT_MAX 100
/* Of this thread, as nice(1) counts. */
#define NICE 10

/* The texts of a tree that was taken. */
struct texts {
	struct spool spool;
	char state_dir[PATH_MAX];
	char fingerprint[TREE_FINGERPRINT_SIZE];
};

struct loader {
	const char *dir;
	loader_fn *done;
	void *arg;
	struct loop_source *source;
	int done_fd;
	void (*gate)(void *);
	void *gate_arg;

	/* Shared, under lock. */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool started, stop, wanted, ready;
	struct tree *discarded;
	const struct tree *running;
	const struct tree *kept; /* to be written */
	struct texts texts; /* to be put in place */
	bool publish;
	struct loaded loaded;
};

/* One tenant with many errors leaves room for what others have to hear. */
static bool
is_flood(struct loaded *loaded, const char *file)
{
	static const char folder[] = "tenants/";
	char name[NAME_SIZE] = "";
	size_t len = strlen(folder);

	if (strncmp(file, folder, len) == 0)
		snprintf(name, sizeof(name), "%.*s",
		    (int)strcspn(file + len, "/"), file + len);
	if (strcmp(name, loaded->tenant) != 0)
		loaded->told = 0;
	memcpy(loaded->tenant, name, sizeof(name));
	return name[0] != '\0' && loaded->told++ >= TENANT_MAX;
}

static void
on_told(void *arg, const struct text_error *error)
{
	struct loaded *loaded = arg;
	char line[sizeof(error->file) + sizeof(error->what) + 16];

	if (error->line > 0)
		snprintf(line, sizeof(line), "%s:%u: %s", error->file,
		    error->line, error->what);
	else
		snprintf(
		    line, sizeof(line), "%s: %s", error->file, error->what);
	if (loaded->errors++ == 0)
		snprintf(loaded->first, sizeof(loaded->first), "%s", line);
	if (is_flood(loaded, error->file))
		return;
	if (buf_len(&loaded->text) + strlen(line) + 1 < TEXT_MAX)
		buf_addf(&loaded->text, "%s\n", line);
}

static void
fail(struct loaded *loaded, const char *dir, const char *what)
{
	struct text_error error = { .line = 0 };

	snprintf(error.file, sizeof(error.file), "%s", dir);
	snprintf(error.what, sizeof(error.what), "%s", what);
	on_told(loaded, &error);
	tree_free(loaded->tree);
	loaded->tree = NULL;
}

static void
told_elsewhere(void *unused, const struct text_error *error)
{
	(void)unused;
	(void)error;
}

static void
open_spool(struct spool *spool, const char *dir, const struct tree *running)
{
	struct tree *tree = NULL;

	if (running == NULL)
		running = tree = conf_load_server(dir, told_elsewhere, NULL);
	if (running != NULL)
		spool_init(spool, tree_server(running)->state_dir);
	else
		*spool = (struct spool){ .fd = -1, .error = ENOENT };
	tree_free(tree);
}

/* Who sees each file. */
struct readers {
	struct tree_fingerprint *print;
	struct spool *spool;
};

static void
on_seen(void *arg, const char *file, const void *text, size_t len)
{
	struct readers *readers = arg;

	tree_fingerprint_add(readers->print, file, text, len);
	spool_add(readers->spool, file, text, len);
}

void
loaded_read(struct loaded *loaded, const char *dir, const struct tree *running)
{
	struct tree_fingerprint *print = tree_fingerprint_new();
	struct readers readers = { print, &loaded->spool };
	size_t count;
	const struct format_word *formats = format_words(&count);
	const struct conf_source from = {
		.dir = dir,
		.formats = formats,
		.format_count = count,
		.before = running,
		.check = key_file_check,
		.seen = on_seen,
		.seen_arg = &readers,
		.told = on_told,
		.told_arg = loaded,
	};

	memset(loaded, 0, sizeof(*loaded));
	buf_init(&loaded->text, TEXT_MAX);
	open_spool(&loaded->spool, dir, running);
	if (print != NULL)
		loaded->tree = conf_load_from(&from);
	if (loaded->tree == NULL && loaded->errors == 0)
		fail(loaded, dir, "no memory");
	if (loaded->tree != NULL &&
	    tree_fingerprint_end(print, loaded->fingerprint) == -1)
		fail(loaded, dir, "libcrypto failed");
	if (loaded->tree != NULL &&
	    (loaded->prints = prints_new(loaded->tree)) == NULL)
		fail(loaded, dir, "no memory");
	tree_fingerprint_free(print);
	/* It is handed on as a text. */
	buf_add(&loaded->text, "", 1);
}

void
loaded_release(struct loaded *loaded)
{
	buf_release(&loaded->text);
	changes_release(&loaded->changes);
	spool_release(&loaded->spool);
	prints_free(loaded->prints);
	loaded->prints = NULL;
}

static void
publish(struct texts *t)
{
	if (spool_publish(&t->spool, t->state_dir, t->fingerprint) == -1)
		log_warn("%s/" SNAPSHOT_FILE " cannot be written: %s",
		    t->state_dir, strerror(errno));
	spool_release(&t->spool);
}

static void
compare(struct loaded *loaded, const struct tree *running, const char *dir)
{
	if (loaded->tree != NULL &&
	    tree_compare(running, loaded->tree, &loaded->changes) == -1)
		fail(loaded, dir, "no memory");
}

static void *
loader_thread(void *arg)
{
	struct loader *l = arg;
	uint64_t one = 1;

	/* A reload is never in a hurry; signatures are. */
	setpriority(PRIO_PROCESS, 0, NICE);
	if (l->gate != NULL)
		l->gate(l->gate_arg);
	pthread_mutex_lock(&l->lock);
	while (!l->stop || l->kept != NULL || l->publish) {
		struct tree *discarded = l->discarded;
		const struct tree *kept = l->kept;
		struct texts texts = l->texts;
		bool taken = l->publish;
		bool wanted = l->wanted && !l->stop;

		if (!wanted && discarded == NULL && kept == NULL && !taken) {
			pthread_cond_wait(&l->wake, &l->lock);
			continue;
		}
		l->discarded = NULL;
		l->kept = NULL;
		l->publish = false;
		l->wanted = false;
		pthread_mutex_unlock(&l->lock);
		if (taken)
			publish(&texts);
		if (kept != NULL)
			configuration_save(kept);
		tree_free(discarded);
		if (wanted) {
			loaded_read(&l->loaded, l->dir, l->running);
			compare(&l->loaded, l->running, l->dir);
		}
		pthread_mutex_lock(&l->lock);
		if (!wanted)
			continue;
		l->ready = true;
		if (write(l->done_fd, &one, sizeof(one)) == -1)
			log_fatal("the loader's eventfd failed");
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

static void
on_done(void *arg, uint32_t events)
{
	struct loader *l = arg;
	struct loaded loaded;
	uint64_t count;
	bool ready;

	(void)events;
	if (read(l->done_fd, &count, sizeof(count)) == -1)
		return;
	pthread_mutex_lock(&l->lock);
	ready = l->ready;
	l->ready = false;
	loaded = l->loaded;
	pthread_mutex_unlock(&l->lock);
	if (!ready)
		return;
	l->done(l->arg, &loaded);
	loaded_release(&loaded);
}

struct loader *
loader_new(struct loop *loop, const char *dir, void (*gate)(void *),
    void *gate_arg, loader_fn *done, void *arg)
{
	struct loader *l = calloc(1, sizeof(*l));
	int error;

	if (l == NULL)
		return NULL;
	l->dir = dir;
	l->gate = gate;
	l->gate_arg = gate_arg;
	l->done = done;
	l->arg = arg;
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->wake, NULL);
	if ((l->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) == -1)
		goto fail;
	l->source = loop_add(loop, l->done_fd, EPOLLIN, on_done, l);
	if (l->source == NULL)
		goto fail;
	error = pthread_create(&l->thread, NULL, loader_thread, l);
	if (error != 0) {
		errno = error;
		goto fail;
	}
	l->started = true;
	return l;
fail:
	error = errno;
	loader_free(l);
	errno = error;
	return NULL;
}

void
loader_free(struct loader *l)
{
	if (l == NULL)
		return;
	if (l->started) {
		pthread_mutex_lock(&l->lock);
		l->stop = true;
		pthread_cond_broadcast(&l->wake);
		pthread_mutex_unlock(&l->lock);
		pthread_join(l->thread, NULL);
	}
	loop_remove(l->source);
	if (l->done_fd != -1)
		close(l->done_fd);
	if (l->ready) {
		tree_free(l->loaded.tree);
		loaded_release(&l->loaded);
	}
	tree_free(l->discarded);
	if (l->publish)
		spool_release(&l->texts.spool);
	pthread_cond_destroy(&l->wake);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

void
loader_load(struct loader *l, const struct tree *running)
{
	pthread_mutex_lock(&l->lock);
	l->running = running;
	l->wanted = true;
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
}

void
loader_discard(struct loader *l, struct tree *tree)
{
	pthread_mutex_lock(&l->lock);
	l->discarded = tree;
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
}

void
loader_keep(struct loader *l, const struct tree *tree)
{
	pthread_mutex_lock(&l->lock);
	l->kept = tree;
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
}

void
loader_publish(struct loader *l, struct loaded *loaded)
{
	pthread_mutex_lock(&l->lock);
	/* One that nobody got to put in place is old by now. */
	if (l->publish)
		spool_release(&l->texts.spool);
	l->texts.spool = loaded->spool;
	snprintf(l->texts.state_dir, sizeof(l->texts.state_dir), "%s",
	    tree_server(loaded->tree)->state_dir);
	memcpy(l->texts.fingerprint, loaded->fingerprint,
	    sizeof(l->texts.fingerprint));
	l->publish = true;
	pthread_cond_broadcast(&l->wake);
	pthread_mutex_unlock(&l->lock);
	loaded->spool.fd = -1;
}
