/* SPDX-License-Identifier: MIT */
/* Commands by which people have to do with bots. */
#include "base/attr.h"
#include "sim/change.h"
#include "sim/command.h"
#include "sim/text.h"

/* {"by", "chat", "text", "reply_to"}: as people write, with commands and links found in it. */
static int run_say(struct command *c)
{
	static const char *const known[] = { "do", "by", "chat", "text", "reply_to", NULL };
	struct tl_message *draft = SIM_NEW(&c->sim->world->arena, message);
	struct tl_messageReplyHeader *reply;
	struct sim_post post = { .draft = draft };
	struct sim_sent sent;
	int64_t id = 0;
	int r = draft ? loader_only(c->v, known, c->err) : loader_no_memory(c->err);

	if (!r)
		r = loader_peer(&c->l, c->v, "by", &post.from, c->err);
	if (!r)
		r = loader_peer(&c->l, c->v, "chat", &post.to, c->err);
	if (!r && (!post.from || !post.to))
		r = command_needs(c, post.from ? "chat" : "by");
	if (!r)
		r = loader_int(c->v, "reply_to", 1, INT32_MAX, &id, c->err);
	if (!r)
		r = loader_text(
			&c->l, json_field(c->v, "text"), &draft->message, &draft->entities, c->err);
	if (!r && sim_text_find(draft->message, &draft->entities, &c->sim->world->arena))
		r = loader_no_memory(c->err);
	if (r)
		return r;
	draft->has_entities = draft->entities.count > 0;
	if (id) {
		reply = SIM_NEW(&c->sim->world->arena, messageReplyHeader);
		if (!reply)
			return loader_no_memory(c->err);
		reply->has_reply_to_msg_id = 1;
		reply->reply_to_msg_id = (int32_t)id;
		draft->reply_to = (const void *)reply;
		draft->has_reply_to = 1;
	}
	r = command_done(c, sim_post(c->sim->world, &post, &sent, c->err));
	if (!r)
		command_put_id(c, sent.id);
	return r;
}

/* {"bot"}: as at @BotFather, /revoke. */
static int run_revoke(struct command *c)
{
	static const char *const known[] = { "do", "bot", NULL };
	struct sim_account *bot;
	int64_t id = 0;
	int r = loader_only(c->v, known, c->err);

	if (!r)
		r = loader_peer(&c->l, c->v, "bot", &id, c->err);
	if (r)
		return r;
	bot = sim_account(c->sim->world, id);
	if (!bot || !bot->token.len)
		return json_at_key(c->err, tobs_str("bot"),
			json_fail(c->err, TOBS_ENOTFOUND, "must be a bot"));
	r = command_done(c, sim_token_revoke(bot));
	if (!r) {
		jsonw_key(c->w, "token");
		jsonw_str_v(c->w, bot->token);
	}
	return r;
}

/* {"bot", "update": {"chat_boost": {…}}}: any update, as the Bot API writes it. */
static int run_update(struct command *c)
{
	static const char *const known[] = { "do", "bot", "update", NULL };
	int64_t id = 0;
	int r = loader_only(c->v, known, c->err);

	if (!r)
		r = loader_peer(&c->l, c->v, "bot", &id, c->err);
	if (!r && (!id || !c->sim->bots))
		r = command_needs(c, "bot");
	if (r)
		return r;
	r = sim_bots_tell(c->sim->bots, id, json_field(c->v, "update"), c->err);
	return r == TOBS_EMALFORMED ? json_at_key(c->err, tobs_str("update"), r)
				    : command_done(c, r);
}

const struct command_row command_bots[] = {
	{ "update", run_update },
	{ "revoke", run_revoke },
	{ "say", run_say },
	{ NULL, NULL },
};
