/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/note_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "broker/replace.h"

struct note_file {
	char path[PATH_MAX];
	void (*gate)(void *);
	void *gate_arg;
	bool failed; /* the thread's: told once */

	/* Shared, under lock. */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	bool started, stop;
	char note[CHECKPOINT_NOTE];
	size_t len; /* 0: nothing to write */
};

static int
path_of(const char *dir, char ret[PATH_MAX])
{
	int len = snprintf(ret, PATH_MAX, "%s/checkpoint", dir);

	return len > 0 && len < PATH_MAX ? 0 : -1;
}

size_t
note_file_load(const char *dir, char ret[static CHECKPOINT_NOTE],
    struct signed_checkpoint *ret_parsed)
{
	struct text_error error = { .what = "it is too long" };
	char path[PATH_MAX];
	ssize_t len;
	int fd;

	if (path_of(dir, path) == -1)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd == -1)
		return 0;
	len = read(fd, ret, CHECKPOINT_NOTE);
	close(fd);
	if (len > 0 && len < CHECKPOINT_NOTE &&
	    checkpoint_parse(ret, (size_t)len, ret_parsed, &error) == 0)
		return (size_t)len;
	log_warn("%s is no checkpoint of ours: %s", path, error.what);
	return 0;
}

static void
write_note(struct note_file *f, const char *note, size_t len)
{
	bool ok = replace_file(f->path, 0644, note, len) == 0;

	/* The record in the log is what counts; this is a copy of it. */
	if (!ok && !f->failed)
		log_warn("%s cannot be written: %s", f->path, strerror(errno));
	f->failed = !ok;
}

static void *
note_thread(void *arg)
{
	struct note_file *f = arg;
	char note[CHECKPOINT_NOTE];
	size_t len;

	if (f->gate != NULL)
		f->gate(f->gate_arg);
	pthread_mutex_lock(&f->lock);
	for (;;) {
		while (f->len == 0 && !f->stop)
			pthread_cond_wait(&f->wake, &f->lock);
		if ((len = f->len) == 0)
			break;
		memcpy(note, f->note, len);
		f->len = 0;
		pthread_mutex_unlock(&f->lock);
		write_note(f, note, len);
		pthread_mutex_lock(&f->lock);
	}
	pthread_mutex_unlock(&f->lock);
	return NULL;
}

void
note_file_write(struct note_file *f, const char *note, size_t len)
{
	if (len == 0 || len > sizeof(f->note))
		return;
	pthread_mutex_lock(&f->lock);
	memcpy(f->note, note, len);
	f->len = len;
	pthread_cond_signal(&f->wake);
	pthread_mutex_unlock(&f->lock);
}

struct note_file *
note_file_new(const char *dir, void (*gate)(void *), void *gate_arg)
{
	struct note_file *f = calloc(1, sizeof(*f));
	int error = ENAMETOOLONG;

	if (f == NULL)
		return NULL;
	f->gate = gate;
	f->gate_arg = gate_arg;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->wake, NULL);
	if (path_of(dir, f->path) == 0)
		error = pthread_create(&f->thread, NULL, note_thread, f);
	if (error == 0) {
		f->started = true;
		return f;
	}
	note_file_free(f);
	errno = error;
	return NULL;
}

void
note_file_free(struct note_file *f)
{
	if (f == NULL)
		return;
	if (f->started) {
		pthread_mutex_lock(&f->lock);
		f->stop = true;
		pthread_cond_signal(&f->wake);
		pthread_mutex_unlock(&f->lock);
		pthread_join(f->thread, NULL);
	}
	pthread_cond_destroy(&f->wake);
	pthread_mutex_destroy(&f->lock);
	free(f);
}
