/* SPDX-License-Identifier: MIT */
#include "bot/filter.h"

#include "base/alloc.h"
#include "base/log.h"
#include "bot/ctx.h"
#include "bot/regex.h"

#define BIT(kind) ((uint32_t)1 << (kind))

/* Those that bring a new message. */
#define FRESH                                                       \
	(BIT(TOBS_UPDATE_MESSAGE) | BIT(TOBS_UPDATE_CHANNEL_POST) | \
		BIT(TOBS_UPDATE_BUSINESS_MESSAGE) | BIT(TOBS_UPDATE_GUEST_MESSAGE))

static struct tobs_filter *make(enum filter_op op, uint32_t kinds)
{
	struct tobs_filter *f = MEM_NEW(struct tobs_filter);

	if (f) {
		f->op = op;
		f->kinds = kinds;
	}
	return f;
}

static struct tobs_filter *make_number(enum filter_op op, uint32_t kinds, int64_t n)
{
	struct tobs_filter *f = make(op, kinds);

	if (f)
		f->n = n;
	return f;
}

static struct tobs_filter *make_text(enum filter_op op, uint32_t kinds, const char *text)
{
	struct tobs_filter *f = text ? make(op, kinds) : NULL;

	if (!f)
		return NULL;
	f->len = strlen(text);
	f->text = mem_dup(text, f->len);
	if (f->text)
		return f;
	tobs_filter_free(f);
	return NULL;
}

void tobs_filter_free(struct tobs_filter *f)
{
	if (!f)
		return;
	tobs_filter_free(f->a);
	tobs_filter_free(f->b);
	regex_free(f->regex);
	mem_free(f->text);
	mem_free(f);
}

struct tobs_filter *tobs_f_any(void)
{
	return make(FILTER_ANY, FILTER_ALL_KINDS);
}

static struct tobs_filter *both(enum filter_op op, struct tobs_filter *a, struct tobs_filter *b)
{
	struct tobs_filter *f = a && b ? make(op, 0) : NULL;

	if (!f) {
		tobs_filter_free(a);
		tobs_filter_free(b);
		return NULL;
	}
	f->a = a;
	f->b = b;
	f->kinds = op == FILTER_AND ? a->kinds & b->kinds : a->kinds | b->kinds;
	return f;
}

struct tobs_filter *tobs_f_and(struct tobs_filter *a, struct tobs_filter *b)
{
	return both(FILTER_AND, a, b);
}

struct tobs_filter *tobs_f_or(struct tobs_filter *a, struct tobs_filter *b)
{
	return both(FILTER_OR, a, b);
}

struct tobs_filter *tobs_f_not(struct tobs_filter *a)
{
	struct tobs_filter *f = a ? make(FILTER_NOT, FILTER_ALL_KINDS) : NULL;

	if (f)
		f->a = a;
	else
		tobs_filter_free(a);
	return f;
}

struct tobs_filter *tobs_f_kind(enum tobs_update_kind kind)
{
	return make_number(FILTER_KIND, BIT(kind), kind);
}

struct tobs_filter *tobs_f_text(void)
{
	return make(FILTER_TEXT, FRESH);
}

struct tobs_filter *tobs_f_command(void)
{
	return make(FILTER_COMMAND, FRESH);
}

struct tobs_filter *tobs_f_command_is(const char *names)
{
	struct tobs_view list = tobs_str(names), name;
	bool any = false;

	while (command_next_name(&list, &name)) {
		if (name.len > COMMAND_MAX)
			return NULL;
		any = true;
	}
	return any ? make_text(FILTER_COMMAND_IS, FRESH, names) : NULL;
}

struct tobs_filter *tobs_f_text_is(const char *text)
{
	return make_text(FILTER_TEXT_IS, FRESH, text);
}

struct tobs_filter *tobs_f_prefix(const char *prefix)
{
	return make_text(FILTER_PREFIX, FRESH, prefix);
}

