// SPDX-License-Identifier: GPL-2.0-or-later
/* The screen of procns top, by ncurses. */
#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <wchar.h>

#include "cleanup.h"
#include "command.h"
#include "live.h"
#include "say.h"
#include "top.h"

#define HEADING_LINE 2
#define FIRST_LINE 3
#define PAIR_HEADING (PROCNS_NTYPES + 1)
#define PAIR_WARNING (PROCNS_NTYPES + 2)
#define NEW_FOR 5000			/* ms that a namespace stands out */

static const char *const help_lines[] = {
	"m        sort by members: most processes first",
	"a        sort by age: the newest first",
	"o        sort by holders: most first",
	"n        sort by type and number",
	"r        the other way round",
	"t        the next type alone; after the last, all",
	"+ -      twice as often, half as often",
	"space    at once",
	"up down page-up page-down home end",
	"h ?      this help, and back",
	"q        quit",
	"",
	"AGE is since procns top first saw it; > where it was there from the start.",
	"A namespace without a process is dim, a new one bold.",
	"HOLDERS: what keeps it alive; procns why NAMESPACE names them.",
};

/* As much of a line as fits. What is in it is fit for a terminal, but may be wider than it is long. */
static void put_line(int y, const char *line, attr_t attributes, short pair)
{
	int width = 0;

	attr_set(attributes, pair, NULL);
	move(y, 0);
	clrtoeol();
	for (mbstate_t state = { 0 }; *line;) {
		wchar_t wide[2] = { 0 };
		size_t length = mbrtowc(wide, line, strlen(line), &state);
		int cells;

		if (length == (size_t)-1 || length == (size_t)-2) {
			/* in a locale that is not UTF-8 */
			wide[0] = L'?';
			length = 1;
			memset(&state, 0, sizeof(state));
		}
		cells = wcwidth(*wide);
		if (cells < 0)
			*wide = L'?', cells = 1;
		if (width + cells > COLS)
			break;
		addnwstr(wide, 1);
		width += cells;
		line += length;
	}
	/* a heading goes on to the edge */
	for (; attributes & A_REVERSE && width < COLS; width++)
		addch(' ');
	attr_set(A_NORMAL, 0, NULL);
}

static size_t visible_rows(void)
{
	return LINES > FIRST_LINE + 1 ? (size_t)(LINES - FIRST_LINE - 1) : 0;
}

/* Within what there is: rows go, and screens become larger. */
static void settle_first(struct top *top)
{
	size_t visible = visible_rows();
	size_t last = top->rows.count > visible ? top->rows.count - visible : 0;

	if (top->first > last)
		top->first = last;
}

static attr_t attributes_of(const struct top_row *row)
{
	if (!row->seen.from_start && live_now() - row->seen.since < NEW_FOR)
		return A_BOLD;
	return row->ns->known & PROCNS_FACT_COUNTS && !row->ns->nthreads ? A_DIM : A_NORMAL;
}

static void draw_row(struct top *top, int y, const struct top_row *row)
{
	cleanup_free char *line = top_line(top, row);

	put_line(y, line ?: "out of memory", attributes_of(row), top->color ? (short)(row->ns->type + 1) : 0);
}

static void draw_rows(struct top *top)
{
	size_t visible = visible_rows();

	put_line(HEADING_LINE, top_heading(), A_REVERSE, top->color ? PAIR_HEADING : 0);
	for (size_t i = 0; i < visible && top->first + i < top->rows.count; i++)
		draw_row(top, FIRST_LINE + (int)i, &top->rows.rows[top->first + i]);
}

static void draw_help(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(help_lines) && HEADING_LINE + (int)i < LINES - 1; i++)
		put_line(HEADING_LINE + (int)i, help_lines[i], A_NORMAL, 0);
}

static void draw_gap(const struct top *top)
{
	size_t gaps = procns_snapshot_gaps(top->snapshot);
	char line[512];

	if (!gaps || LINES < FIRST_LINE + 1)
		return;
	snprintf(line, sizeof(line), "incomplete (%zu): %s", gaps, procns_snapshot_gap(top->snapshot, 0));
	put_line(LINES - 1, line, A_BOLD, top->color ? PAIR_WARNING : 0);
}

static void draw(struct top *top)
{
	cleanup_free char *title = top_title(top), *state = top_state(top);

	settle_first(top);
	erase();
	put_line(0, title ?: "out of memory", A_BOLD, 0);
	put_line(1, state ?: "out of memory", A_NORMAL, 0);
	if (top->help)
		draw_help();
	else
		draw_rows(top);
	draw_gap(top);
	refresh();
}

static void sort_by(struct top *top, enum top_sort sort)
{
	top->sort = sort;
	top->first = 0;
	top_rows_sort(&top->rows, top->sort, top->reverse);
}

/* All, then each alone, then all. */
static void next_type(struct top *top)
{
	top->types = !top->types ? 1 : top->types << 1;
	if (top->types >= 1u << PROCNS_NTYPES)
		top->types = 0;
	top->first = 0;
}

