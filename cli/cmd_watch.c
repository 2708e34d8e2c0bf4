// SPDX-License-Identifier: GPL-2.0-or-later
/* procns watch: namespaces as they are born and go. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "capabilities.h"
#include "cleanup.h"
#include "command.h"
#include "live.h"
#include "say.h"
#include "watch.h"

enum {
	OPTION_MODE = OPTION_COLOR + 1,
	OPTION_INTERVAL,
	OPTION_INITIAL,
	OPTION_COUNT,
	OPTION_TIMEOUT,
	OPTION_EXEC,
};

#define MOST_SECONDS 1000000

struct request {
	struct procns_watch_options options;
	const struct watch_printer *printer;
	struct watch_filter filter;
	const char *source, *exec;
	bool initial, strict, verbose;
	uint64_t count;			/* 0: no end */
	int64_t timeout;		/* ms; -1: no end */
};

/* What the loop works on. */
struct session {
	const struct cli *cli;
	struct request *request;
	struct procns *ctx;
	struct procns_watch *watch;
	struct watch_exec *exec;
	int signals;			/* signalfd */
	int64_t deadline;		/* CLOCK_MONOTONIC ms; -1: none */
	uint64_t printed, missed;	/* missed: ends that came before the watch */
	bool done, broken, gaps;	/* broken: nobody reads standard output any more */
};

static int parse_interval(const struct cli *cli, const char *text, unsigned int *interval)
{
	int64_t ms;

	if (live_parse_seconds(cli, "--interval", text, 0.01, MOST_SECONDS, &ms))
		return EXIT_FAILED;
	*interval = (unsigned int)ms;
	return EXIT_OK;
}

static int parse_pid(const struct cli *cli, const char *text, pid_t *pid)
{
	uint64_t number;

	if (live_parse_count(cli, "--task", text, 0x7fffffff, &number))
		return EXIT_FAILED;
	*pid = (pid_t)number;
	return EXIT_OK;
}

static int parse_mode(const struct cli *cli, const char *name, enum procns_watch_mode *mode)
{
	return procns_watch_mode_parse(name, mode) ? fail(cli, "--mode: %s: it is one of auto, trace, walk, poll", name) : EXIT_OK;
}

/* Returns 0, or an exit status + 1 where nothing is left to do. */
static int parse(struct request *request, struct options *options)
{
	const struct cli *cli = options->cli;
	int key, status = EXIT_OK;

	while (!status && (key = options_next(options)) != OPTIONS_END) {
		const char *argument = options->argument;

		switch (key) {
		case 'J': request->printer = &watch_json; break;
		case 't': status = option_add_type(cli, argument, &request->filter.types); break;
		case 'p': status = parse_pid(cli, argument, &request->filter.pid); break;
		case OPTION_MODE: status = parse_mode(cli, argument, &request->options.mode); break;
		case OPTION_INTERVAL: status = parse_interval(cli, argument, &request->options.interval); break;
		case OPTION_INITIAL: request->initial = true; break;
		case OPTION_COUNT: status = live_parse_count(cli, "--count", argument, INT64_MAX, &request->count); break;
		case OPTION_TIMEOUT: status = live_parse_seconds(cli, "--timeout", argument, 0, MOST_SECONDS, &request->timeout); break;
		case OPTION_EXEC: request->exec = argument; break;
		case OPTION_SOURCE: request->source = argument; break;
		case OPTION_STRICT: request->strict = true; break;
		case 'v': request->verbose = true; break;
		case OPTIONS_EXIT: return 1 + options->status;
		}
	}
	return status ? 1 + status : 0;
}

static void say_gaps_of(struct session *session)
{
	const char *gap;

	while ((gap = procns_watch_gap(session->watch))) {
		session->gaps = true;
		session->request->printer->gap(gap, stdout);
		say_gap("%s", gap);
	}
}

static int tell(struct session *session, const struct procns_event *event)
{
	struct request *request = session->request;
	bool passes = watch_filter_passes(&request->filter, event) && (event->kind != PROCNS_EVENT_ALIVE || request->initial);

	if (watch_filter_is_done(&request->filter, event))
		session->done = true;
	if (!passes)
		return EXIT_OK;
	request->printer->event(event, stdout);
	session->printed++;
	if (request->count && session->printed >= request->count)
		session->done = true;
	if (session->exec && watch_exec_add(session->exec, event) < 0)
		return fail(session->cli, "--exec: out of memory");
	return EXIT_OK;
}

