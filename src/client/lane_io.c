/* SPDX-License-Identifier: MIT */
/* An open connection of a lane: packets between the line and the session. */
#include <stdio.h>
#include <tobs/tl.h>

#include "base/log.h"
#include "client/lane.h"
#include "client/meet.h"
#include "mtproto/bind.h"
#include "tl/tables.h"
#include "tl/wire.h"

enum {
	SECOND = 1000000,
	WRITE_MS = 30000,         /* the other side must take what we send within this time */
	OFFLOAD_FROM = 128 << 10, /* bytes */
	IDLE_S = 300,             /* a connection nobody has used for so long is ended */
	DRAIN_S = 30, /* queries under way may take so long when the key is to be replaced */
	RENEWAL = TOBS_EAGAIN,
	BIND_SEALED_AT = 25, /* id, perm_auth_key_id, nonce, expires_at, length of the bytes */
};

/* ---- what the session tells ---- */

/* The connection works: what went wrong before no longer counts. */
static void worked(struct lane *l)
{
	l->failures = 0;
	l->client->worked = true;
	l->unknown = 0;
	backoff_reset(&l->backoff);
}

static void on_answer(void *user, struct mt_query *q, struct tobs_view result)
{
	struct lane *l = user;
	struct lane_call *call = q->user;

	if (q == &l->bind.query) {
		l->bind.pending = false;
		l->bind.refused = result.len < 4 || get_le32(result.ptr) != (uint32_t)TL_BOOL_TRUE;
		return;
	}
	worked(l);
	l->inited = true;
	tobs_buf_clear(call->answer);
	if (tobs_buf_putv(call->answer, result)) {
		tobs_fail(&l->why, call->answer->err, "the answer is too large");
		lane_finish(l, call, call->answer->err);
		return;
	}
	lane_finish(l, call, TOBS_OK);
}

static void on_refusal(void *user, struct mt_query *q, int32_t code, struct tobs_view name)
{
	struct lane *l = user;
	struct lane_call *call = q->user;
	char text[64];

	snprintf(text, sizeof text, "%.*s", TOBS_VIEW_FMT(name));
	if (q == &l->bind.query) {
		l->bind.pending = false;
		l->bind.refused = true;
		snprintf(l->bind.why, sizeof l->bind.why, "%s", text);
		return;
	}
	worked(l);
	refusal_parse(&call->refusal, code, text);
	l->inited = call->refusal.kind != REFUSAL_NOT_INITED;
	lane_finish(l, call, TOBS_ERPC);
}

/* Somebody has scanned our QR code, perhaps. */
static void login_token(struct lane *l)
{
	l->client->logins++;
	tobs_cond_broadcast(&l->client->told);
}

static void look_for_login(struct lane *l, const union tl_Update *u)
{
	if (u->ctor == TL_updateLoginToken)
		login_token(l);
}

static void take_updates(struct lane *l, const union tl_Updates *u)
{
	struct tobs_client *c = l->client;

	meet_object(&c->store, u);
	client_soiled(c);
	if (u->ctor == TL_updateShort)
		look_for_login(l, u->updateShort.update);
	if (u->ctor == TL_updates)
		for (uint32_t i = 0; i < u->updates.updates.count; i++)
			look_for_login(l, u->updates.updates.items[i]);
	if (c->setup.update)
		c->setup.update(c->setup.user, u);
}

static void on_update(void *user, struct tobs_view body)
{
	struct lane *l = user;
	const struct tl_ctor *ctor = tl_find(get_le32(body.ptr));
	struct tobs_err err;
	const void *object;

	if (!ctor || ctor->type != tl_find(TL_updateShort)->type) {
		log_debug("client", "a message of an unknown kind: %08x", get_le32(body.ptr));
		return;
	}
	tobs_arena_reset(&l->arena);
	if (tl_decode(body, &l->arena, &object, NULL, &err))
		log_warn("client", "updates that cannot be read: %s", err.message);
	else
		take_updates(l, object);
}

