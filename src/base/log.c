/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <tobs/err.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/wipe.h"

enum {
	LINE_MAX_BYTES = 8192,
	SECRET_MIN = 4,
	TOKEN_ID_MIN = 6, /* a bot token is <bot id>:<35 characters> */
	TOKEN_ID_MAX = 12,
	TOKEN_SECRET_MIN = 30,
	PHONE_MIN = 8, /* digits after '+' (E.164 allows up to 15) */
	PHONE_MAX = 15,
};

static tobs_log_sink sink_fn;
static void *sink_user;
static atomic_int max_level = TOBS_LOG_INFO;

static pthread_mutex_t secrets_lock = PTHREAD_MUTEX_INITIALIZER;
static ARRAY_OF(struct secret) secrets;

void tobs_log_to(tobs_log_sink sink, void *user)
{
	sink_user = user;
	sink_fn = sink;
}

void tobs_log_level(enum tobs_log_level level)
{
	atomic_store(&max_level, (int)level);
}

const char *tobs_log_level_name(enum tobs_log_level level)
{
	static const char *const names[] = { "error", "warn", "info", "debug", "trace" };

	return (size_t)level < ARRAY_LEN(names) ? names[level] : "?";
}

int tobs_log_secret(struct tobs_view secret)
{
	struct secret copy = { 0 };
	int r;

	if (secret.len < SECRET_MIN)
		return TOBS_OK;
	r = secret_set(&copy, secret);
	if (r)
		return r;
	pthread_mutex_lock(&secrets_lock);
	r = ARRAY_PUSH(&secrets, copy);
	pthread_mutex_unlock(&secrets_lock);
	if (r)
		secret_deinit(&copy);
	return r;
}

void tobs_log_forget(void)
{
	pthread_mutex_lock(&secrets_lock);
	ARRAY_EACH (s, &secrets)
		secret_deinit(s);
	ARRAY_DEINIT(&secrets);
	pthread_mutex_unlock(&secrets_lock);
}

bool log_wants(enum tobs_log_level level)
{
	return sink_fn && (int)level <= atomic_load_explicit(&max_level, memory_order_relaxed);
}

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static bool is_token_char(uint8_t c)
{
	return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
		c == '-';
}

static size_t run_of(struct tobs_view v, size_t from, bool (*is)(uint8_t))
{
	size_t n = 0;

	while (from + n < v.len && is(v.ptr[from + n]))
		n++;
	return n;
}

/* The length of a registered secret at v[at], 0 if none is there. */
static size_t secret_at(struct tobs_view v, size_t at)
{
	size_t longest = 0;

	ARRAY_EACH (s, &secrets)
		if (s->len > longest && s->len <= v.len - at &&
			memcmp(v.ptr + at, s->ptr, s->len) == 0)
			longest = s->len;
	return longest;
}

/* The length of a bot token or phone number that starts at v[at], 0 if none does. */
static size_t pattern_at(struct tobs_view v, size_t at)
{
	size_t n;

	if (v.ptr[at] == '+') {
		n = run_of(v, at + 1, is_digit);
		return n >= PHONE_MIN && n <= PHONE_MAX ? n + 1 : 0;
	}
	if (!is_digit(v.ptr[at]) || (at > 0 && is_digit(v.ptr[at - 1])))
		return 0;
	n = run_of(v, at, is_digit);
	if (n >= TOKEN_ID_MIN && n <= TOKEN_ID_MAX && at + n < v.len && v.ptr[at + n] == ':') {
		size_t tail = run_of(v, at + n + 1, is_token_char);

		if (tail >= TOKEN_SECRET_MIN)
			return n + 1 + tail;
	}
	return 0;
}

int log_clean(struct tobs_buf *out, struct tobs_view text)
{
	pthread_mutex_lock(&secrets_lock);
	for (size_t i = 0; i < text.len;) {
		size_t hide = secret_at(text, i);

		if (!hide)
			hide = pattern_at(text, i);
		if (hide) {
			tobs_buf_puts(out, "[hidden]");
			i += hide;
			continue;
		}
		tobs_buf_putc(
			out, text.ptr[i] < 0x20 || text.ptr[i] == 0x7f ? '?' : (char)text.ptr[i]);
		i++;
	}
	pthread_mutex_unlock(&secrets_lock);
	return out->err;
}

void log_write(enum tobs_log_level level, const char *module, const char *fmt, ...)
{
	struct tobs_buf raw, clean;
	struct tobs_log_line line = { .level = level, .module = module };
	va_list ap;

	if (!log_wants(level))
		return;
	tobs_buf_init(&raw, LINE_MAX_BYTES);
	tobs_buf_init(&clean, LINE_MAX_BYTES * 2);
	va_start(ap, fmt);
	tobs_buf_vprintf(&raw, fmt, ap);
	va_end(ap);
	log_clean(&clean, tobs_buf_view(&raw));
	line.wall = clock_wall(clock_system());
	line.text = raw.err || clean.err ? "(a log line was lost: out of memory or too long)"
					 : tobs_buf_str(&clean);
	sink_fn(&line, sink_user);
	tobs_buf_wipe(&raw);
	tobs_buf_deinit(&clean);
}
