/* SPDX-License-Identifier: MIT */
/* What a message carries, by the member that tells its kind. */
#include "base/attr.h"
#include "sim/desktop.h"
#include "sim/vote.h"

/* What the handlers below are given. */
struct carrier {
	struct desktop *d;
	struct json_value message, value; /* the member that told the kind */
	int32_t id;                       /* of the message */
	struct tobs_err *err;
};

#define MEDIA_NEW(c, name) SIM_NEW(&(c)->d->w->arena, name)

static int finish(struct carrier *c, const void *media, const union tl_MessageMedia **ret)
{
	*ret = media;
	return media ? TOBS_OK : desktop_no_memory(c->err);
}

/* A number that makes up an id of something of this message. */
static int64_t number_of(const struct carrier *c, const char *kind)
{
	return sim_hash(c->d->w, kind, c->d->chat.id << 20 ^ c->id);
}

static int read_spoiler(struct carrier *c, bool *ret_spoiler, int32_t *ret_ttl)
{
	int r = desktop_bool(c->message, "media_spoiler", ret_spoiler, c->err);

	return r ? r : desktop_int32(c->message, "self_destruct_period_seconds", ret_ttl, c->err);
}

static int on_photo(struct carrier *c, const union tl_MessageMedia **ret)
{
	struct tl_messageMediaPhoto *m = MEDIA_NEW(c, messageMediaPhoto);
	bool spoiler = false;
	int32_t ttl = 0;
	int r = read_spoiler(c, &spoiler, &ttl);

	if (!m)
		return desktop_no_memory(c->err);
	if (!r)
		r = desktop_photo(c->d, c->message, &m->photo, c->err);
	if (r)
		return r;
	m->spoiler = spoiler;
	m->has_ttl_seconds = ttl != 0;
	m->ttl_seconds = ttl;
	return finish(c, m, ret);
}

static int on_file(struct carrier *c, const union tl_MessageMedia **ret)
{
	struct tl_messageMediaDocument *m = MEDIA_NEW(c, messageMediaDocument);
	struct tobs_view kind = { 0 };
	bool spoiler = false;
	int32_t ttl = 0;
	int r = read_spoiler(c, &spoiler, &ttl);

	if (!m)
		return desktop_no_memory(c->err);
	if (!r)
		r = desktop_str(c->message, "media_type", &kind, c->err);
	if (!r)
		r = desktop_document(c->d, c->message, &m->document, c->err);
	if (r)
		return r;
	m->spoiler = spoiler;
	m->has_ttl_seconds = ttl != 0;
	m->ttl_seconds = ttl;
	m->video = tobs_view_is(kind, "video_file");
	m->round = tobs_view_is(kind, "video_message");
	m->voice = tobs_view_is(kind, "voice_message");
	return finish(c, m, ret);
}

static int on_contact(struct carrier *c, const union tl_MessageMedia **ret)
{
	struct tl_messageMediaContact *m = MEDIA_NEW(c, messageMediaContact);
	struct tobs_view first = { 0 }, last = { 0 }, phone = { 0 };
	int r = desktop_str(c->value, "first_name", &first, c->err);

	if (!r)
		r = desktop_str(c->value, "last_name", &last, c->err);
	if (!r)
		r = desktop_str(c->value, "phone_number", &phone, c->err);
	if (r)
		return json_at_key(c->err, tobs_str("contact_information"), r);
	if (m) {
		m->first_name = sim_keep(c->d->w, first);
		m->last_name = sim_keep(c->d->w, last);
		m->phone_number = sim_keep(c->d->w, phone);
	}
	return finish(c, m, ret);
}

static int read_point(struct carrier *c, const union tl_GeoPoint **ret)
{
	static const struct tl_geoPointEmpty nowhere = { .ctor = TL_geoPointEmpty };
	struct json_value v = json_field(c->message, "location_information");
	struct tl_geoPoint *p;

	*ret = (const void *)&nowhere;
	if (!json_is_object(v))
		return TOBS_OK;
	p = MEDIA_NEW(c, geoPoint);
	if (!p)
		return desktop_no_memory(c->err);
	if (json_get_double(json_field(v, "latitude"), &p->lat) ||
		json_get_double(json_field(v, "longitude"), &p->long_))
		return json_at_key(c->err, tobs_str("location_information"),
			json_fail(
				c->err, TOBS_EMALFORMED, "needs latitude and longitude, numbers"));
	p->access_hash = number_of(c, "place");
	*ret = (const void *)p;
	return TOBS_OK;
}

