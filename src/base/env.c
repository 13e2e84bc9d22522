/* SPDX-License-Identifier: MIT */
#include "base/env.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/utf.h"
#include "base/wipe.h"

struct reader {
	struct tobs_view text;
	size_t pos;
	unsigned line;
	const char *name;
	struct env *env;
	uint8_t *out; /* where the next key or value goes */
	struct tobs_err *err;
};

static int fail_line(struct reader *r, unsigned line, size_t offset, const char *what)
{
	tobs_fail(r->err, TOBS_EMALFORMED, "%s:%u: %s", r->name, line, what);
	if (r->err)
		r->err->offset = (int64_t)offset;
	return TOBS_EMALFORMED;
}

static int fail_here(struct reader *r, const char *what)
{
	return fail_line(r, r->line, r->pos, what);
}

/* The byte at the position; -1 at the end. */
static int peek(const struct reader *r)
{
	return r->pos < r->text.len ? r->text.ptr[r->pos] : -1;
}

/* A CR is one as well: it stands before the LF, or alone at the end of a file. */
static bool is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blanks(struct reader *r)
{
	while (is_blank(peek(r)))
		r->pos++;
}

static void skip_line(struct reader *r)
{
	while (peek(r) >= 0 && peek(r) != '\n')
		r->pos++;
}

static bool is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_key_char(int c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '-';
}

/* "export" before a key; a key of that name is one too. */
static void skip_export(struct reader *r)
{
	static const char word[] = "export";
	struct reader ahead = *r;

	if (!tobs_view_starts(tobs_view_sub(r->text, r->pos, SIZE_MAX), word))
		return;
	ahead.pos += sizeof word - 1;
	if (!is_blank(peek(&ahead)))
		return;
	skip_blanks(&ahead);
	if (peek(&ahead) != '=')
		r->pos = ahead.pos;
}

/* Ends the key or value that began at `start`. */
static struct tobs_view finish(struct reader *r, uint8_t *start)
{
	struct tobs_view v = tobs_view(start, (size_t)(r->out - start));

	*r->out++ = 0;
	return v;
}

static int read_key(struct reader *r, struct tobs_view *ret)
{
	uint8_t *start = r->out;

	skip_export(r);
	if (!is_letter(peek(r)))
		return fail_here(r, "a name should stand here");
	while (is_key_char(peek(r)))
		*r->out++ = r->text.ptr[r->pos++];
	*ret = finish(r, start);
	skip_blanks(r);
	if (peek(r) != '=')
		return fail_here(r, "'=' should stand behind the name");
	r->pos++;
	skip_blanks(r);
	return TOBS_OK;
}

/* The character an escape in double quotes stands for; -1 when it is none. */
static int unescape(int c)
{
	switch (c) {
	case 'n': return '\n';
	case 'r': return '\r';
	case 't': return '\t';
	case '"':
	case '\\':
	case '$': return c;
	default: return -1;
	}
}

static int read_quoted(struct reader *r)
{
	size_t start = r->pos;
	unsigned line = r->line;
	int quote = r->text.ptr[r->pos++], c;

	for (; (c = peek(r)) != quote; r->pos++) {
		if (c < 0)
			return fail_line(r, line, start, "the quote is never closed");
		if (c == '\n')
			r->line++;
		if (c == '\r' && tobs_view_starts(tobs_view_sub(r->text, r->pos, 2), "\r\n"))
			continue;
		if (c == '\\' && quote == '"' && r->pos + 1 < r->text.len) {
			int meant = unescape(r->text.ptr[r->pos + 1]);

			if (meant >= 0) {
				c = meant;
				r->pos++;
			}
		}
		*r->out++ = (uint8_t)c;
	}
	r->pos++;
	skip_blanks(r);
	c = peek(r);
	if (c >= 0 && c != '\n' && c != '#')
		return fail_here(r, "nothing but a comment may stand behind the closing quote");
	skip_line(r);
	return TOBS_OK;
}

static void read_plain(struct reader *r)
{
	uint8_t *start = r->out;
	/* A comment may begin right here: the blank before it was skipped, or '=' stands there. */
	bool after_blank = is_blank(r->text.ptr[r->pos - 1]);
	int c;

	for (; (c = peek(r)) >= 0 && c != '\n'; r->pos++) {
		if (c == '#' && after_blank)
			break;
		after_blank = is_blank(c);
		*r->out++ = (uint8_t)c;
	}
	skip_line(r);
	while (r->out > start && is_blank(r->out[-1]))
		r->out--;
}