static void on_renewal(void *user)
{
	/* The update may have been in what was lost. */
	login_token(user);
}

static void on_lesson(void *user)
{
	struct lane *l = user;
	struct dc_key *k = dc_key_of(l->dc);

	if (k && k->known && l->session_key == k->key.id) {
		uint64_t salt = mt_session_salt(l->session);
		int64_t offset = mt_session_time_offset(l->session);

		if (salt == k->salt && offset == k->time_offset)
			return;
		k->salt = salt;
		k->time_offset = offset;
		l->client->store.head_dirty = true;
		client_soiled(l->client);
	} else if (l->session_key == l->dc->temp.key.id) {
		l->dc->temp.salt = mt_session_salt(l->session);
		l->dc->temp.time_offset = mt_session_time_offset(l->session);
	}
}

const struct mt_session_events lane_events = {
	.answered = on_answer,
	.refused = on_refusal,
	.update = on_update,
	.renewed = on_renewal,
	.learned = on_lesson,
};

/* ---- sessions ---- */

/* When the temporary key has to be replaced, µs by our monotonic clock. */
static int64_t renewal_time(const struct lane *l)
{
	const struct dc *d = l->dc;
	int64_t left;

	if (!d->temp.known || l->session_key != d->temp.key.id)
		return 0;
	left = d->temp.expires_at - DC_TEMP_SPARE_S - client_server_time(l->client, d->id);
	return clock_mono(l->client->clock) + MAX(left, 1) * SECOND;
}

int lane_renew_session(struct lane *l)
{
	const struct auth_key *key = dc_session_key(l->dc);
	struct dc_key *perm = dc_key_of(l->dc);
	bool temp = perm && key != &perm->key;
	struct mt_session_options options = { .key = key,
		.clock = l->client->clock,
		.rng = l->client->rng,
		.events = &lane_events,
		.user = l };
	struct mt_session *fresh;
	int r;

	if (!perm)
		return TOBS_ENOMEM;
	if (l->session && l->session_key == key->id) {
		l->renew_at = renewal_time(l);
		return TOBS_OK;
	}
	options.salt = temp ? l->dc->temp.salt : perm->salt;
	options.time_offset = temp ? l->dc->temp.time_offset : perm->time_offset;
	r = mt_session_new(&fresh, &options);
	if (r)
		return tobs_fail(&l->why, r, "no memory for a session");
	if (l->session) {
		LIST_EACH (it, &l->calls)
			mt_session_forget(
				l->session, &LIST_ITEM(it, struct lane_call, link)->query, false);
		mt_session_forget(l->session, &l->bind.query, false);
	}
	mt_session_free(l->session);
	l->session = fresh;
	l->session_key = key->id;
	l->inited = false;
	l->accepts = false;
	l->renew_at = renewal_time(l);
	return TOBS_OK;
}

/* The session is open: what waited goes out. */
static void open_session(struct lane *l)
{
	lane_keys_made(l);
	lane_enter(l, LANE_READY);
	l->accepts = true;
	LIST_EACH (it, &l->calls) {
		struct lane_call *call = LIST_ITEM(it, struct lane_call, link);

		if (call->query.state == MT_QUERY_IDLE)
			mt_session_send(l->session, &call->query);
	}
	tobs_cond_signal(&l->output);
}

/* ---- binding a temporary key ---- */

/* The message_id goes into what is sealed, so this is done when it is known. */
static void seal_bind(struct mt_query *q, uint64_t session_id, uint64_t msg_id)
{
	struct lane *l = CONTAINER_OF(q, struct lane, bind.query);
	const struct dc *d = l->dc;
	const struct mt_bind bind = { .nonce = l->bind.nonce,
		.temp_key_id = d->temp.key.id,
		.perm_key_id = dc_key_of(l->dc)->key.id,
		.session_id = session_id,
		.expires_at = (int32_t)d->temp.expires_at };

	/* When it fails for want of memory the server refuses, and we try again. */
	(void)!mt_bind_seal(&bind, &dc_key_of(l->dc)->key, msg_id, l->client->rng,
		l->bind.body.ptr + BIND_SEALED_AT);
}

