/* SPDX-License-Identifier: MIT */
#include "support/sim_client.h"

#include <tobs/log.h>

#include "unit/crypto/pem.h"

enum { START_S = 1714564800 }; /* 1 May 2024, 12:00 UTC */

static stage_fn body_to_run;

/* ---- the person at the keyboard ---- */

static int type(const char *const *lines, size_t *at, struct tobs_buf *ret)
{
	const char *line = *at < 4 ? lines[*at] : NULL;

	(*at)++;
	return line ? tobs_buf_puts(ret, line) : TOBS_ECANCELED;
}

static int on_code(void *user, const char *how, int length, struct tobs_buf *ret)
{
	struct stage *s = user;

	(void)length;
	snprintf(s->how, sizeof s->how, "%s", how);
	return type(s->codes, &s->codes_asked, ret);
}

static int on_password(void *user, const char *hint, struct tobs_buf *ret)
{
	struct stage *s = user;

	snprintf(s->hint, sizeof s->hint, "%s", hint);
	return type(s->passwords, &s->passwords_asked, ret);
}

static int on_qr(void *user, const char *url, int64_t seconds)
{
	struct stage *s = user;

	(void)seconds;
	snprintf(s->url, sizeof s->url, "%s", url);
	s->shown++;
	return TOBS_OK;
}

static void on_wrong(void *user, const char *what)
{
	(void)what;
	((struct stage *)user)->wrongs++;
}

/* ---- what the client tells ---- */

static void on_waiting(void *user, const struct tobs_wait *wait)
{
	struct stage *s = user;

	s->waits++;
	s->wait = *wait;
}

static void on_update(void *user, const union tl_Updates *updates)
{
	(void)updates;
	((struct stage *)user)->updates++;
}

/* ---- the stage ---- */

static void show_line(const struct tobs_log_line *line, void *user)
{
	(void)user;
	fprintf(stderr, "%10.3f %s: %s\n", (double)(line->wall % 100000000000) / 1e6, line->module,
		line->text);
}

static void build_world(struct stage *s)
{
	const struct sim_world_options options = { .clock = &fiber_clock.clock, .seed = 1 };
	struct sim_user *user;

	assert_ok(sim_world_new(&options, &s->w, NULL));
	assert_ok(sim_user_add(s->w,
		&(struct sim_user_args){ .id = ADA,
			.first_name = tobs_str("Ada"),
			.last_name = tobs_str("Lovelace"),
			.username = tobs_str("ada_l"),
			.phone = tobs_str("9996620001") },
		&user, NULL));
	assert_ok(sim_account_add(s->w, user,
		&(struct sim_account_args){ .code = tobs_str(ADA_CODE) }, &s->ada, NULL));
	assert_ok(sim_user_add(s->w,
		&(struct sim_user_args){ .id = ROBOT,
			.first_name = tobs_str("Robot"),
			.username = tobs_str("robot_bot"),
			.bot = true },
		&user, NULL));
	assert_ok(sim_account_add(s->w, user,
		&(struct sim_account_args){ .token = tobs_str(ROBOT_TOKEN) }, &s->robot, NULL));
}

static void set_options(struct stage *s)
{
	s->at = (struct tobs_server){ .host = "127.0.0.1",
		.port = sim_server_port(s->server, 2),
		.dc = 2,
		.public_key = sim_server_public_key(s->server) };
	snprintf(s->session, sizeof s->session, "%s", tmpdir_file(&s->dir, "ada.session"));
	s->options = (struct tobs_client_options){ .session = s->session,
		.api_id = 5,
		.api_hash = API_HASH,
		.server = &s->at,
		.waiting = on_waiting,
		.update = on_update,
		.user = s };
	s->codes[0] = ADA_CODE;
	s->ui = (struct tobs_login_ui){ on_code, on_password, on_qr, on_wrong, s };
}

static int run_body(void *arg)
{
	const struct sim_server_options server = { .private_key = PEM_KEY_PKCS1, .seed = 1 };
	struct sim_server_options options = server;
	struct stage *s = arg;

	fiber_clock.now = (int64_t)START_S * 1000000;
	assert_ok(tobs_sleep(1)); /* so that tobs_now() knows */
	s->reply = (struct tobs_reply)TOBS_REPLY_INIT;
	tmpdir_init(&s->dir);
	build_world(s);
	options.world = s->w;
	assert_ok(sim_server_start(&s->server, &options, NULL));
	set_options(s);
	body_to_run(s);
	tobs_client_free(s->c);
	tobs_reply_deinit(&s->reply);
	sim_server_stop(s->server);
	sim_world_free(s->w);
	tmpdir_deinit(&s->dir);
	return TOBS_OK;
}

static int run_stage(void *arg)
{
	struct stage s = { 0 };

	(void)arg;
	return run_body(&s);
}

void stage_run(stage_fn body)
{
	body_to_run = body;
	/* For whoever wants to see why a test fails. */
	if (getenv("TOBS_TEST_LOG")) {
		tobs_log_to(show_line, NULL);
		tobs_log_level(TOBS_LOG_DEBUG);
	}
	fiber_test_run(run_stage);
}

void stage_client(struct stage *s)
{
	int r = tobs_client_new(&s->c, &s->options, &s->err);

	if (r)
		fail_msg("no client: %s", s->err.message);
}

void stage_reopen(struct stage *s)
{
	tobs_client_free(s->c);
	s->c = NULL;
	stage_client(s);
}

void stage_login(struct stage *s)
{
	if (!s->c)
		stage_client(s);
	if (tobs_login_phone(s->c, ADA_PHONE, &s->ui, &s->err))
		fail_msg("no login: %s", s->err.message);
}

void stage_faults(struct stage *s, const char *text)
{
	assert_ok(sim_faults_parse(sim_server_faults(s->server), tobs_str(text), NULL));
}

uint64_t stage_count(const struct stage *s, uint32_t method)
{
	return sim_rpc_count(sim_server_rpc(s->server), method);
}

struct tobs_peer stage_chat(struct stage *s, const char *text)
{
	struct sim_spec spec;
	const int64_t *peers;
	struct tobs_peer peer;

	assert_ok(sim_spec_parse(tobs_str(text), &spec, NULL));
	assert_ok(sim_synthetic_add(s->w, s->ada, &spec, &peers, NULL));
	peer = tobs_peer_unmark(peers[0]);
	peer.access_hash = sim_access_hash(s->w, peers[0]);
	return peer;
}