struct tobs_filter *tobs_f_callback(const char *prefix)
{
	return make_text(FILTER_CALLBACK, BIT(TOBS_UPDATE_CALLBACK_QUERY), prefix);
}

static struct tobs_filter *make_regex(uint32_t kinds, const char *pattern)
{
	struct tobs_filter *f = make_text(FILTER_REGEX, kinds, pattern);
	struct tobs_err err;

	if (!f || !regex_new(pattern, &f->regex, &err))
		return f;
	log_error("bot", "%s: %s", pattern, err.message);
	tobs_filter_free(f);
	return NULL;
}

struct tobs_filter *tobs_f_regex(const char *pattern)
{
	return make_regex(FRESH, pattern);
}

struct tobs_filter *tobs_f_regex_of(enum tobs_update_kind kind, const char *pattern)
{
	return make_regex(BIT(kind), pattern);
}

struct tobs_filter *tobs_f_media(enum tobs_media media)
{
	return make_number(FILTER_MEDIA, FRESH, media);
}

struct tobs_filter *tobs_f_chat_type(enum tobs_chat_type type)
{
	return make_number(FILTER_CHAT_TYPE, FILTER_ALL_KINDS, type);
}

struct tobs_filter *tobs_f_chat(int64_t id)
{
	return make_number(FILTER_CHAT, FILTER_ALL_KINDS, id);
}

struct tobs_filter *tobs_f_user(int64_t id)
{
	return make_number(FILTER_USER, FILTER_ALL_KINDS, id);
}

struct tobs_filter *tobs_f_reply(void)
{
	return make(FILTER_REPLY, FRESH);
}

struct tobs_filter *tobs_f_forwarded(void)
{
	return make(FILTER_FORWARDED, FRESH);
}

struct tobs_filter *tobs_f_member(enum tobs_member_change change)
{
	return make_number(FILTER_MEMBER, BIT(TOBS_UPDATE_CHAT_MEMBER), change);
}

struct tobs_filter *tobs_f_my_member(enum tobs_member_change change)
{
	return make_number(FILTER_MY_MEMBER, BIT(TOBS_UPDATE_MY_CHAT_MEMBER), change);
}

struct tobs_filter *tobs_f_fn(bool (*fn)(struct tobs_ctx *ctx, void *user), void *user)
{
	struct tobs_filter *f = fn ? make(FILTER_FN, FILTER_ALL_KINDS) : NULL;

	if (f) {
		f->fn = fn;
		f->user = user;
	}
	return f;
}

/* ---- What they say ---------------------------------------------------------- */

static bool names_have(const struct tobs_filter *f, const char *folded)
{
	struct tobs_view list = tobs_view(f->text, f->len), name;

	while (command_next_name(&list, &name))
		if (tobs_view_eq_nocase(name, tobs_str(folded)))
			return true;
	return false;
}

static bool has_media(const struct tobs_message *m, enum tobs_media media)
{
	switch (media) {
	case TOBS_MEDIA_PHOTO: return m->photo.count > 0;
	case TOBS_MEDIA_VIDEO: return m->video;
	case TOBS_MEDIA_ANIMATION: return m->animation;
	case TOBS_MEDIA_AUDIO: return m->audio;
	case TOBS_MEDIA_VOICE: return m->voice;
	case TOBS_MEDIA_VIDEO_NOTE: return m->video_note;
	case TOBS_MEDIA_DOCUMENT: return m->document && !m->animation;
	case TOBS_MEDIA_STICKER: return m->sticker;
	case TOBS_MEDIA_CONTACT: return m->contact;
	case TOBS_MEDIA_LOCATION: return m->location;
	case TOBS_MEDIA_VENUE: return m->venue;
	case TOBS_MEDIA_POLL: return m->poll;
	case TOBS_MEDIA_DICE: return m->dice;
	case TOBS_MEDIA_ANY:
		for (int i = 0; i < TOBS_MEDIA_ANY; i++)
			if (has_media(m, (enum tobs_media)i))
				return true;
	}
	return false;
}

