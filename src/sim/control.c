/* SPDX-License-Identifier: MIT */
#include "sim/control.h"

#include "base/attr.h"
#include "base/file.h"
#include "net/tcp.h"
#include "sim/command.h"

enum {
	LINE_MAX_BYTES = 1 << 20,
	DEPTH = 64,
	ANSWER_MAX = 4 << 20,
	SCRIPT_MAX = 64 << 20,
	READ_BYTES = 16 << 10,
};

struct sim_control {
	struct sim *sim;
	struct tcp_listener *listener;
	struct tobs_fiber *fiber;
};

/* ---- a command ---- */

static const struct command_row *find(struct tobs_view name)
{
	static const struct command_row *const tables[] = { command_server, command_acts,
		command_bots, command_queries, command_hears, command_chats };

	for (size_t t = 0; t < ARRAY_LEN(tables); t++)
		for (const struct command_row *row = tables[t]; row->name; row++)
			if (tobs_view_is(name, row->name))
				return row;
	return NULL;
}

static bool is_of_server(const struct command_row *row)
{
	for (const struct command_row *r = command_server; r->name; r++)
		if (r == row)
			return true;
	return false;
}

int command_needs(struct command *c, const char *key)
{
	return json_fail(c->err, TOBS_EMALFORMED, "needs \"%s\"", key);
}

int command_done(struct command *c, int r)
{
	if (r && !c->err->code)
		tobs_fail(c->err, r, "%s", tobs_error_text(r));
	return r ? json_failed(c->err, r) : r;
}

static void init_loader(struct loader *l, struct sim_world *w)
{
	*l = (struct loader){ .w = w, .live = true, .date = sim_now(w) };
	loader_hooks(l);
}

static int dispatch(struct command *c)
{
	const struct command_row *row;
	struct tobs_view name = { 0 };

	if (!json_is_object(c->v))
		return loader_wrong(c->v, "an object", c->err);
	if (json_get_str(json_field(c->v, "do"), &name))
		return json_fail(c->err, TOBS_EMALFORMED, "\"do\" must name a command");
	row = find(name);
	if (!row)
		return json_at_key(c->err, tobs_str("do"),
			json_fail(c->err, TOBS_EUNKNOWN, "there is no command \"%.*s\"",
				TOBS_VIEW_FMT(name)));
	if (!c->sim->server && is_of_server(row))
		return json_fail(c->err, TOBS_EUNKNOWN, "this simulator has no MTProto servers");
	return row->run(c);
}

static void put_failure(struct json_writer *w, const struct tobs_err *err)
{
	const char *message = err->message;

	/* A place was to be put in front. */
	if (message[0] == ':')
		message += 2;
	jsonw_object(w);
	jsonw_key(w, "ok");
	jsonw_bool(w, false);
	jsonw_key(w, "code");
	jsonw_str(w, tobs_error_name(err->code));
	if (err->status) {
		jsonw_key(w, "status");
		jsonw_i64(w, err->status);
		jsonw_key(w, "name");
		jsonw_str(w, err->name);
	}
	jsonw_key(w, "error");
	jsonw_str(w, message);
	jsonw_end(w);
}

static int run_value(struct sim *sim, struct json_value v, struct tobs_buf *answer)
{
	struct tobs_err err = { 0 };
	struct json_writer w;
	struct command c = { .sim = sim, .v = v, .w = &w, .err = &err };
	size_t before = answer->len;
	int r;

	json_writer_init(&w, answer, 0);
	jsonw_object(&w);
	jsonw_key(&w, "ok");
	jsonw_bool(&w, true);
	init_loader(&c.l, sim->world);
	r = dispatch(&c);
	ARRAY_DEINIT(&c.l.messages);
	ARRAY_DEINIT(&c.l.settings);
	if (r) {
		if (!err.code)
			tobs_fail(&err, r, "%s", tobs_error_text(r));
		tobs_buf_truncate(answer, before);
		json_writer_init(&w, answer, 0);
		put_failure(&w, &err);
	} else {
		jsonw_end(&w);
	}
	tobs_buf_putc(answer, '\n');
	return r == TOBS_ENOMEM || r == TOBS_ECANCELED || r == TOBS_ETIMEDOUT
		? r
		: tobs_buf_err(answer);
}

int sim_control_run(struct sim *sim, struct tobs_view line, struct tobs_buf *answer)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct json_writer w;
	struct tobs_err err;
	int r;

	json_parser_init(&parser, LINE_MAX_BYTES, DEPTH);
	r = json_parse(&parser, &doc, line, &err);
	if (!r) {
		r = run_value(sim, json_root(&doc), answer);
	} else if (r != TOBS_ENOMEM) {
		json_writer_init(&w, answer, 0);
		put_failure(&w, &err);
		tobs_buf_putc(answer, '\n');
		r = tobs_buf_err(answer);
	}
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return r;
}