static int start_bind(struct lane *l)
{
	static const uint8_t room[MT_BIND_BYTES];
	const struct dc *d = l->dc;
	int r;

	l->bind.nonce = rng_u64(l->client->rng);
	l->bind.pending = true;
	l->bind.refused = false;
	snprintf(l->bind.why, sizeof l->bind.why, "refused");
	tobs_buf_clear(&l->bind.body);
	r = tl_encode(&l->bind.body,
		TL(auth_bindTempAuthKey, .perm_auth_key_id = (int64_t)dc_key_of(l->dc)->key.id,
			.nonce = (int64_t)l->bind.nonce, .expires_at = (int32_t)d->temp.expires_at,
			.encrypted_message = tobs_view(room, sizeof room)),
		NULL);
	if (r)
		return tobs_fail(&l->why, r, "no memory to bind a key");
	l->bind.query = (struct mt_query){ .body = tobs_buf_view(&l->bind.body),
		.prepare = seal_bind };
	mt_session_send(l->session, &l->bind.query);
	return TOBS_OK;
}

static int end_bind(struct lane *l, struct tobs_err *err)
{
	if (l->bind.refused) {
		dc_drop_temp(l->dc, l->session_key);
		tobs_fail(err, TOBS_EPROTO, "the temporary key cannot be bound: %s", l->bind.why);
		/* It cannot decrypt what we sealed with the permanent key: it has another, or none. */
		if (strcmp(l->bind.why, "ENCRYPTED_MESSAGE_INVALID") == 0)
			err->status = LINE_KEY_UNKNOWN;
		return TOBS_EPROTO;
	}
	l->dc->temp.bound = true;
	open_session(l);
	return TOBS_OK;
}

/* ---- the writer ---- */

static int send_output(struct lane *l)
{
	struct tobs_deadline d;
	int r = mt_session_flush(l->session, &l->line.link, &l->line.out);

	if (r)
		return tobs_fail(&l->ended_why, r, "no memory to send");
	if (l->line.out.len == 0)
		return TOBS_OK;
	tobs_deadline_push(&d, WRITE_MS);
	r = line_flush(&l->line, &l->ended_why);
	tobs_deadline_pop(&d);
	return r;
}

static bool is_idle(const struct lane *l)
{
	return list_empty(&l->calls) && !l->wanted;
}

static int wait_for_output(struct lane *l)
{
	int64_t due = mt_session_due(l->session), left;
	struct tobs_deadline d;
	int r;

	if (l->renew_at)
		due = MIN(due, l->renew_at);
	if (is_idle(l))
		due = MIN(due, l->idle_since + (int64_t)IDLE_S * SECOND);
	left = due - clock_mono(l->client->clock);
	tobs_deadline_push(&d, MAX(left, 0) / 1000 + 1);
	r = tobs_cond_wait(&l->output);
	tobs_deadline_pop(&d);
	return r == TOBS_ETIMEDOUT ? TOBS_OK : r;
}

/* The temporary key is due: no new queries, and when those under way have ended, another key. */
static int drain(struct lane *l)
{
	int64_t now = clock_mono(l->client->clock);

	if (!l->renew_at || now < l->renew_at)
		return TOBS_OK;
	if (l->accepts) {
		l->accepts = false;
		l->drained_by = now + (int64_t)DRAIN_S * SECOND;
	}
	if (mt_session_pending(l->session) && now < l->drained_by) {
		l->renew_at = now + SECOND / 10;
		return TOBS_OK;
	}
	return RENEWAL;
}

/* Whether the connection has been of no use for long. */
static bool is_superfluous(struct lane *l)
{
	int64_t now = clock_mono(l->client->clock);

	if (!is_idle(l))
		l->idle_since = now;
	return now - l->idle_since >= (int64_t)IDLE_S * SECOND;
}

