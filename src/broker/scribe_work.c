/* SPDX-License-Identifier: Apache-2.0 */
#include "broker/scribe_work.h"

#include "base/log.h"

/* Is the file still what we made of it? */
static int
check_content(struct log_files *files, struct scribe_job *job)
{
	/* Records that a new piece follows are never hashed again. */
	int error = log_tree_flush(&files->tree);

	if (error == 0)
		error = pieces_content(
		    &files->pieces, files->tree.merkle.size + 1, &job->names);
	if (error == 0 && job->names == NAMES_SHORTER)
		error = log_tree_sync(&files->tree);
	return error;
}

static void
append(struct log_files *files, struct scribe_job *job)
{
	if ((job->error = check_content(files, job)) != 0)
		return;
	job->error =
	    journal_file_append(&files->pieces.out, job->data, job->len);
	if (job->error != 0)
		return;
	job->written = true;
	/* Only now: the tree has nothing that the log could lose. */
	job->error = log_tree_append(&files->tree, job->data, job->len);
	job->tree = files->tree.merkle;
}

static void
look(struct log_files *files, struct scribe_job *job)
{
	job->error = pieces_look(&files->pieces, &job->names);
	if (job->error == 0 && job->names == NAMES_FINE)
		job->error = check_content(files, job);
	job->has_free = pieces_free_space(&files->pieces, &job->free) == 0;
}

static void
probe(struct log_files *files, struct scribe_job *job)
{
	look(files, job);
	/* One name is enough to go on. */
	if (job->names == NAMES_FINE)
		job->error = 0;
	if (job->error == 0)
		job->error = journal_file_probe(&files->pieces.out, job->len);
	if (job->error == 0)
		job->error = log_tree_flush(&files->tree);
}

/* A closed piece's records are never hashed again, so they must be synced. */
static void
rotate(struct log_files *files, struct scribe_job *job)
{
	job->error = log_tree_sync(&files->tree);
	if (job->error == 0)
		job->error = check_content(files, job);
	/* Somebody closed it, in his way. */
	if (job->names == NAMES_SHORTER)
		return;
	if (job->error == 0)
		job->error = pieces_begin(&files->pieces, job->first);
}

void
scribe_work(struct log_files *files, struct scribe_job *job)
{
	job->written = job->has_free = false;
	job->names = NAMES_FINE;
	switch (job->work) {
	case WORK_APPEND:
		append(files, job);
		break;
	case WORK_PROBE:
		probe(files, job);
		break;
	case WORK_ROTATE:
		rotate(files, job);
		break;
	case WORK_LOOK:
		look(files, job);
		break;
	}
	job->size = (uint64_t)files->pieces.out.good;
	job->piece = files->pieces.first;
}

void
scribe_finish(struct log_files *files)
{
	if (log_tree_flush(&files->tree) != 0 ||
	    log_tree_sync(&files->tree) != 0)
		log_warn("the tree could not be written; the next start will");
	journal_file_trim(&files->pieces.out);
}
