/* SPDX-License-Identifier: MIT */
/* Messages with places, people, dice and polls. */
#include "base/attr.h"
#include "base/utf.h"
#include "sim/bot_send.h"

enum { ANSWERS_MAX = 12, QUESTION_MAX = 300, ANSWER_MAX = 100, VCARD_MAX = 2048, LIVE_MIN = 60 };

/* ---- places ---- */

static const union tl_GeoPoint *point(
	struct bot_call *c, double latitude, double longitude, double accuracy)
{
	struct tl_geoPoint *g = SIM_NEW(&c->arena, geoPoint);

	if (!g)
		return NULL;
	g->lat = latitude;
	g->long_ = longitude;
	g->access_hash = sim_access_hash(c->world, 1);
	g->has_accuracy_radius = accuracy > 0;
	g->accuracy_radius = (int32_t)accuracy;
	return (const void *)g;
}

static bool on_earth(double latitude, double longitude)
{
	return latitude >= -90 && latitude <= 90 && longitude >= -180 && longitude <= 180;
}

static const union tl_MessageMedia *place(struct bot_call *c, const union tl_GeoPoint *geo,
	int64_t live, int64_t heading, int64_t radius)
{
	struct tl_messageMediaGeo *plain;
	struct tl_messageMediaGeoLive *m;

	if (!live) {
		plain = SIM_NEW(&c->arena, messageMediaGeo);
		if (plain)
			plain->geo = geo;
		return geo ? (const void *)plain : NULL;
	}
	m = SIM_NEW(&c->arena, messageMediaGeoLive);
	if (!m || !geo)
		return NULL;
	m->geo = geo;
	m->period = (int32_t)live;
	m->has_heading = heading != 0;
	m->heading = (int32_t)heading;
	m->has_proximity_notification_radius = radius != 0;
	m->proximity_notification_radius = (int32_t)radius;
	return (const void *)m;
}

/* Sends a message that is nothing but this. */
static int send_media(struct bot_call *c, const union tl_MessageMedia *media)
{
	struct tl_message draft = { .media = media, .has_media = 1 };
	struct bot_target t;
	int r = media ? bot_target_read(c, &t) : bot_no_memory(c);

	return r ? r : bot_send(c, &t, &draft);
}

static int run_location(struct bot_call *c)
{
	const struct tobs_send_location *a = c->args;

	if (!on_earth(a->latitude, a->longitude))
		return bot_fail(c, 400, "wrong location specified");
	if (a->live_period && a->live_period != INT32_MAX &&
		(a->live_period < LIVE_MIN || a->live_period > BOT_LIFE_S))
		return bot_fail(c, 400, "wrong live location period specified");
	return send_media(c,
		place(c, point(c, a->latitude, a->longitude, a->horizontal_accuracy),
			a->live_period, a->heading, a->proximity_alert_radius));
}

static int run_venue(struct bot_call *c)
{
	const struct tobs_send_venue *a = c->args;
	struct tl_messageMediaVenue *m = SIM_NEW(&c->arena, messageMediaVenue);

	if (!on_earth(a->latitude, a->longitude))
		return bot_fail(c, 400, "wrong location specified");
	if (!m)
		return bot_no_memory(c);
	m->geo = point(c, a->latitude, a->longitude, 0);
	m->title = tobs_str(a->title);
	m->address = tobs_str(a->address);
	m->provider = tobs_str(a->google_place_id ? "gplaces"
			: a->foursquare_id        ? "foursquare"
						  : "");
	m->venue_id = tobs_str(a->google_place_id ? a->google_place_id : a->foursquare_id);
	m->venue_type = tobs_str(a->google_place_id ? a->google_place_type : a->foursquare_type);
	return m->geo ? send_media(c, (const void *)m) : bot_no_memory(c);
}

static int edit_live(struct bot_call *c, bool stop)
{
	const struct tobs_edit_message_live_location *a = c->args;
	const struct tobs_inline_keyboard_markup *const *markup = bot_arg(c, "reply_markup");
	struct tl_message draft = { .ctor = TL_message };
	struct sim_edit edit = { .draft = &draft, .media = true, .markup = true };
	const struct tl_messageMediaGeoLive *live;
	struct bot_edited e;
	int r = bot_edited_find(c, "edit", &e);

	if (r)
		return r;
	if (!e.message->media || e.message->media->ctor != TL_messageMediaGeoLive)
		return bot_fail(c, 400, "there is no live location in the message to edit");
	live = &e.message->media->messageMediaGeoLive;
	if (live->period != INT32_MAX && e.message->date + live->period < sim_now(c->world))
		return bot_fail(c, 400, "message can't be edited");
	draft.media = stop ? place(c, live->geo, 0, 0, 0)
			   : place(c, point(c, a->latitude, a->longitude, a->horizontal_accuracy),
				     a->live_period ? a->live_period : live->period, a->heading,
				     a->proximity_alert_radius);
	draft.has_media = 1;
	r = draft.media ? bot_inline_markup_read(c, *markup, &draft.reply_markup)
			: bot_no_memory(c);
	return r ? r : bot_edit(c, &e, &edit);
}

