/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a key ceremony leaves behind: a text file to which each step appends
 * who did what with which token and what came of it.
 *
 * An entry ends in a line "sha256: HEX", the hash of all that stands before
 * that line, earlier entries included.  So a line that is changed later shows,
 * and nothing is appended to a transcript that does not fit its last hash.
 */
#ifndef CS_CTL_TRANSCRIPT_H
#define CS_CTL_TRANSCRIPT_H

/*
 * One is kept at a time.  argv[0] is the step.  Takes a lock; 0, or -1, and
 * said why: then nothing was done.
 */
int transcript_begin(const char *path, int argc, char **argv);
/* On disk with the step's exit status: 0, or -1, and said why. */
int transcript_end(int status);

/* To stdout, and into the transcript if one is kept. */
void token_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/*
 * Says "countersignctl: TEXT" on stderr, and in the transcript; returns
 * EX_UNAVAILABLE.
 */
int token_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