static int on_place(struct carrier *c, const union tl_MessageMedia **ret)
{
	struct tl_messageMediaVenue *m = MEDIA_NEW(c, messageMediaVenue);
	struct tobs_view title = { 0 }, address = { 0 };
	int r = desktop_str(c->message, "place_name", &title, c->err);

	if (!m)
		return desktop_no_memory(c->err);
	if (!r)
		r = desktop_str(c->message, "address", &address, c->err);
	if (!r)
		r = read_point(c, &m->geo);
	if (r)
		return r;
	m->title = sim_keep(c->d->w, title);
	m->address = sim_keep(c->d->w, address);
	m->provider = tobs_str("foursquare");
	return finish(c, m, ret);
}

static int on_location(struct carrier *c, const union tl_MessageMedia **ret)
{
	struct tl_messageMediaGeo *plain = MEDIA_NEW(c, messageMediaGeo);
	struct tl_messageMediaGeoLive *live = MEDIA_NEW(c, messageMediaGeoLive);
	const union tl_GeoPoint *point;
	int32_t period = 0;
	int r = desktop_int32(c->message, "live_location_period_seconds", &period, c->err);

	if (!r)
		r = read_point(c, &point);
	if (r)
		return r;
	if (!plain || !live)
		return desktop_no_memory(c->err);
	plain->geo = live->geo = point;
	live->period = period;
	return finish(c, period ? (const void *)live : (const void *)plain, ret);
}

/* https://t.me/SomeBot?game=name: the part behind "game=". */
static struct tobs_view short_name(struct tobs_view link)
{
	size_t at = tobs_view_find(link, 0, tobs_str("game="));

	return at == SIZE_MAX ? tobs_str("game") : tobs_view_sub(link, at + 5, link.len);
}

static int on_game(struct carrier *c, const union tl_MessageMedia **ret)
{
	struct tl_messageMediaGame *m = MEDIA_NEW(c, messageMediaGame);
	struct tl_game *game = MEDIA_NEW(c, game);
	struct tl_photoEmpty *photo = MEDIA_NEW(c, photoEmpty);
	struct tobs_view title = { 0 }, description = { 0 }, link = { 0 };
	int r = desktop_str(c->message, "game_title", &title, c->err);

	if (!r)
		r = desktop_str(c->message, "game_description", &description, c->err);
	if (!r)
		r = desktop_str(c->message, "game_link", &link, c->err);
	if (r)
		return r;
	if (!m || !game || !photo)
		return desktop_no_memory(c->err);
	game->id = number_of(c, "game");
	game->access_hash = number_of(c, "game access");
	game->short_name = sim_keep(c->d->w, short_name(link));
	game->title = sim_keep(c->d->w, title);
	game->description = sim_keep(c->d->w, description);
	game->photo = (const void *)photo;
	m->game = game;
	return finish(c, m, ret);
}

static int on_invoice(struct carrier *c, const union tl_MessageMedia **ret)
{
	struct tl_messageMediaInvoice *m = MEDIA_NEW(c, messageMediaInvoice);
	struct tobs_view title = { 0 }, description = { 0 }, currency = { 0 };
	struct json_value v = c->value;
	int64_t receipt = 0;
	int r = desktop_unwrap(c->d, &v, c->err);

	if (!m)
		return desktop_no_memory(c->err);
	if (!r)
		r = desktop_str(v, "title", &title, c->err);
	if (!r)
		r = desktop_str(v, "description", &description, c->err);
	if (!r)
		r = desktop_str(v, "currency", &currency, c->err);
	if (!r)
		r = desktop_int(v, "amount", INT64_MIN, INT64_MAX, &m->total_amount, c->err);
	if (!r)
		r = desktop_int(v, "receipt_message_id", INT32_MIN, INT32_MAX, &receipt, c->err);
	if (r)
		return json_at_key(c->err, tobs_str("invoice_information"), r);
	m->title = sim_keep(c->d->w, title);
	m->description = sim_keep(c->d->w, description);
	m->currency = sim_keep(c->d->w, currency);
	if (receipt) {
		m->has_receipt_msg_id = 1;
		m->receipt_msg_id = (int32_t)receipt;
	}
	return finish(c, m, ret);
}

