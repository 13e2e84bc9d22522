/* SPDX-License-Identifier: MIT */
#include "support/sim_bots.h"

#include "base/json_write.h"
#include "sim/bot_call.h"
#include "sim/control.h"
#include "support/http_raw.h"
#include "support/sim_load.h"
#include "support/tmpdir.h"

enum { BEGIN_MS = 10000 };

static const char world[] =
	"{'tobs_world':1,'users':["
	"{'key':'ivy','id':1,'first_name':'Ivy','account':{}},"
	"{'key':'bo','id':2,'first_name':'Bo','username':'bobo','account':{}},"
	"{'key':'bot','id':100,'first_name':'Bot','username':'tellbot','bot':true,"
	"'account':{'token':'100:secret'}},"
	"{'key':'other','id':200,'first_name':'Other','username':'otherbot','bot':true,"
	"'account':{'token':'200:secret','privacy':true}}],"
	"'files':[{'key':'pic','kind':'photo','size':900,'width':90,'height':60},"
	"{'key':'doc','kind':'file','name':'a.txt','mime':'text/plain','size':3000},"
	"{'key':'stick','kind':'sticker','size':700,'alt':'👍'},"
	"{'key':'song','kind':'audio','size':500,'seconds':7,'title':'T','performer':'P'}],"
	"'chats':[{'key':'g','kind':'group','id':9,'title':'G','members':"
	"[{'user':'ivy','role':'creator'},'bo','bot','other']},"
	"{'key':'s','kind':'supergroup','id':6,'title':'S','members':[{'user':'ivy',"
	"'role':'creator'},'bo',{'user':'bot','role':'admin'},'other']},"
	"{'key':'c','kind':'channel','id':7,'title':'C','username':'chan','members':"
	"[{'user':'ivy','role':'creator'},{'user':'bot','role':'admin'},'bo']},"
	"{'key':'f','kind':'forum','id':8,'title':'F','members':"
	"[{'user':'ivy','role':'creator'},{'user':'bot','role':'admin'}]}],"
	"'histories':[{'between':['ivy','bot'],'messages':[{'from':'ivy','date':"
	"'2024-01-01','text':'hi'}]}]}";

struct caller {
	struct raw raw;
	struct tobs_buf request, answer;
	bool open;
};

struct sim *bots_sim;
static struct tmpdir dir;
static struct caller here, there; /* the test's own, and that of its second fiber */
static struct tobs_buf said;
static struct tobs_fiber *second;
static char second_method[64], *second_args;
static int (*current)(void);

/* A copy with ' for ", but for that of can't. */
static char *in_quotes(const char *text)
{
	char *copy = quoted(text);

	for (char *c = copy; *c; c++)
		if (*c == '"' && c > copy && c[-1] == 'n' && c[1] == 't' && c[2] == ' ')
			*c = '\'';
	return copy;
}

/* Numbers that differ from run to run become 0. */
static void settle_numbers(struct tobs_buf *b, const char *key)
{
	size_t at = 0, len = strlen(key);

	while ((at = tobs_view_find(tobs_buf_view(b), at, tobs_str(key))) != SIZE_MAX) {
		size_t end = at += len;

		while (end < b->len && b->ptr[end] >= '0' && b->ptr[end] <= '9')
			end++;
		if (end == at)
			continue;
		b->ptr[at] = '0';
		memmove(b->ptr + at + 1, b->ptr + end, b->len - end);
		tobs_buf_truncate(b, b->len - (end - at - 1));
	}
}

static void caller_init(struct caller *c)
{
	*c = (struct caller){ .open = false };
	tobs_buf_init(&c->request, 64 << 20);
	tobs_buf_init(&c->answer, 64 << 20);
}

static void caller_deinit(struct caller *c)
{
	if (c->open)
		raw_close(&c->raw);
	tobs_buf_deinit(&c->request);
	tobs_buf_deinit(&c->answer);
}

static const char *ask(struct caller *c, const char *verb, const char *path, const char *type,
	struct tobs_view body)
{
	struct addr to;

	if (!c->open) {
		assert_ok(addr_parse(tobs_str("127.0.0.1"), sim_bots_port(bots_sim->bots), &to));
		raw_open(&c->raw, &to);
		c->open = true;
	}
	tobs_buf_clear(&c->request);
	tobs_buf_printf(&c->request, "%s %s HTTP/1.1\r\nHost: x\r\n", verb, path);
	if (type)
		tobs_buf_printf(&c->request, "Content-Type: %s\r\n", type);
	tobs_buf_printf(&c->request, "Content-Length: %zu\r\n\r\n", body.len);
	assert_ok(tobs_buf_putv(&c->request, body));
	assert_ok(net_write_all(c->raw.s, c->request.ptr, c->request.len, NULL));
	assert_ok(raw_read(&c->raw, false));
	tobs_buf_clear(&c->answer);
	assert_ok(tobs_buf_putv(&c->answer, tobs_buf_view(&c->raw.body)));
	return tobs_buf_str(&c->answer);
}

