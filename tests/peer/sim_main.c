/* SPDX-License-Identifier: MIT */
/*
 * The simulator as a program of its own, for tests with other people's clients.
 * Prints one line of JSON (sim_describe() in sim/sim.h) when it is ready, and
 * ends at SIGTERM, SIGINT, or the end of its standard input.
 *
 *     sim_server --folder DIR [--state DIR] [--world FILE] [--synthetic SPEC]... [--port N] [--faults TEXT] [--seed N]
 *         [--control PORT] [--script FILE] [--bot-api PORT]
 */
#include <stdio.h>
#include <unistd.h>

#include "base/attr.h"
#include "sim/sim.h"

enum { SPECS_MAX = 16, STDIN = 0 };

struct args {
	struct sim_options options;
	const char *specs[SPECS_MAX];
};

static int read_option(struct args *a, const char *name, const char *value)
{
	int64_t number = 0;

	if (strcmp(name, "--synthetic") == 0 && a->options.synthetic_count < SPECS_MAX)
		a->specs[a->options.synthetic_count++] = value;
	else if (strcmp(name, "--world") == 0)
		a->options.world = value;
	else if (strcmp(name, "--folder") == 0)
		a->options.folder = value;
	else if (strcmp(name, "--state") == 0)
		a->options.state = value;
	else if (strcmp(name, "--script") == 0)
		a->options.script = value;
	else if (strcmp(name, "--faults") == 0)
		a->options.faults = value;
	else if (tobs_view_int(tobs_str(value), 0, INT64_MAX, &number))
		return -1;
	else if (strcmp(name, "--port") == 0 && number <= UINT16_MAX)
		a->options.port = (uint16_t)number;
	else if (strcmp(name, "--seed") == 0)
		a->options.seed = (uint64_t)number;
	else if (strcmp(name, "--control") == 0 && number <= UINT16_MAX) {
		a->options.control = true;
		a->options.control_port = (uint16_t)number;
	} else if (strcmp(name, "--bot-api") == 0 && number <= UINT16_MAX) {
		a->options.bot_api = true;
		a->options.bot_port = (uint16_t)number;
	} else
		return -1;
	return 0;
}

/* Whoever started it is gone when standard input ends. */
static int watch_stdin(void *arg)
{
	char bytes[256];

	while (!tobs_fd_wait(STDIN, TOBS_READABLE, NULL))
		if (read(STDIN, bytes, sizeof bytes) == 0) {
			sim_ask_to_stop(arg);
			break;
		}
	return TOBS_OK;
}

static int serve(struct sim *sim)
{
	struct tobs_fiber *watch = NULL;
	struct tobs_buf line;
	int r;

	tobs_buf_init(&line, 1 << 20);
	r = sim_describe(sim, &line);
	if (!r) {
		printf("%s\n", tobs_buf_str(&line));
		fflush(stdout);
		/* A file cannot be waited for; then only signals end it. */
		r = tobs_spawn(&watch, watch_stdin, sim, NULL);
	}
	if (!r) {
		r = sim_wait(sim);
		tobs_cancel(watch);
		(void)tobs_join(watch, NULL);
	}
	tobs_buf_deinit(&line);
	return r;
}

static int run(void *arg)
{
	struct args *a = arg;
	struct tobs_err err;
	struct sim *sim;
	int r = sim_start(&sim, &a->options, &err);

	if (r) {
		fprintf(stderr, "sim_server: %s\n", err.message);
		return r;
	}
	r = serve(sim);
	sim_stop(sim);
	return r;
}

int main(int argc, char **argv)
{
	struct args a = { 0 };

	a.options.synthetic = a.specs;
	for (int i = 1; i < argc; i += 2)
		if (i + 1 == argc || read_option(&a, argv[i], argv[i + 1])) {
			fprintf(stderr, "sim_server: cannot use \"%s\"\n", argv[i]);
			return 2;
		}
	return tobs_run_with(&(struct tobs_run_options){ .catch_signals = true }, run, &a) ? 1 : 0;
}