static int writer_main(void *arg)
{
	struct lane *l = arg;
	int r = TOBS_OK;

	l->idle_since = clock_mono(l->client->clock);

	while (!r) {
		r = mt_session_tick(l->session);
		if (r)
			tobs_fail(&l->ended_why, r, "the server has fallen silent");
		else
			r = drain(l);
		if (!r && is_superfluous(l))
			r = tobs_fail(&l->ended_why, TOBS_ECLOSED, "idle");
		if (!r && mt_session_has_output(l->session))
			r = send_output(l);
		else if (!r)
			r = wait_for_output(l);
	}
	l->ended = r;
	line_hang_up(&l->line);
	return TOBS_OK;
}

/* ---- the reader, which is the lane's own fiber ---- */

struct decrypting {
	const struct mt_session *session;
	struct mt_packet *packet;
	struct mt_message message;
};

static int decrypt(void *arg)
{
	struct decrypting *d = arg;

	return mt_session_decrypt(d->session, d->packet->data, d->packet->len, &d->message);
}

/* A part of a file takes longer than the way to a worker thread; others go on meanwhile. */
static int take_message(struct lane *l, struct mt_packet *packet)
{
	struct decrypting d = { .session = l->session, .packet = packet };
	int r;

	if (packet->len < OFFLOAD_FROM)
		return mt_session_receive(l->session, packet->data, packet->len);
	r = tobs_offload(decrypt, &d);
	return r ? r : mt_session_accept(l->session, &d.message);
}

static int take_packet(struct lane *l, struct mt_packet *packet, struct tobs_err *err)
{
	int r;

	if (packet->kind == MT_PACKET_ERROR)
		return line_refused(packet->number, err);
	if (packet->kind == MT_PACKET_QUICK_ACK)
		return TOBS_OK;
	r = take_message(l, packet);
	if (r == TOBS_ECANCELED)
		return r;
	if (r)
		return tobs_fail(
			err, r, "what the server sends cannot be read: %s", tobs_error_text(r));
	if (l->bind.pending || l->state == LANE_READY)
		return TOBS_OK;
	return end_bind(l, err);
}

static int read_packets(struct lane *l, struct tobs_err *err)
{
	struct mt_packet packet;
	int r;

	for (;;) {
		r = mt_link_next(&l->line.link, &packet);
		if (r == TOBS_EAGAIN) {
			if (mt_session_has_output(l->session))
				tobs_cond_signal(&l->output);
			r = line_read(&l->line, err);
		} else if (r) {
			tobs_fail(err, r, "what answers there is no Telegram server");
		} else {
			r = take_packet(l, &packet, err);
		}
		if (r)
			return r;
	}
}

int lane_serve(struct lane *l, struct tobs_err *err)
{
	const struct tobs_fiber_options options = { .name = "client writer" };
	bool bind = l->dc->temp.known && !l->dc->temp.bound;
	struct tobs_shield shield;
	struct tobs_fiber *writer;
	int r = TOBS_OK;

	l->ended = TOBS_OK;
	l->bind.pending = false;
	mt_session_connected(l->session);
	if (bind)
		r = start_bind(l);
	else
		open_session(l);
	if (!r)
		r = tobs_spawn(&writer, writer_main, l, &options);
	if (!r) {
		r = read_packets(l, err);
		line_hang_up(&l->line);
		tobs_shield_begin(&shield);
		tobs_cancel(writer);
		(void)tobs_join(writer, NULL);
		tobs_shield_end(&shield);
		if (r == TOBS_ECLOSED && l->ended && l->ended != TOBS_ECANCELED) {
			r = l->ended;
			*err = l->ended_why;
		}
	}
	mt_session_forget(l->session, &l->bind.query, false);
	mt_session_disconnected(l->session);
	on_lesson(l); /* salts change by the clock, too */
	return r;
}