/* ---- polls ---- */

static struct tobs_view option(struct carrier *c, size_t i)
{
	uint8_t byte = (uint8_t)i;

	return sim_keep(c->d->w, tobs_view(&byte, 1));
}

static int read_answer(struct carrier *c, struct json_value v, size_t i,
	struct tl_pollAnswer *answer, struct tl_pollAnswerVoters *row, uint64_t *chosen)
{
	bool own = false;
	int r = desktop_text_object(c->d, json_field(v, "text"), &answer->text, c->err);

	if (r)
		return json_at_key(c->err, tobs_str("text"), r);
	r = desktop_int32(v, "voters", &row->voters, c->err);
	if (!r)
		r = desktop_bool(v, "chosen", &own, c->err);
	answer->option = row->option = option(c, i);
	row->has_voters = 1;
	if (own)
		*chosen |= UINT64_C(1) << i;
	return r;
}

static int read_answers(struct carrier *c, struct json_value list, struct tl_poll *poll,
	struct tl_pollResults *results, uint64_t *chosen)
{
	struct tobs_arena *arena = &c->d->w->arena;
	size_t n = json_count(list), i = 0;
	const struct tl_pollAnswerVoters **rows = TOBS_ARENA_ARRAY(
		arena, n + 1, const struct tl_pollAnswerVoters *);
	const struct tl_pollAnswer **answers = TOBS_ARENA_ARRAY(
		arena, n + 1, const struct tl_pollAnswer *);

	if (!rows || !answers)
		return desktop_no_memory(c->err);
	if (n > SIM_OPTIONS_MAX)
		return json_fail(
			c->err, TOBS_ETOOBIG, "more than %d answers", (int)SIM_OPTIONS_MAX);
	JSON_EACH (it, list) {
		struct tl_pollAnswer *answer = MEDIA_NEW(c, pollAnswer);
		struct tl_pollAnswerVoters *row = MEDIA_NEW(c, pollAnswerVoters);
		int r = answer && row ? read_answer(c, it.value, i, answer, row, chosen)
				      : desktop_no_memory(c->err);

		if (r)
			return json_at_index(c->err, i, r);
		answers[i] = answer;
		rows[i++] = row;
	}
	poll->answers = (struct tl_vec_PollAnswer){ (uint32_t)n, (const void *)answers };
	results->results = (struct tl_vec_PollAnswerVoters){ (uint32_t)n, rows };
	return TOBS_OK;
}

static int on_poll(struct carrier *c, const union tl_MessageMedia **ret)
{
	struct tl_messageMediaPoll *m = MEDIA_NEW(c, messageMediaPoll);
	struct tl_poll *poll = MEDIA_NEW(c, poll);
	struct tl_pollResults *results = MEDIA_NEW(c, pollResults);
	struct desktop_vote vote = { .poll_id = number_of(c, "poll"), .date = c->d->chat.date };
	bool closed = false;
	int r;

	if (!m || !poll || !results)
		return desktop_no_memory(c->err);
	poll->id = vote.poll_id;
	r = desktop_text_object(c->d, json_field(c->value, "question"), &poll->question, c->err);
	if (r)
		r = json_at_key(c->err, tobs_str("question"), r);
	if (!r)
		r = desktop_bool(c->value, "closed", &closed, c->err);
	if (!r)
		r = desktop_int32(c->value, "total_voters", &results->total_voters, c->err);
	if (!r) {
		r = read_answers(c, json_field(c->value, "answers"), poll, results, &vote.chosen);
		if (r)
			r = json_at_key(c->err, tobs_str("answers"), r);
	}
	if (r)
		return json_at_key(c->err, tobs_str("poll"), r);
	poll->closed = closed;
	results->has_total_voters = 1;
	m->poll = poll;
	m->results = results;
	if (vote.chosen && ARRAY_PUSH(&c->d->chat.votes, vote))
		return desktop_no_memory(c->err);
	return finish(c, m, ret);
}