static int run_edit_live(struct bot_call *c)
{
	return edit_live(c, false);
}

static int run_stop_live(struct bot_call *c)
{
	return edit_live(c, true);
}

/* ---- people, dice ---- */

static int run_contact(struct bot_call *c)
{
	const struct tobs_send_contact *a = c->args;
	struct tl_messageMediaContact *m = SIM_NEW(&c->arena, messageMediaContact);
	const struct sim_user *known = sim_user_by_phone(c->world, tobs_str(a->phone_number));

	if (!a->phone_number[0])
		return bot_fail(c, 400, "parameter \"phone_number\" is required");
	if (!a->first_name[0])
		return bot_fail(c, 400, "parameter \"first_name\" is required");
	if (a->vcard && strlen(a->vcard) > VCARD_MAX)
		return bot_fail(c, 400, "vCard is too long");
	if (!m)
		return bot_no_memory(c);
	m->phone_number = tobs_str(a->phone_number);
	m->first_name = tobs_str(a->first_name);
	m->last_name = tobs_str(a->last_name);
	m->vcard = tobs_str(a->vcard);
	m->user_id = known ? known->peer : 0;
	return send_media(c, (const void *)m);
}

static int run_dice(struct bot_call *c)
{
	static const struct {
		const char *emoji;
		int most;
	} dice[] = { { "🎲", 6 }, { "🎯", 6 }, { "🏀", 5 }, { "⚽", 5 }, { "🎳", 6 }, { "🎰", 64 } };
	const struct tobs_send_dice *a = c->args;
	struct tl_messageMediaDice *m = SIM_NEW(&c->arena, messageMediaDice);
	const char *emoji = a->emoji && a->emoji[0] ? a->emoji : "🎲";

	if (!m)
		return bot_no_memory(c);
	for (size_t i = 0; i < ARRAY_LEN(dice); i++)
		if (strcmp(dice[i].emoji, emoji) == 0)
			m->value = 1 +
				(int32_t)(sim_hash(c->world, "dice", (int64_t)c->world->made_up++) %
					dice[i].most);
	if (!m->value)
		return bot_fail(c, 400, "DICE_EMOJI_INVALID");
	m->emoticon = tobs_str(emoji);
	return send_media(c, (const void *)m);
}

/* ---- polls ---- */

static int read_text(struct bot_call *c, const char *text, enum tobs_parse_mode mode,
	const struct tobs_message_entity_array *entities, const struct tl_textWithEntities **ret)
{
	struct tl_textWithEntities *out = SIM_NEW(&c->arena, textWithEntities);
	struct bot_text read;
	int r = out ? bot_text_read(c, text, mode, entities, &read) : bot_no_memory(c);

	if (r)
		return r;
	out->text = read.text;
	out->entities = read.entities;
	*ret = out;
	return TOBS_OK;
}

static int read_option(struct bot_call *c, const struct tobs_input_poll_option *from, size_t i,
	struct tl_pollAnswer *answer, struct tl_pollAnswerVoters *row)
{
	const char *option = tobs_arena_printf(&c->arena, "%zu", i);
	int r;

	if (!option || !answer || !row)
		return bot_no_memory(c);
	answer->option = row->option = tobs_str(option);
	row->has_voters = 1;
	r = read_text(c, from->text, from->text_parse_mode, &from->text_entities, &answer->text);
	if (r)
		return r;
	if (!answer->text->text.len)
		return bot_fail(c, 400, "poll options must be non-empty");
	if (utf16_len(answer->text->text) > ANSWER_MAX)
		return bot_fail(c, 400, "poll options length must not exceed %d", (int)ANSWER_MAX);
	return TOBS_OK;
}

static int read_options(struct bot_call *c, const struct tobs_send_poll *a, struct tl_poll *poll,
	struct tl_pollResults *results)
{
	size_t n = a->options.count;
	const void **answers = tobs_arena_array(&c->arena, n + 1, sizeof *answers);
	const struct tl_pollAnswerVoters **rows = tobs_arena_array(&c->arena, n + 1, sizeof *rows);

	if (!n)
		return bot_fail(c, 400, "poll must have at least 1 option");
	if (n > ANSWERS_MAX)
		return bot_fail(c, 400, "poll can't have more than %d options", (int)ANSWERS_MAX);
	if (!answers || !rows)
		return bot_no_memory(c);
	for (size_t i = 0; i < n; i++) {
		struct tl_pollAnswer *answer = SIM_NEW(&c->arena, pollAnswer);
		struct tl_pollAnswerVoters *row = SIM_NEW(&c->arena, pollAnswerVoters);
		int r = read_option(c, &a->options.items[i], i, answer, row);

		if (r)
			return r;
		for (size_t k = 0; k < a->correct_option_ids.count && poll->quiz; k++)
			row->correct |= a->correct_option_ids.items[k] == (int64_t)i;
		answers[i] = answer;
		rows[i] = row;
	}
	poll->answers = (struct tl_vec_PollAnswer){ (uint32_t)n, (const void *)answers };
	results->results = (struct tl_vec_PollAnswerVoters){ (uint32_t)n, rows };
	results->has_results = 1;
	results->has_total_voters = 1;
	return TOBS_OK;
}