const char *api_raw(const char *verb, const char *path, const char *type, struct tobs_view body)
{
	return ask(&here, verb, path, type, body);
}

static const char *post(struct caller *c, const char *token, const char *method, const char *args)
{
	char path[256], *text = in_quotes(args);

	snprintf(path, sizeof path, "/bot%s/%s", token, method);
	ask(c, "POST", path, "application/json", tobs_str(text));
	free(text);
	settle_numbers(&c->answer, "\"date\":");
	settle_numbers(&c->answer, "\"edit_date\":");
	settle_numbers(&c->answer, "\"update_id\":");
	return tobs_buf_str(&c->answer);
}

const char *api_as(const char *token, const char *method, const char *args)
{
	return post(&here, token, method, args);
}

const char *api(const char *method, const char *args)
{
	return post(&here, "100:secret", method, args);
}

int api_status(void)
{
	return here.raw.status;
}

void api_is(const char *method, const char *args, const char *want)
{
	char *text = in_quotes(want);
	struct tobs_buf whole;

	tobs_buf_init(&whole, 1 << 20);
	tobs_buf_printf(&whole, "{\"ok\":true,\"result\":%s}", text);
	assert_string_equal(api(method, args), tobs_buf_str(&whole));
	assert_int_equal(api_status(), 200);
	tobs_buf_deinit(&whole);
	free(text);
}

static bool has(const char *answer, const char *part)
{
	char *text = in_quotes(part);
	bool found = strstr(answer, text) != NULL;

	free(text);
	return found;
}

void api_has(const char *method, const char *args, const char *part)
{
	if (!has(api(method, args), part))
		fail_msg("%s: no %s in %s", method, part, tobs_buf_str(&here.answer));
}

void api_lacks(const char *method, const char *args, const char *part)
{
	if (has(api(method, args), part))
		fail_msg("%s: %s in %s", method, part, tobs_buf_str(&here.answer));
}

void api_fails(const char *method, const char *args, int status, const char *description)
{
	struct tobs_buf want;
	struct json_writer w;

	tobs_buf_init(&want, 1 << 16);
	tobs_buf_printf(&want, "{\"ok\":false,\"error_code\":%d,\"description\":", status);
	json_writer_init(&w, &want, 0);
	jsonw_str(&w, description);
	api(method, args);
	if (!tobs_view_starts(tobs_buf_view(&here.answer), tobs_buf_str(&want)) ||
		api_status() != status)
		fail_msg("%s %s:\nhave %s\nwant %s", method, args, tobs_buf_str(&here.answer),
			tobs_buf_str(&want));
	tobs_buf_deinit(&want);
}

const char *command(const char *line)
{
	char *text = in_quotes(line);

	tobs_buf_clear(&said);
	assert_ok(sim_control_run(bots_sim, tobs_str(text), &said));
	free(text);
	if (!tobs_view_starts(tobs_buf_view(&said), "{\"ok\":true"))
		fail_msg("%s\n%s", line, tobs_buf_str(&said));
	return tobs_buf_str(&said);
}

static bool polls(void)
{
	const struct sim_account *a = sim_account(bots_sim->world, 100);

	return bot_of(bots_sim->bots, a)->polling;
}

static int second_main(void *arg)
{
	(void)arg;
	post(&there, "100:secret", second_method, second_args);
	return TOBS_OK;
}

void api_call_begin(const char *method, const char *args)
{
	snprintf(second_method, sizeof second_method, "%s", method);
	second_args = strdup(args);
	tobs_buf_clear(&there.answer);
	assert_ok(tobs_spawn(&second, second_main, NULL, NULL));
	/* Until it polls, or has its answer. */
	for (int i = 0; i < BEGIN_MS && !there.answer.len && !polls(); i++)
		assert_ok(tobs_sleep(1));
}

const char *api_call_end(void)
{
	assert_ok(tobs_join(second, NULL));
	free(second_args);
	return tobs_buf_str(&there.answer);
}

static int stage(void *arg)
{
	struct sim_options options = { .bot_api = true, .bot_conflict_ms = -1 };
	char *text = in_quotes(world);
	struct tobs_err err;
	char path[128];
	int r;

	(void)arg;
	tmpdir_init(&dir);
	snprintf(path, sizeof path, "%s", tmpdir_file(&dir, "world.json"));
	write_file(path, text, strlen(text));
	free(text);
	options.world = path;
	tobs_buf_init(&said, 1 << 20);
	caller_init(&here);
	caller_init(&there);
	if (sim_start(&bots_sim, &options, &err))
		fail_msg("%s", err.message);
	r = current();
	caller_deinit(&here);
	caller_deinit(&there);
	sim_stop(bots_sim);
	tobs_buf_deinit(&said);
	tmpdir_deinit(&dir);
	return r;
}

void bots_run(int (*body)(void))
{
	current = body;
	assert_ok(tobs_run(stage, NULL));
}