static int tell_all(struct session *session)
{
	const struct procns_event *event;
	int status = EXIT_OK;

	say_gaps_of(session);
	while (!status && !session->done && (event = procns_watch_next(session->watch)))
		status = tell(session, event);
	return status ?: flush_output(session->cli);
}

static int time_left(const struct session *session)
{
	int wait = procns_watch_timeout(session->watch);
	int64_t left = session->deadline - live_now();

	if (session->deadline < 0)
		return wait;
	if (left < 0)
		left = 0;
	return wait < 0 || left < wait ? (int)(left < 1000000000 ? left : 1000000000) : wait;
}

static void wait_for_something(struct session *session)
{
	struct pollfd fds[] = {
		{ .fd = session->signals, .events = POLLIN },
		{ .fd = STDOUT_FILENO },	/* POLLERR: a pipe nobody reads */
		{ .fd = procns_watch_fd(session->watch), .events = POLLIN },
		{ .fd = watch_exec_fd(session->exec), .events = POLLIN },
	};

	if (poll(fds, ARRAY_SIZE(fds), time_left(session)) < 0)
		return;
	if (fds[0].revents)
		session->done = true;
	if (fds[1].revents & POLLERR)
		session->done = session->broken = true;
	if (session->deadline >= 0 && live_now() >= session->deadline)
		session->done = true;
}

/* Those still to be run for are, before it ends; a signal ends that too. */
static int finish_exec(struct session *session)
{
	int status = watch_exec_go_on(session->exec);

	while (!status && watch_exec_left(session->exec)) {
		struct pollfd fds[] = {
			{ .fd = session->signals, .events = POLLIN },
			{ .fd = watch_exec_fd(session->exec), .events = POLLIN },
		};

		if (poll(fds, ARRAY_SIZE(fds), -1) > 0 && fds[0].revents)
			break;
		status = watch_exec_go_on(session->exec);
	}
	return status;
}

static void say_counts(const struct session *session)
{
	struct procns_watch_counts counts;

	procns_watch_counts(session->watch, &counts);
	counts.gone += session->missed;
	session->request->printer->end(&counts, stdout);
	if (session->request->verbose)
		note(session->cli, "%llu born, %llu gone, %llu lost, %llu lists", (unsigned long long)counts.born,
		     (unsigned long long)counts.gone, (unsigned long long)counts.lost, (unsigned long long)counts.walks);
}

/* What is alive has been told. Who was asked for and is not among it is no more: then that is told, with all that is known of it. */
static int tell_missed(struct session *session)
{
	struct watch_filter *filter = &session->request->filter;
	int status = session->done ? EXIT_OK : watch_targets_look_again(session->cli, session->ctx, filter);
	struct procns_event event;

	while (!status && !session->done && watch_targets_missed(filter, &event)) {
		session->missed++;
		status = tell(session, &event);
	}
	return status ?: flush_output(session->cli);
}

/* Until here it may list as much as when it began. */
static void drop_capabilities(const struct session *session)
{
	if (!session->request->exec && procns_watch_mode(session->watch) != PROCNS_WATCH_POLL)
		capabilities_drop_after(session->cli, CAPABILITY_WITHOUT_BPF);
}

static int loop(struct session *session)
{
	int status = tell_all(session) ?: tell_missed(session);

	drop_capabilities(session);
	while (!status && !session->done) {
		wait_for_something(session);
		if (session->broken)
			break;
		if (procns_watch_read(session->watch) < 0)
			return fail(session->cli, "%s", procns_error(session->ctx));
		status = tell_all(session) ?: watch_exec_go_on(session->exec);
	}
	return status;
}

/* As whoever writes to a pipe that nobody reads is ended; where that is ignored, it is an error like any other. */
static int end_broken(const struct session *session)
{
	raise(SIGPIPE);
	return fail(session->cli, "cannot write the output: %s", strerror(EPIPE));
}

static void say_mode(const struct session *session)
{
	static const char *const meanings[] = {
		[PROCNS_WATCH_TRACE] = "tracing births and ends",
		[PROCNS_WATCH_WALK] = "tracing births; ends are noticed by walks",
		[PROCNS_WATCH_POLL] = "comparing snapshots",
	};
	enum procns_watch_mode mode = procns_watch_mode(session->watch);
	const char *reason = procns_watch_reason(session->watch);

	note(session->cli, "mode %s: %s%s%s%s", procns_watch_mode_name(mode), meanings[mode], reason ? " (" : "", reason ?: "",
	     reason ? ")" : "");
}