static int read_entry(struct reader *r)
{
	struct env_entry entry = { .line = r->line };
	uint8_t *start;
	int code = read_key(r, &entry.key);

	if (code)
		return code;
	start = r->out;
	if (peek(r) == '"' || peek(r) == '\'')
		code = read_quoted(r);
	else
		read_plain(r);
	if (code)
		return code;
	entry.value = finish(r, start);
	if (r->env->entries.count == ENV_KEYS_MAX)
		return tobs_fail(
			r->err, TOBS_ETOOBIG, "%s: more than %d keys", r->name, (int)ENV_KEYS_MAX);
	if (ARRAY_PUSH(&r->env->entries, entry))
		return tobs_fail(r->err, TOBS_ENOMEM, "%s: out of memory", r->name);
	return TOBS_OK;
}

/* What no line may hold, looked at in advance: the text is UTF-8 and has no zeros. */
static int check_text(struct reader *r)
{
	struct tobs_view text = r->text;
	size_t good = utf8_valid_prefix(text), zero;

	if (tobs_view_starts(text, "\xff\xfe") || tobs_view_starts(text, "\xfe\xff"))
		return fail_here(r, "the file is UTF-16; save it as UTF-8");
	zero = tobs_view_find(text, 0, tobs_view("", 1));
	if (good == text.len && zero == SIZE_MAX)
		return TOBS_OK;
	good = MIN(good, zero);
	for (size_t i = 0; i < good; i++)
		r->line += text.ptr[i] == '\n';
	return fail_line(r, r->line, good, zero == good ? "a zero byte" : "not UTF-8");
}

static int read_all(struct reader *r)
{
	int code = check_text(r);

	if (tobs_view_starts(r->text, "\xef\xbb\xbf"))
		r->pos = 3;
	for (; !code; r->pos++, r->line++) {
		skip_blanks(r);
		if (peek(r) == '#')
			skip_line(r);
		else if (peek(r) >= 0 && peek(r) != '\n')
			code = read_entry(r);
		if (peek(r) < 0)
			break;
	}
	return code;
}

int env_parse(struct env *env, struct tobs_view text, const char *name, struct tobs_err *err)
{
	struct reader r = { .text = text, .line = 1, .name = name, .env = env, .err = err };
	int code;

	assert(!env->text && !env->entries.items);
	if (text.len > ENV_SIZE_MAX)
		return tobs_fail(
			err, TOBS_ETOOBIG, "%s: larger than %d bytes", name, (int)ENV_SIZE_MAX);
	/* A key takes the place of itself and the '=', a value that of itself and the newline. */
	env->text_len = text.len + 2;
	env->text = mem_alloc(env->text_len);
	if (!env->text)
		return tobs_fail(err, TOBS_ENOMEM, "%s: out of memory", name);
	r.out = env->text;
	code = read_all(&r);
	if (code)
		env_deinit(env);
	return code;
}

static int open_error(int sys)
{
	if (sys == ENOENT || sys == ENOTDIR)
		return TOBS_ENOTFOUND;
	return sys == EACCES || sys == EPERM ? TOBS_EPERM : TOBS_EIO;
}

int env_load(struct env *env, const char *path, struct tobs_err *err)
{
	struct tobs_buf text;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), r = TOBS_OK;
	ssize_t n = 1;

	if (fd < 0)
		return tobs_fail_sys(err, open_error(errno), errno, "%s", path);
	tobs_buf_init(&text, ENV_SIZE_MAX + 1);
	/* Room for all of it at once, so that growing leaves no copies of secrets behind. */
	r = tobs_buf_reserve(&text, ENV_SIZE_MAX + 1);
	while (!r && n > 0 && text.len <= ENV_SIZE_MAX) {
		n = read(fd, text.ptr + text.len, text.cap - text.len);
		if (n > 0)
			text.len += (size_t)n;
		else if (n < 0 && errno != EINTR)
			r = tobs_fail_sys(err, TOBS_EIO, errno, "%s", path);
		else if (n < 0)
			n = 1;
	}
	if (r == TOBS_ENOMEM)
		tobs_fail(err, r, "%s: out of memory", path);
	if (!r)
		r = env_parse(env, tobs_buf_view(&text), path, err);
	close(fd);
	tobs_buf_wipe(&text);
	return r;
}

void env_deinit(struct env *env)
{
	if (!env)
		return;
	if (env->text)
		mem_wipe(env->text, env->text_len);
	mem_free(env->text);
	ARRAY_DEINIT(&env->entries);
	*env = (struct env){ 0 };
}

const char *env_get(const struct env *env, const char *key)
{
	for (size_t i = env->entries.count; i-- > 0;)
		if (tobs_view_is(env->entries.items[i].key, key))
			return (const char *)env->entries.items[i].value.ptr;
	return NULL;
}