static void scroll_by(struct top *top, long rows)
{
	if (rows < 0 && top->first < (size_t)-rows)
		top->first = 0;
	else
		top->first += (size_t)rows;
	settle_first(top);
}

enum after_key { KEY_DRAW, KEY_TAKE, KEY_QUIT };

static enum after_key obey(struct top *top, int key)
{
	switch (key) {
	case 'q': return KEY_QUIT;
	case 'h': case '?': top->help = !top->help; break;
	case 'm': sort_by(top, TOP_BY_MEMBERS); break;
	case 'a': sort_by(top, TOP_BY_AGE); break;
	case 'o': sort_by(top, TOP_BY_HOLDERS); break;
	case 'n': sort_by(top, TOP_BY_NAME); break;
	case 'r': top->reverse = !top->reverse; sort_by(top, top->sort); break;
	case 't': next_type(top); return KEY_TAKE;
	case '+': top->interval = top->interval > 200 ? top->interval / 2 : 100; break;
	case '-': top->interval = top->interval < 1800000 ? top->interval * 2 : 3600000; break;
	case ' ': return KEY_TAKE;
	case KEY_UP: scroll_by(top, -1); break;
	case KEY_DOWN: scroll_by(top, 1); break;
	case KEY_PPAGE: scroll_by(top, -(long)visible_rows()); break;
	case KEY_NPAGE: scroll_by(top, (long)visible_rows()); break;
	case KEY_HOME: top->first = 0; break;
	case KEY_END: top->first = top->rows.count; break;
	}
	return KEY_DRAW;
}

/* Every key that waits. */
static enum after_key obey_all(struct top *top)
{
	enum after_key result = KEY_DRAW;
	int key;

	while (result != KEY_QUIT && (key = getch()) != ERR) {
		enum after_key after = obey(top, key);

		if (after > result)
			result = after;
	}
	return result;
}

/* Until the next snapshot is due, or it ends (true). */
static bool attend(struct top *top)
{
	int64_t taken = live_now();

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = top->signals, .events = POLLIN },
			{ .fd = STDIN_FILENO, .events = POLLIN },
		};
		int64_t left = taken + top->interval - live_now();
		enum after_key after;

		if (left <= 0)
			return false;
		/* a signal may come in between that only says the size has changed: getch() knows */
		if (poll(fds, ARRAY_SIZE(fds), (int)left) < 0 && errno != EINTR)
			return true;
		if (fds[0].revents || fds[1].revents & (POLLHUP | POLLERR | POLLNVAL))
			return true;
		after = obey_all(top);
		if (after == KEY_QUIT)
			return true;
		if (after == KEY_TAKE)
			return false;
		draw(top);
	}
}

static void begin_colors(struct top *top)
{
	static const short colors[PROCNS_NTYPES] = {
		[PROCNS_CGROUP] = COLOR_YELLOW, [PROCNS_IPC] = COLOR_WHITE,  [PROCNS_MNT] = COLOR_BLUE,	  [PROCNS_NET] = COLOR_GREEN,
		[PROCNS_PID] = COLOR_MAGENTA,	[PROCNS_TIME] = COLOR_WHITE, [PROCNS_USER] = COLOR_CYAN, [PROCNS_UTS] = COLOR_WHITE,
	};

	if (!top->color || !has_colors() || start_color() == ERR) {
		top->color = false;
		return;
	}
	use_default_colors();
	for (int type = 0; type < PROCNS_NTYPES; type++)
		init_pair((short)(type + 1), colors[type], -1);
	init_pair(PAIR_HEADING, -1, -1);
	init_pair(PAIR_WARNING, COLOR_YELLOW, -1);
}

/* Should it ever die of its own fault, the terminal is put back all the same. */
static void die_in_order(int signal)
{
	endwin();
	raise(signal);	/* which, once, is not handled any more */
}

static void put_back_on_faults(void)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	const struct sigaction action = { .sa_handler = die_in_order, .sa_flags = SA_RESETHAND | SA_NODEFER };

	for (size_t i = 0; i < ARRAY_SIZE(faults); i++)
		sigaction(faults[i], &action, NULL);
}

int top_screen(struct top *top)
{
	char why[1024] = "";
	int status = EXIT_OK;
	SCREEN *screen = newterm(NULL, stdout, stdin);

	if (!screen)
		return fail(top->cli, "cannot use the terminal: TERM=%s is not known", getenv("TERM") ?: "");
	put_back_on_faults();
	begin_colors(top);
	cbreak();
	noecho();
	curs_set(0);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(25);
	for (;;) {
		status = top_refresh(top, why, sizeof(why));
		if (status)
			break;
		draw(top);
		if (top->iterations && !--top->iterations)
			break;
		if (attend(top))
			break;
	}
	endwin();
	delscreen(screen);
	return status ? fail(top->cli, "%s", why) : EXIT_OK;
}
