/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "base/attr.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/words.h"
#include "sim/control.h"
#include "sim/sim.h"

enum { TEXT_MAX = 1 << 20 };

/* The options as the simulator takes them, and what they point to. */
struct setup {
	struct sim_options options;
	struct tobs_arena arena;
	char host[64], bot_host[64];
	struct tobs_buf faults;
};

static enum status read_specs(const struct app *app, struct setup *s)
{
	static const char *const usual[] = { "mixed" };
	int r = words_split(&s->arena, settings_text(&app->settings, SET_SYNTHETIC), ';',
		&s->options.synthetic, &s->options.synthetic_count);

	if (r)
		return app_fail(app, r, NULL);
	if (!s->options.world && !s->options.synthetic_count) {
		s->options.synthetic = usual;
		s->options.synthetic_count = ARRAY_LEN(usual);
	}
	return STATUS_DONE;
}

/* "PORT" or "HOST:PORT"; the host goes to 64 bytes at `ret_host`, and is empty when it is not said. */
static int split_address(struct tobs_view text, char *ret_host, uint16_t *ret_port)
{
	enum { HOST_MAX_BYTES = 64 };
	struct tobs_view host = { NULL, 0 };
	int64_t port;

	for (size_t i = text.len; i-- > 0 && !host.ptr;)
		if (text.ptr[i] == ':') {
			host = tobs_view_sub(text, 0, i);
			text = tobs_view_sub(text, i + 1, SIZE_MAX);
		}
	if (host.len >= HOST_MAX_BYTES || tobs_view_int(text, 0, UINT16_MAX, &port))
		return TOBS_EINVAL;
	snprintf(ret_host, HOST_MAX_BYTES, "%.*s", TOBS_VIEW_FMT(host));
	*ret_port = (uint16_t)port;
	return TOBS_OK;
}

static enum status read_addresses(const struct app *app, struct setup *s)
{
	struct tobs_view mtproto = settings_text(&app->settings, SET_MTPROTO);
	struct tobs_view bots = settings_text(&app->settings, SET_BOT_API);

	if (mtproto.len && split_address(mtproto, s->host, &s->options.port))
		return app_usage(app, "--mtproto: allowed is [HOST:]PORT, such as 127.0.0.1:4430");
	if (bots.len && split_address(bots, s->bot_host, &s->options.bot_port))
		return app_usage(app, "--bot-api: allowed is [HOST:]PORT, such as 127.0.0.1:8081");
	s->options.bot_api = bots.len > 0;
	if (s->host[0])
		s->options.host = s->host;
	if (s->bot_host[0])
		s->options.bot_host = s->bot_host;
	return STATUS_DONE;
}

/* Faults themselves hold a '='; anything else is a file with them. */
static enum status read_faults(const struct app *app, struct setup *s)
{
	struct tobs_view text = settings_text(&app->settings, SET_FAULTS);
	struct tobs_err err;
	int r;

	if (!text.len)
		return STATUS_DONE;
	if (tobs_view_find(text, 0, tobs_str("=")) != SIZE_MAX) {
		s->options.faults = (const char *)text.ptr;
		return STATUS_DONE;
	}
	r = file_read((const char *)text.ptr, &s->faults, &err);
	if (r)
		return app_fail(app, r, &err);
	s->options.faults = tobs_buf_str(&s->faults);
	return STATUS_DONE;
}

static enum status tell(const struct app *app, const struct sim *sim)
{
	struct tobs_buf out;
	int r;