/* ---- over TCP ---- */

/* The lines that are complete in `in`; what is left of it is the beginning of the next. */
static int answer_lines(struct sim *sim, struct net_stream *s, struct tobs_buf *in)
{
	struct tobs_buf answer;
	size_t done = 0;
	int r = TOBS_OK;

	tobs_buf_init(&answer, ANSWER_MAX);
	while (!r) {
		struct tobs_view rest = tobs_view_sub(tobs_buf_view(in), done, in->len), line;
		size_t end = tobs_view_find(rest, 0, tobs_str("\n"));

		if (end == SIZE_MAX)
			break;
		line = tobs_view_trim(tobs_view_sub(rest, 0, end));
		done += end + 1;
		if (!line.len)
			continue;
		tobs_buf_clear(&answer);
		r = sim_control_run(sim, line, &answer);
		if (!r)
			r = net_write_all(s, answer.ptr, answer.len, NULL);
	}
	tobs_buf_consume(in, done);
	tobs_buf_deinit(&answer);
	return r;
}

static int serve(struct net_stream *s, const struct addr *peer, void *arg)
{
	struct sim_control *c = arg;
	struct tobs_buf in;
	size_t n = 1;
	int r = TOBS_OK;

	(void)peer;
	tobs_buf_init(&in, LINE_MAX_BYTES + READ_BYTES);
	while (!r && n) {
		r = tobs_buf_reserve(&in, READ_BYTES);
		if (!r)
			r = net_read(s, in.ptr + in.len, READ_BYTES, &n, NULL);
		if (!r)
			(void)tobs_buf_extend(&in, n);
		if (!r)
			r = answer_lines(c->sim, s, &in);
	}
	tobs_buf_deinit(&in);
	return r;
}

static int control_main(void *arg)
{
	struct sim_control *c = arg;
	const struct tcp_server server = { .serve = serve, .arg = c, .name = "sim control" };

	(void)tcp_serve(c->listener, &server);
	return TOBS_OK;
}

int sim_control_start(
	struct sim_control **ret, struct sim *sim, uint16_t port, struct tobs_err *err)
{
	const struct tobs_fiber_options options = { .name = "sim control" };
	struct sim_control *c = MEM_NEW(struct sim_control);
	int r;

	if (!c)
		return tobs_fail(err, TOBS_ENOMEM, "no memory");
	c->sim = sim;
	r = tcp_listen(tobs_str("127.0.0.1"), port, NULL, &c->listener, err);
	if (!r && tobs_spawn(&c->fiber, control_main, c, &options))
		r = tobs_fail(err, TOBS_ENOMEM, "no memory for a fiber");
	if (r) {
		tcp_listener_close(c->listener);
		mem_free(c);
		return r;
	}
	*ret = c;
	return TOBS_OK;
}

void sim_control_stop(struct sim_control *c)
{
	if (!c)
		return;
	tobs_cancel(c->fiber);
	(void)tobs_join(c->fiber, NULL);
	tcp_listener_close(c->listener);
	mem_free(c);
}

uint16_t sim_control_port(const struct sim_control *c)
{
	return addr_port(tcp_listener_addr(c->listener));
}

/* ---- from a file ---- */

static int run_line(struct sim *sim, const char *path, size_t number, struct tobs_view line,
	struct tobs_buf *answer, struct tobs_err *err)
{
	int r;

	line = tobs_view_trim(line);
	if (!line.len || line.ptr[0] == '#')
		return TOBS_OK;
	tobs_buf_clear(answer);
	r = sim_control_run(sim, line, answer);
	if (r)
		return tobs_fail(err, r, "%s:%zu: %s", path, number, tobs_error_text(r));
	if (tobs_view_starts(tobs_buf_view(answer), "{\"ok\":true"))
		return TOBS_OK;
	return tobs_fail(err, TOBS_ERPC, "%s:%zu: %.*s", path, number,
		TOBS_VIEW_FMT(tobs_view_trim(tobs_buf_view(answer))));
}

int sim_control_script(struct sim *sim, const char *path, struct tobs_err *err)
{
	struct tobs_buf text, answer;
	struct tobs_view rest, line;
	size_t number = 0;
	int r;

	tobs_buf_init(&text, SCRIPT_MAX);
	tobs_buf_init(&answer, ANSWER_MAX);
	r = file_read(path, &text, err);
	rest = tobs_buf_view(&text);
	while (!r && tobs_view_split(&rest, '\n', &line))
		r = run_line(sim, path, ++number, line, &answer, err);
	tobs_buf_deinit(&text);
	tobs_buf_deinit(&answer);
	return r;
}
