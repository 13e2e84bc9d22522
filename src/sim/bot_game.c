/* SPDX-License-Identifier: MIT */
/* Games: a message with a button; what is played, nobody knows here. */
#include "base/attr.h"
#include "sim/bot_send.h"

/* Without a keyboard of its own it has a button for playing, which must be the first. */
static int read_markup(struct bot_call *c, const char *title, struct bot_target *t)
{
	const struct tobs_callback_game nothing = { 0 };
	const struct tobs_inline_keyboard_button button = {
		.text = tobs_arena_printf(&c->arena, "Play %s", title), .callback_game = &nothing
	};
	const struct tobs_inline_keyboard_button_array row = { &button, 1 };
	const struct tobs_inline_keyboard_markup m = { .inline_keyboard = { &row, 1 } };

	if (!t->markup)
		return button.text ? bot_inline_markup_read(c, &m, &t->markup) : bot_no_memory(c);
	if (t->markup->replyInlineMarkup.rows.items[0]->buttons.items[0]->ctor !=
		TL_keyboardButtonGame)
		return bot_fail(c, 400, "first button in the reply markup must be a game button");
	return TOBS_OK;
}

static int run_send(struct bot_call *c)
{
	const struct tobs_send_game *a = c->args;
	struct tl_messageMediaGame *m = SIM_NEW(&c->arena, messageMediaGame);
	struct tl_game *game = SIM_NEW(&c->arena, game);
	struct tl_photoEmpty *photo = SIM_NEW(&c->arena, photoEmpty);
	struct tl_message draft = { .has_media = 1, .media = (const void *)m };
	struct bot_target t;
	int r = bot_target_read(c, &t);

	if (!r && !a->game_short_name[0])
		r = bot_fail(c, 400, "GAME_SHORTNAME_INVALID");
	if (!r && t.peer < 0 && sim_chat(c->world, t.peer)->kind == SIM_CHAT_CHANNEL)
		r = bot_fail(c, 400, "games can't be sent to channel chats");
	if (!r && (!m || !game || !photo))
		r = bot_no_memory(c);
	if (!r)
		r = read_markup(c, a->game_short_name, &t);
	if (r)
		return r;
	game->id = sim_hash(c->world, "game", c->bot->account->user->peer);
	game->access_hash = sim_access_hash(c->world, game->id);
	game->short_name = tobs_str(a->game_short_name);
	game->title = game->short_name;
	game->description = tobs_str("A game");
	game->photo = (const void *)photo;
	m->game = game;
	return bot_send(c, &t, &draft);
}

static int run_score(struct bot_call *c)
{
	const struct tobs_set_game_score *a = c->args;
	struct bot_edited e;
	int r = bot_edited_find(c, "set game score", &e);

	if (r)
		return r;
	if (!sim_user(c->world, a->user_id))
		return bot_fail(c, 400, "user not found");
	if (!e.message->media || e.message->media->ctor != TL_messageMediaGame || a->score < 0)
		return bot_fail(c, 400, a->score < 0 ? "SCORE_INVALID" : "message is not a game");
	return e.inline_sent ? bot_true(c) : bot_result_message(c, e.history, e.id);
}

const struct bot_row bot_rows_game[] = {
	{ TOBS_METHOD_SEND_GAME, run_send },
	{ TOBS_METHOD_SET_GAME_SCORE, run_score },
	{ 0, NULL },
};