static int run_session(struct session *session)
{
	struct request *request = session->request;
	int status;

	if (procns_watch_open(session->ctx, &request->options, &session->watch))
		return fail(session->cli, "%s", procns_error(session->ctx));
	session->deadline = request->timeout < 0 ? -1 : live_now() + request->timeout;
	say_mode(session);
	request->printer->begin(session->watch, stdout);
	status = loop(session);
	if (session->broken)
		return end_broken(session);
	if (!status)
		status = finish_exec(session);
	if (!status)
		say_counts(session);
	return status == EXIT_OK && request->strict && session->gaps ? EXIT_PARTIAL : status;
}

static int prepare(struct session *session, char **operands)
{
	static const int ends[] = { SIGINT, SIGTERM };
	struct request *request = session->request;
	int status;

	if (procns_new(&session->ctx))
		return fail(session->cli, "out of memory");
	if (procns_set_source(session->ctx, request->source))
		return fail(session->cli, "%s", procns_error(session->ctx));
	status = watch_targets_resolve(session->cli, session->ctx, operands, &request->filter);
	if (!status)
		status = watch_exec_new(session->cli, request->exec, &session->exec);
	if (status)
		return status;
	session->signals = live_open_signals(session->cli, ends, ARRAY_SIZE(ends));
	return session->signals < 0 ? EXIT_FAILED : EXIT_OK;
}

static int run(const struct cli *cli, int argc, char **argv)
{
	struct request request = { .printer = &watch_text, .timeout = -1 };
	struct session session = { .cli = cli, .request = &request, .signals = -1 };
	struct options options;
	int status;

	options_begin(&options, cli, argc, argv);
	status = parse(&request, &options);
	if (status)
		return status - 1;
	if (request.source && request.options.mode != PROCNS_WATCH_POLL)
		return fail(cli, "--source: only --mode=poll takes its lists from a source");
	if (!request.exec)	/* else that gets what we got */
		capabilities_drop(cli);
	status = prepare(&session, options_operands(&options));
	if (!status)
		status = run_session(&session);
	procns_watch_free(session.watch);
	watch_exec_free(session.exec);
	procns_free(session.ctx);
	free(request.filter.targets);
	if (session.signals >= 0)
		close(session.signals);
	return status;
}

static const struct option_row rows[] = {
	OPTION_ROW_JSON,
	{ 't', "type", ARGUMENT_REQUIRED, "type", "namespaces of this type only (may be given several times)" },
	{ 'p', "task", ARGUMENT_REQUIRED, "pid", "only what this process did" },
	{ OPTION_INITIAL, "initial", .help = "print those that are alive already, first" },
	{ OPTION_COUNT, "count", ARGUMENT_REQUIRED, "number", "end after so many events" },
	{ OPTION_TIMEOUT, "timeout", ARGUMENT_REQUIRED, "seconds", "end after this time" },
	{ OPTION_EXEC, "exec", ARGUMENT_REQUIRED, "command", "run a command of the shell for each event",
	  "One after the other, in order. Its environment says what happened: \\fBPROCNS_EVENT\\fR, \\fBPROCNS_TIME\\fR, "
	  "\\fBPROCNS_NAMESPACE\\fR, \\fBPROCNS_TYPE\\fR, \\fBPROCNS_NS\\fR (the number), \\fBPROCNS_ID\\fR, "
	  "\\fBPROCNS_OWNER\\fR, \\fBPROCNS_PID\\fR, \\fBPROCNS_UID\\fR, \\fBPROCNS_COMM\\fR, \\fBPROCNS_CALL\\fR, "
	  "\\fBPROCNS_CGROUP\\fR; empty where it is not known." },
	{ OPTION_MODE, "mode", ARGUMENT_REQUIRED, "mode", "how to watch: trace, walk or poll",
	  "By default the first of them that works here." },
	{ OPTION_INTERVAL, "interval", ARGUMENT_REQUIRED, "seconds", "between two lists of what is alive (walk: 0.2, poll: 1)",
	  "Lists that take long are made more seldom: at most a fiftieth of the time goes into walks." },
	OPTION_ROW_SOURCE,
	OPTION_ROW_STRICT,
	{ 'v', "verbose", .help = "say in the end how much there was" },
	OPTION_ROW_HELP,
	OPTION_ROW_VERSION,
	OPTION_ROWS_END,
};

const struct command command_watch = {
	.name = "watch",
	.operands = "[NS...]",
	.help = "namespaces as they are born and go",
	.options = rows,
	.run = run,
};