	tobs_buf_init(&out, TEXT_MAX);
	if (settings_bool(&app->settings, SET_JSON)) {
		r = sim_describe(sim, &out);
		tobs_buf_putc(&out, '\n');
	} else {
		tobs_buf_puts(&out, "The simulated Telegram is up.\n");
		for (size_t i = 0; i < sim_server_rpc(sim->server)->dc_count; i++) {
			const struct sim_dc *dc = &sim_server_rpc(sim->server)->dcs[i];

			tobs_buf_printf(&out, "  DC %d      %s:%u%s\n", dc->id, dc->host,
				(unsigned)dc->port,
				dc->id == sim->world->options.home_dc ? "  (the account's home)"
								      : "");
		}
		tobs_buf_printf(
			&out, "  key       %s\n  settings  %s\n", sim->key_file, sim->env_file);
		if (sim->bots)
			tobs_buf_printf(&out, "  Bot API   %s  (BOT_TOKEN is in the settings)\n",
				sim_bot_root(sim));
		if (sim->control)
			tobs_buf_printf(&out, "  control   127.0.0.1:%u\n",
				(unsigned)sim_control_port(sim->control));
		tobs_buf_putc(&out, '\n');
		tobs_buf_printf(&out,
			"Use it from another terminal:\n"
			"  tobs login --env-file %s\n"
			"  tobs chats --env-file %s\n\n"
			"Ctrl-C ends it.\n",
			sim->env_file, sim->env_file);
		r = tobs_buf_err(&out);
	}
	if (r)
		return app_fail(app, r, NULL);
	r = (int)app_print(&out);
	/* Whoever started it in a pipe waits for these lines. */
	fflush(stdout);
	return (enum status)r;
}

static enum status serve(const struct app *app, const struct setup *s)
{
	struct tobs_err err;
	enum status status;
	struct sim *sim;
	int r = sim_start(&sim, &s->options, &err);

	if (r == TOBS_EINVAL)
		return app_usage(app, "%s", err.message);
	if (r)
		return app_fail(app, r, &err);
	status = tell(app, sim);
	/* A signal is how it is meant to end. */
	if (!status)
		sim_wait(sim);
	sim_stop(sim);
	return status;
}

static enum status run(struct app *app)
{
	struct setup s = { .options = { .world = app_text(app, SET_WORLD),
				   .folder = app_text(app, SET_FOLDER),
				   .state = app_text(app, SET_STATE),
				   .control = settings_given(&app->settings, SET_CONTROL),
				   .control_port = (uint16_t)settings_int(
					   &app->settings, SET_CONTROL),
				   .script = app_text(app, SET_SCRIPT),
				   .seed = (uint64_t)settings_int(&app->settings, SET_SEED) } };
	enum status status;

	tobs_arena_init(&s.arena, TEXT_MAX);
	tobs_buf_init(&s.faults, TEXT_MAX);
	status = read_specs(app, &s);
	if (!status)
		status = read_addresses(app, &s);
	if (!status)
		status = read_faults(app, &s);
	if (!status)
		status = serve(app, &s);
	tobs_arena_deinit(&s.arena);
	tobs_buf_deinit(&s.faults);
	return status;
}

static const unsigned rows[] = { SET_WORLD, SET_SYNTHETIC, SET_MTPROTO, SET_BOT_API, SET_FAULTS,
	SET_SEED, SET_FOLDER, SET_STATE, SET_CONTROL, SET_SCRIPT, SET_JSON };
static const struct option_group own = OPTION_GROUP("Options", rows);

const struct command cmd_sim = {
	.name = "sim",
	.summary = "runs a simulated Telegram on this computer",
	.about =
		"To try tobs without an account, to test what is built on it, and to see how it takes "
		"a bad network. It listens on loopback unless told otherwise, writes its public key "
		"and a .env with everything that tobs needs to log in there, prints where they are, "
		"and runs until it is interrupted (Ctrl-C).\n"
		"Without --world and --synthetic there is one made-up chat.",
	.examples = "tobs sim --world examples/world/world.json  # the sample world\n"
		    "tobs sim --synthetic mixed,messages=100000  # a large chat\n"
		    "tobs sim --synthetic plain --faults latency=200,drop=100000  # a bad network\n"
		    "tobs sim --bot-api 8081 --control 8082  # for bots",
	.flags = COMMAND_FIBER,
	.groups = { &own, &options_general },
	.run = run,
};