/* ---- to-do lists ---- */

int desktop_todo_items(
	struct desktop *d, struct json_value v, struct tl_vec_TodoItem *ret, struct tobs_err *err)
{
	const struct tl_todoItem **items = TOBS_ARENA_ARRAY(
		&d->w->arena, json_count(v) + 1, const struct tl_todoItem *);
	uint32_t n = 0;

	if (!items)
		return desktop_no_memory(err);
	JSON_EACH (it, v) {
		struct tl_todoItem *item = SIM_NEW(&d->w->arena, todoItem);
		int r = item ? desktop_int32(it.value, "id", &item->id, err)
			     : desktop_no_memory(err);

		if (!r)
			r = desktop_text_object(d, json_field(it.value, "text"), &item->title, err);
		if (r)
			return json_at_index(err, n, r);
		items[n++] = item;
	}
	*ret = (struct tl_vec_TodoItem){ n, items };
	return TOBS_OK;
}

static int on_todo(struct carrier *c, const union tl_MessageMedia **ret)
{
	struct tl_messageMediaToDo *m = MEDIA_NEW(c, messageMediaToDo);
	struct tl_todoList *list = MEDIA_NEW(c, todoList);
	bool append = false, complete = false;
	int r;

	if (!m || !list)
		return desktop_no_memory(c->err);
	r = desktop_text_object(c->d, json_field(c->value, "title"), &list->title, c->err);
	if (!r)
		r = desktop_bool(c->value, "others_can_append", &append, c->err);
	if (!r)
		r = desktop_bool(c->value, "others_can_complete", &complete, c->err);
	if (!r)
		r = desktop_todo_items(c->d, json_field(c->value, "answers"), &list->list, c->err);
	if (r)
		return json_at_key(c->err, tobs_str("todo_list"), r);
	list->others_can_append = append;
	list->others_can_complete = complete;
	m->todo = list;
	return finish(c, m, ret);
}

/* ---- giveaways, paid media ---- */

static int read_ids(struct carrier *c, const char *key, struct tl_vec_long *ret)
{
	struct json_value v = json_field(c->value, key);
	int64_t *items = TOBS_ARENA_ARRAY(&c->d->w->arena, json_count(v) + 1, int64_t);
	uint32_t n = 0;

	if (!items)
		return desktop_no_memory(c->err);
	JSON_EACH (it, v)
		if (json_get_i64(it.value, &items[n++]))
			return json_at_key(c->err, tobs_str(key),
				json_at_index(c->err, n - 1,
					json_fail(c->err, TOBS_EMALFORMED, "is not an id")));
	*ret = (struct tl_vec_long){ n, items };
	return TOBS_OK;
}

static int on_giveaway(struct carrier *c, const union tl_MessageMedia **ret)
{
	struct tl_messageMediaGiveaway *m = MEDIA_NEW(c, messageMediaGiveaway);
	struct tobs_view prize = { 0 };
	bool only_new = false;
	int r;

	if (!m)
		return desktop_no_memory(c->err);
	r = read_ids(c, "channels", &m->channels);
	if (!r)
		r = desktop_int32(c->value, "quantity", &m->quantity, c->err);
	if (!r)
		r = desktop_int32(c->value, "months", &m->months, c->err);
	if (!r)
		r = desktop_int(c->value, "stars", 0, INT64_MAX, &m->stars, c->err);
	if (!r)
		r = desktop_date(c->d, c->value, "until_date", &m->until_date, c->err);
	if (!r)
		r = desktop_str(c->value, "additional_prize", &prize, c->err);
	if (!r)
		r = desktop_bool(c->value, "is_only_new_subscribers", &only_new, c->err);
	if (r)
		return json_at_key(c->err, tobs_str("giveaway_information"), r);
	m->has_months = m->months != 0;
	m->has_stars = m->stars != 0;
	m->prize_description = sim_keep(c->d->w, prize);
	m->only_new_subscribers = only_new;
	return finish(c, m, ret);
}

