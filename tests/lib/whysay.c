// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * whysay <why.json: what `procns why -J` says of the namespaces asked for, one line for each holder, in the words of nsmake graph:
 *
 *	net:[4026532133] in_flight 4711 (fd 312 7; in_flight 4713 (fd 312 9))
 *
 * Behind a holder are the causes of it, in the order of their text. "NS unexplained R E" where not all of R references are
 * explained, or more than there are (but for user namespaces, of which some never are).
 */
#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT 16384
#define CAUSES 64
#define DEPTH 16

static const cJSON *holders[65536];	/* by number, for those that are told again */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void remember(const cJSON *object)
{
	const cJSON *number = cJSON_GetObjectItem(object, "holder"), *cause;

	if (number && number->valuedouble >= 0 && number->valuedouble < sizeof(holders) / sizeof(*holders))
		holders[(size_t)number->valuedouble] = object;
	cJSON_ArrayForEach(cause, cJSON_GetObjectItem(object, "causes"))
		remember(cause);
}

static const cJSON *meant(const cJSON *object)
{
	const cJSON *again = cJSON_GetObjectItem(object, "again");

	return again ? holders[(size_t)again->valuedouble] : object;
}

static void add(char *text, const char *format, const char *word)
{
	size_t length = strlen(text);

	snprintf(text + length, TEXT - length, format, word);
}

static void add_number(char *text, const char *format, const cJSON *number)
{
	char word[32];

	snprintf(word, sizeof(word), "%.0f", number ? number->valuedouble : 0);
	if (number)
		add(text, format, word);
}

static void say(const cJSON *holder, char *text, int depth);

static void say_causes(const cJSON *causes, char *text, int depth)
{
	char *words[CAUSES];
	size_t count = 0;
	const cJSON *cause;

	cJSON_ArrayForEach(cause, causes) {
		if (count == CAUSES || depth == DEPTH)
			break;
		words[count] = calloc(1, TEXT);
		say(meant(cause), words[count++], depth + 1);
	}
	qsort(words, count, sizeof(*words), by_text);
	for (size_t i = 0; i < count; i++) {
		add(text, i ? "; %s" : " (%s", words[i]);
		free(words[i]);
	}
	if (count)
		add(text, "%s", ")");
}

static void say(const cJSON *holder, char *text, int depth)
{
	static const char *const names[] = { "ns", "mntns", "path", "fstype" };
	const cJSON *socket = cJSON_GetObjectItem(holder, "socket");
	const cJSON *inode = cJSON_GetObjectItem(socket, "inode"), *flag;
	bool detached = false;

	add(text, "%s", cJSON_GetObjectItem(holder, "kind")->valuestring);
	cJSON_ArrayForEach(flag, cJSON_GetObjectItem(holder, "flags")) {
		add(text, " %s", flag->valuestring);
		detached |= !strcmp(flag->valuestring, "detached");
	}
	add_number(text, " %s", cJSON_GetObjectItem(holder, "pid"));
	add_number(text, ".%s", cJSON_GetObjectItem(holder, "tid"));
	add_number(text, " %s", cJSON_GetObjectItem(holder, "fd"));
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if ((!detached || i >= 3) && cJSON_GetObjectItem(holder, names[i]))
			add(text, " %s", cJSON_GetObjectItem(holder, names[i])->valuestring);
	if (inode && inode->valuedouble > 0)	/* one that nobody has accepted has none */
		add_number(text, " %s", inode);
	say_causes(cJSON_GetObjectItem(holder, "causes"), text, depth);
}

static void say_namespace(const cJSON *ns)
{
	const char *name = cJSON_GetObjectItem(ns, "ns")->valuestring;
	const cJSON *references = cJSON_GetObjectItem(ns, "references"), *explained = cJSON_GetObjectItem(ns, "explained");
	const cJSON *holder;

	printf("ns %s\n", name);
	cJSON_ArrayForEach(holder, cJSON_GetObjectItem(ns, "holders")) {
		char *text = calloc(1, TEXT);

		say(meant(holder), text, 0);
		printf("%s %s\n", name, text);
		free(text);
	}
	if (cJSON_IsNumber(references) && !cJSON_IsTrue(cJSON_GetObjectItem(ns, "at_least")) &&
	    (!cJSON_IsNumber(explained) || references->valuedouble != explained->valuedouble))
		printf("%s unexplained %.0f %.0f\n", name, references->valuedouble, cJSON_IsNumber(explained) ? explained->valuedouble : -1);
}

int main(void)
{
	size_t size = 0;
	char *text = NULL;
	const cJSON *ns, *holder;
	cJSON *root = getdelim(&text, &size, '\0', stdin) > 0 ? cJSON_Parse(text) : NULL;

	if (!root) {
		fputs("whysay: no JSON\n", stderr);
		return 2;
	}
	cJSON_ArrayForEach(ns, cJSON_GetObjectItem(root, "namespaces"))
		cJSON_ArrayForEach(holder, cJSON_GetObjectItem(ns, "holders"))
			remember(holder);
	cJSON_ArrayForEach(ns, cJSON_GetObjectItem(root, "namespaces"))
		if (cJSON_IsTrue(cJSON_GetObjectItem(ns, "asked")))
			say_namespace(ns);
	puts("end");
	cJSON_Delete(root);
	free(text);
	return 0;
}
