/* SPDX-License-Identifier: Apache-2.0 */
#include "review/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "review/when.h"

#define US UINT64_C(1000000)
#define HOUR 3600U
#define DAY 86400U
#define FOLDER "/usr/share/zoneinfo/"

/* libc takes what it does not know for UTC, and says nothing. */
static bool
in_folder(const char *name)
{
	char path[256];
	struct stat st;

	if (*name == '/' || strstr(name, "..") != NULL || strlen(name) > 64)
		return false;
	snprintf(path, sizeof(path), FOLDER "%s", name);
	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* Three letters or more, an offset, and what libc makes of the rest. */
static bool
is_posix(const char *name)
{
	size_t letters = 0;

	while (char_is_alpha(name[letters]))
		letters++;
	if (letters < 3 || strlen(name) > 64)
		return false;
	name += letters;
	if (*name == '+' || *name == '-')
		name++;
	return char_is_digit(*name);
}

int
zone_use(const char *name, struct text_error *reterr)
{
	if (strcmp(name, "UTC") != 0 && !in_folder(name) && !is_posix(name))
		return text_fail(reterr, 0,
		    "\"%.40s\" is no time zone that this host knows", name);
	if (setenv("TZ", name, 1) == -1)
		return text_fail(reterr, 0, "no memory");
	tzset();
	return 0;
}

static struct tm
local(uint64_t time_us)
{
	time_t seconds = (time_t)(time_us / US);
	struct tm tm = { 0 };

	localtime_r(&seconds, &tm);
	return tm;
}

void
moment_of(uint64_t time_us, struct moment *ret)
{
	struct tm tm = local(time_us);
	uint64_t utc = time_us / US, wall;

	wall = tm.tm_gmtoff < 0 && utc < (uint64_t)-tm.tm_gmtoff ?
	    0 :
	    (uint64_t)((int64_t)utc + tm.tm_gmtoff);
	ret->hour = (uint32_t)(wall / HOUR);
	ret->day = (uint32_t)(wall / DAY);
	ret->weekday = (ret->day + 3) % 7; /* 1970 began with a Thursday */
	ret->minute = (unsigned)(wall % DAY / 60);
}

/* The time that the wall shows so, dst unknown. */
static uint64_t
civil_us(const struct tm *wanted)
{
	struct tm tm = *wanted;
	time_t seconds;

	tm.tm_isdst = -1;
	seconds = mktime(&tm);
	return seconds < 0 ? 0 : (uint64_t)seconds * US;
}

const char *
zone_text(uint64_t time_us, char ret[static ZONE_TEXT])
{
	struct tm tm = local(time_us);

	if (strftime(ret, ZONE_TEXT, "%Y-%m-%d %H:%M:%S", &tm) == 0)
		ret[0] = '\0';
	return ret;
}

const char *
zone_name(uint64_t time_us, char ret[static ZONE_TEXT])
{
	struct tm tm = local(time_us);
	long minutes = labs(tm.tm_gmtoff) / 60;

	snprintf(ret, ZONE_TEXT, "%.12s (%c%02ld:%02ld)", tm.tm_zone,
	    tm.tm_gmtoff < 0 ? '-' : '+', minutes / 60 % 100, minutes % 60);
	return ret;
}

/* Does it end in "Z" or "+02:00"? */
static bool
has_offset(const char *text)
{
	size_t len = strlen(text);

	return text[len - 1] == 'Z' ||
	    (len > 16 && (text[len - 6] == '+' || text[len - 6] == '-'));
}

int
zone_when(const char *text, uint64_t now_us, uint64_t *ret_us,
    struct text_error *reterr)
{
	bool named =
	    strcmp(text, "today") == 0 || strcmp(text, "yesterday") == 0;
	struct moment now;
	uint64_t us;
	time_t seconds;
	struct tm tm;

	moment_of(now_us, &now);
	if (named)
		now_us = (uint64_t)now.hour * HOUR * US;
	if (when_parse(text, now_us, &us, reterr) == -1)
		return -1;
	if (named || (char_is_digit(*text) && !has_offset(text))) {
		seconds = (time_t)(us / US);
		gmtime_r(&seconds, &tm);
		us = civil_us(&tm) + us % US;
	}
	*ret_us = us;
	return 0;
}

int
zone_month(const char *text, uint64_t *ret_since_us, uint64_t *ret_until_us,
    struct text_error *reterr)
{
	char day[16];
	uint64_t since, ignored;
	struct tm tm;

	if (strlen(text) != 7)
		return text_fail(
		    reterr, 0, "\"%.40s\" is no month: write 2026-11", text);
	snprintf(day, sizeof(day), "%s-01", text);
	if (zone_when(day, 0, &since, reterr) == -1)
		return text_fail(
		    reterr, 0, "\"%.40s\" is no month: write 2026-11", text);
	when_parse(day, 0, &ignored, reterr);
	gmtime_r(&(time_t){ (time_t)(ignored / US) }, &tm);
	tm.tm_mon++;
	*ret_since_us = since;
	*ret_until_us = civil_us(&tm);
	return 0;
}