static bool is_there(const struct tobs_chat_member *m)
{
	return m->kind != TOBS_CHAT_MEMBER_LEFT && m->kind != TOBS_CHAT_MEMBER_BANNED &&
		(m->kind != TOBS_CHAT_MEMBER_RESTRICTED || m->restricted.is_member);
}

static bool is_admin(const struct tobs_chat_member *m)
{
	return m->kind == TOBS_CHAT_MEMBER_OWNER || m->kind == TOBS_CHAT_MEMBER_ADMINISTRATOR;
}

static bool has_changed(const struct tobs_chat_member_updated *u, enum tobs_member_change change)
{
	const struct tobs_chat_member *was = u->old_chat_member, *is = u->new_chat_member;

	switch (change) {
	case TOBS_MEMBER_ANY: return true;
	case TOBS_MEMBER_JOINED: return !is_there(was) && is_there(is);
	case TOBS_MEMBER_LEFT: return is_there(was) && !is_there(is);
	case TOBS_MEMBER_PROMOTED: return !is_admin(was) && is_admin(is);
	case TOBS_MEMBER_DEMOTED: return is_admin(was) && !is_admin(is) && is_there(is);
	}
	return false;
}

static bool regex_takes(const struct tobs_filter *f, struct tobs_ctx *ctx)
{
	const char *const *groups = NULL;
	size_t count = 0;
	int r;

	if (!ctx->facts.text)
		return false;
	r = regex_find(f->regex, tobs_str(ctx->facts.text), &ctx->scope->arena, &groups, &count);
	if (r == 1) {
		ctx->groups = groups;
		ctx->group_count = count;
	} else if (r) {
		log_warn("bot", "regular expression %s: %s", f->text,
			r == TOBS_ETOOBIG ? "given up on a text that takes too long"
					  : tobs_error_text(r));
	}
	return r == 1;
}

static bool text_takes(const struct tobs_filter *f, const char *text)
{
	if (!text)
		return false;
	if (f->op == FILTER_TEXT_IS)
		return !strcmp(text, f->text);
	return !strncmp(text, f->text, f->len);
}

static bool leaf_takes(const struct tobs_filter *f, struct tobs_ctx *ctx)
{
	const struct facts *x = &ctx->facts;

	switch (f->op) {
	case FILTER_TEXT: return x->message->text;
	case FILTER_COMMAND: return ctx->has_command;
	case FILTER_COMMAND_IS: return ctx->has_command && names_have(f, ctx->command_name);
	case FILTER_TEXT_IS:
	case FILTER_PREFIX:
	case FILTER_CALLBACK: return text_takes(f, x->text);
	case FILTER_REGEX: return regex_takes(f, ctx);
	case FILTER_MEDIA: return has_media(x->message, (enum tobs_media)f->n);
	case FILTER_CHAT_TYPE: return x->chat && x->chat->type == (enum tobs_chat_type)f->n;
	case FILTER_CHAT: return x->chat && x->chat->id == f->n;
	case FILTER_USER: return x->user && x->user->id == f->n;
	case FILTER_REPLY: return x->message->reply_to_message || x->message->external_reply;
	case FILTER_FORWARDED: return x->message->forward_origin;
	case FILTER_MEMBER:
		return has_changed(ctx->update->chat_member, (enum tobs_member_change)f->n);
	case FILTER_MY_MEMBER:
		return has_changed(ctx->update->my_chat_member, (enum tobs_member_change)f->n);
	case FILTER_FN: return f->fn(ctx, f->user);
	default: return true; /* ANY, KIND: the kind is all there is to it */
	}
}

bool filter_takes(const struct tobs_filter *f, struct tobs_ctx *ctx)
{
	switch (f->op) {
	case FILTER_AND: return filter_takes(f->a, ctx) && filter_takes(f->b, ctx);
	case FILTER_OR: return filter_takes(f->a, ctx) || filter_takes(f->b, ctx);
	case FILTER_NOT: return !filter_takes(f->a, ctx);
	default: return (f->kinds & BIT(ctx->update->kind)) && leaf_takes(f, ctx);
	}
}
