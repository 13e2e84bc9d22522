/* SPDX-License-Identifier: MIT */
/*
 * Asks for a name and an e-mail address, has them confirmed, and remembers:
 *
 *     BOT_TOKEN=… example_registration
 *
 * /register begins, /cancel ends it, as do ten minutes of silence (TIMEOUT_S), and
 * /me says who one is. Kill it whenever you like: everything is where it was when
 * it comes back. With BOT_API_ROOT it asks another server, such as `tobs sim`.
 */
#include <stdlib.h>
#include <tobs/conversation.h>
#include <tobs/keyboard.h>

/* What people write, but no commands. */
static struct tobs_filter *words(void)
{
	return tobs_f_and(tobs_f_text(), tobs_f_not(tobs_f_command()));
}

static int on_register(struct tobs_ctx *ctx, void *user)
{
	tobs_conv_go(ctx, "name");
	return tobs_reply(ctx, "What is your name?");
}

static int on_name(struct tobs_ctx *ctx, void *user)
{
	tobs_data_set_str(tobs_conv_data(ctx), "name", tobs_text(ctx));
	tobs_conv_go(ctx, "email");
	return tobs_reply(ctx, "Hello, %s. What is your e-mail address?", tobs_text(ctx));
}

static int on_email(struct tobs_ctx *ctx, void *user)
{
	struct tobs_data *d = tobs_conv_data(ctx);
	struct tobs_inline_builder k;
	struct tobs_send_message m;
	int r;

	tobs_data_set_str(d, "email", tobs_text(ctx));
	tobs_conv_go(ctx, "confirm");

	tobs_inline_init(&k, ctx);
	tobs_inline_callback(&k, "Yes", "register:yes");
	tobs_inline_callback(&k, "No", "register:no");
	m = (struct tobs_send_message){
		.text = tobs_arena_printf(tobs_ctx_arena(ctx), "%s, %s. Is that right?",
			tobs_data_str(d, "name", ""), tobs_text(ctx)),
	};
	r = tobs_inline_done(&k, &m.reply_markup);
	return r ? r : tobs_reply_with(ctx, &m, NULL);
}

static int on_no_email(struct tobs_ctx *ctx, void *user)
{
	return tobs_reply(ctx, "An e-mail address has an @ in it. Once more, please?");
}

/* All of it is saved together: the profile, the number, and that this has been done. */
static int on_yes(struct tobs_ctx *ctx, void *user)
{
	struct tobs_data *d = tobs_conv_data(ctx), *me = tobs_data_user(ctx);

	tobs_data_set_str(me, "name", tobs_data_str(d, "name", ""));
	tobs_data_set_str(me, "email", tobs_data_str(d, "email", ""));
	tobs_data_add(tobs_data_bot(ctx), "registrations", 1);
	tobs_conv_end(ctx);
	tobs_answer(ctx, NULL);
	return tobs_edit(ctx, "You are registered.", NULL);
}

static int on_no(struct tobs_ctx *ctx, void *user)
{
	tobs_conv_go(ctx, "name");
	tobs_answer(ctx, NULL);
	return tobs_edit(ctx, "Then once more: what is your name?", NULL);
}

static int on_cancel(struct tobs_ctx *ctx, void *user)
{
	tobs_conv_end(ctx);
	return tobs_reply(ctx, "Cancelled.");
}

static int on_timeout(struct tobs_ctx *ctx, void *user)
{
	return tobs_reply(ctx, "You have been quiet for so long. /register begins anew.");
}

static int on_me(struct tobs_ctx *ctx, void *user)
{
	struct tobs_data *me = tobs_data_user(ctx);

	if (!tobs_data_has(me, "name"))
		return tobs_reply(ctx, "I don't know you. /register?");
	return tobs_reply(ctx, "%s, %s. There were %lld registrations.",
		tobs_data_str(me, "name", ""), tobs_data_str(me, "email", ""),
		(long long)tobs_data_int(tobs_data_bot(ctx), "registrations", 0));
}

int main(void)
{
	const char *timeout = getenv("TIMEOUT_S");
	struct tobs_bot *bot = tobs_bot_new(&(struct tobs_bot_options){
		.token_env = "BOT_TOKEN",
		.store = "registration.db",
	});
	struct tobs_conv *c = tobs_conv_new(bot, "register",
		&(struct tobs_conv_options){
			.timeout_ms = 1000 * (timeout ? strtol(timeout, NULL, 10) : 600),
			.on_timeout = on_timeout,
		});

	tobs_conv_entry(c, tobs_f_command_is("register"), on_register, NULL);
	tobs_conv_state(c, "name", words(), on_name, NULL);
	tobs_conv_state(c, "email", tobs_f_regex("^\\S+@\\S+$"), on_email, NULL);
	tobs_conv_state(c, "email", words(), on_no_email, NULL);
	tobs_conv_state(c, "confirm", tobs_f_callback("register:yes"), on_yes, NULL);
	tobs_conv_state(c, "confirm", tobs_f_callback("register:no"), on_no, NULL);
	tobs_conv_fallback(c, tobs_f_command_is("cancel"), on_cancel, NULL);
	tobs_on_command(bot, "me", on_me, NULL);
	return tobs_bot_run(bot) ? EXIT_FAILURE : EXIT_SUCCESS;
}