static int read_quiz(
	struct bot_call *c, const struct tobs_send_poll *a, struct tl_pollResults *results)
{
	struct bot_text text;
	int r;

	if (!a->correct_option_ids.count)
		return bot_fail(c, 400, "quiz must have at least one correct option");
	for (size_t i = 0; i < a->correct_option_ids.count; i++)
		if (a->correct_option_ids.items[i] < 0 ||
			a->correct_option_ids.items[i] >= (int64_t)a->options.count)
			return bot_fail(c, 400, "wrong correct option ID specified");
	if (!a->explanation)
		return TOBS_OK;
	r = bot_text_read(
		c, a->explanation, a->explanation_parse_mode, &a->explanation_entities, &text);
	results->has_solution = text.text.len > 0;
	results->solution = text.text;
	results->solution_entities = text.entities;
	return r;
}

static int run_poll(struct bot_call *c)
{
	const struct tobs_send_poll *a = c->args;
	struct tl_messageMediaPoll *m = SIM_NEW(&c->arena, messageMediaPoll);
	struct tl_poll *poll = SIM_NEW(&c->arena, poll);
	struct tl_pollResults *results = SIM_NEW(&c->arena, pollResults);
	int r;

	if (!m || !poll || !results)
		return bot_no_memory(c);
	poll->id = sim_hash(c->world, "poll", (int64_t)c->world->made_up++);
	poll->quiz = a->type == TOBS_POLL_TYPE_QUIZ;
	poll->closed = a->is_closed;
	poll->public_voters = a->has_is_anonymous && !a->is_anonymous;
	poll->multiple_choice = a->allows_multiple_answers;
	poll->has_close_period = a->open_period != 0;
	poll->close_period = (int32_t)a->open_period;
	poll->has_close_date = a->close_date != 0;
	poll->close_date = (int32_t)a->close_date;
	poll->subscribers_only = a->members_only;
	r = read_text(
		c, a->question, a->question_parse_mode, &a->question_entities, &poll->question);
	if (!r && !poll->question->text.len)
		r = bot_fail(c, 400, "poll question must be non-empty");
	if (!r && utf16_len(poll->question->text) > QUESTION_MAX)
		r = bot_fail(c, 400, "poll question length must not exceed %d", (int)QUESTION_MAX);
	if (!r)
		r = read_options(c, a, poll, results);
	if (!r && poll->quiz)
		r = read_quiz(c, a, results);
	m->poll = poll;
	m->results = results;
	return r ? r : send_media(c, (const void *)m);
}

static int run_stop_poll(struct bot_call *c)
{
	const struct tobs_stop_poll *a = c->args;
	struct bot_show s = bot_show_of(c);
	struct tl_message draft = { .ctor = TL_message };
	struct sim_edit edit = { .actor = c->bot->account->user->peer,
		.draft = &draft,
		.media = true,
		.markup = true,
		.quietly = true };
	struct tl_messageMediaPoll *m;
	struct tl_poll *poll;
	struct bot_edited e;
	struct tobs_err err;
	const struct tobs_poll *shown;
	int r = bot_edited_find(c, "stop poll", &e);

	if (r)
		return r;
	if (!e.message->media || e.message->media->ctor != TL_messageMediaPoll)
		return bot_fail(c, 400, "message with poll to stop not found");
	m = SIM_COPY(&c->arena, messageMediaPoll, &e.message->media->messageMediaPoll);
	poll = m ? SIM_COPY(&c->arena, poll, m->poll) : NULL;
	if (!poll)
		return bot_no_memory(c);
	if (poll->closed)
		return bot_fail(c, 400, "poll has already been closed");
	poll->closed = 1;
	m->poll = poll;
	draft.media = (const void *)m;
	r = bot_inline_markup_read(c, a->reply_markup, &draft.reply_markup);
	if (r)
		return r;
	r = sim_edit(e.history, e.id, &edit, &err);
	if (r)
		return bot_refused(c, r, &err);
	shown = show_poll(&s, poll, m->results);
	bot_update(c->bot, TOBS_UPDATE_POLL, shown, poll->id, BOT_LIFE_S);
	return bot_result(c, TOBS_TYPE_POLL, shown);
}

const struct bot_row bot_rows_things[] = {
	{ TOBS_METHOD_SEND_LOCATION, run_location },
	{ TOBS_METHOD_SEND_VENUE, run_venue },
	{ TOBS_METHOD_EDIT_MESSAGE_LIVE_LOCATION, run_edit_live },
	{ TOBS_METHOD_STOP_MESSAGE_LIVE_LOCATION, run_stop_live },
	{ TOBS_METHOD_SEND_CONTACT, run_contact },
	{ TOBS_METHOD_SEND_DICE, run_dice },
	{ TOBS_METHOD_SEND_POLL, run_poll },
	{ TOBS_METHOD_STOP_POLL, run_stop_poll },
	{ 0, NULL },
};