static int on_giveaway_results(struct carrier *c, const union tl_MessageMedia **ret)
{
	struct tl_messageMediaGiveawayResults *m = MEDIA_NEW(c, messageMediaGiveawayResults);
	struct tobs_view prize = { 0 };
	bool only_new = false, refunded = false;
	int r;

	if (!m)
		return desktop_no_memory(c->err);
	const struct {
		const char *key;
		int32_t *at;
	} numbers[] = {
		{ "launch_message_id", &m->launch_msg_id },
		{ "additional_peers_count", &m->additional_peers_count },
		{ "winners_count", &m->winners_count },
		{ "unclaimed_count", &m->unclaimed_count },
		{ "months", &m->months },
	};
	r = read_ids(c, "winners", &m->winners);
	for (size_t i = 0; !r && i < ARRAY_LEN(numbers); i++)
		r = desktop_int32(c->value, numbers[i].key, numbers[i].at, c->err);
	if (!r)
		r = desktop_int(c->value, "channel", 0, INT64_MAX, &m->channel_id, c->err);
	if (!r)
		r = desktop_int(c->value, "stars", 0, INT64_MAX, &m->stars, c->err);
	if (!r)
		r = desktop_date(c->d, c->value, "until_date", &m->until_date, c->err);
	if (!r)
		r = desktop_str(c->value, "additional_prize", &prize, c->err);
	if (!r)
		r = desktop_bool(c->value, "is_refunded", &refunded, c->err);
	if (!r)
		r = desktop_bool(c->value, "is_only_new_subscribers", &only_new, c->err);
	if (r)
		return json_at_key(c->err, tobs_str("giveaway_results"), r);
	m->has_additional_peers_count = m->additional_peers_count != 0;
	m->has_months = m->months != 0;
	m->has_stars = m->stars != 0;
	m->prize_description = sim_keep(c->d->w, prize);
	m->refunded = refunded;
	m->only_new_subscribers = only_new;
	return finish(c, m, ret);
}

/* Desktop tells the price and not what was behind it. */
static int on_paid(struct carrier *c, const union tl_MessageMedia **ret)
{
	struct tl_messageMediaPaidMedia *m = MEDIA_NEW(c, messageMediaPaidMedia);
	struct tl_messageExtendedMediaPreview *preview = MEDIA_NEW(c, messageExtendedMediaPreview);
	const union tl_MessageExtendedMedia **items = TOBS_ARENA_ARRAY(
		&c->d->w->arena, 1, const union tl_MessageExtendedMedia *);
	int r;

	if (!m || !preview || !items)
		return desktop_no_memory(c->err);
	r = desktop_int(c->message, "paid_stars_amount", 0, INT64_MAX, &m->stars_amount, c->err);
	if (r)
		return r;
	items[0] = (const void *)preview;
	m->extended_media = (struct tl_vec_MessageExtendedMedia){ 1, items };
	return finish(c, m, ret);
}

static const struct {
	const char *key;
	int (*read)(struct carrier *c, const union tl_MessageMedia **ret);
} kinds[] = {
	{ "photo", on_photo },
	{ "file", on_file },
	{ "contact_information", on_contact },
	{ "place_name", on_place }, /* before location_information, which stands beside it */
	{ "location_information", on_location },
	{ "game_title", on_game },
	{ "invoice_information", on_invoice },
	{ "poll", on_poll },
	{ "todo_list", on_todo },
	{ "giveaway_information", on_giveaway },
	{ "giveaway_results", on_giveaway_results },
	{ "paid_stars_amount", on_paid },
};

int desktop_media(struct desktop *d, struct json_value v, int32_t id,
	const union tl_MessageMedia **ret, struct tobs_err *err)
{
	*ret = NULL;
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct carrier c = { d, v, json_field(v, kinds[i].key), id, err };

		if (!json_is_missing(c.value))
			return kinds[i].read(&c, ret);
	}
	return TOBS_OK;
}
