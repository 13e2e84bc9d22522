/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <tobs/rt.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/wipe.h"
#include "cli/account.h"
#include "cli/command.h"
#include "cli/connect.h"
#include "cli/prompt.h"
#include "cli/qr.h"
#include "cli/term.h"
#include "cli/text.h"

enum { TEXT_MAX = 4096, QR_MAX = 1 << 20 };

/* How a login asks: by settings, or the person at the terminal. */
struct login {
	const struct app *app;
	unsigned asked[SET_COUNT]; /* how often a setting answered */
	unsigned qr_lines;         /* of the code that stands on the terminal */
	struct tobs_err why;       /* what ended it, when it was the asking */
};

/*
 * An answer from the setting, once; then, and without one, from the person.
 * Where there is nobody, *why says which setting would help.
 */
static int answer(
	struct login *l, unsigned setting, const char *question, bool secret, struct tobs_buf *ret)
{
	char key[2 * SETTING_NAME_MAX];
	struct tobs_view given = settings_text(&l->app->settings, setting);

	if (given.len && !l->asked[setting]++)
		return tobs_buf_putv(ret, given);
	if (prompt_possible())
		return prompt_line(question, secret, ret, &l->why);
	setting_key(&cli_settings.rows[setting], cli_settings.prefix, key);
	if (given.len)
		return tobs_fail(&l->why, TOBS_EAUTH, "not logged in: what %s says is wrong", key);
	return tobs_fail(&l->why, TOBS_EAUTH,
		"not logged in: nobody is at a terminal to be asked, and %s is not set", key);
}

static const struct {
	const char *how, *sent;
} ways[] = {
	{ "app", "Telegram has sent a code to your other devices" },
	{ "sms", "Telegram has sent a code by SMS" },
	{ "sms_word", "Telegram has sent a word by SMS" },
	{ "sms_phrase", "Telegram has sent a few words by SMS" },
	{ "call", "Telegram will call and say a code" },
	{ "flash_call", "Telegram will call; the code is the number that calls" },
	{ "missed_call", "Telegram will call; the code is the end of the number that calls" },
	{ "email", "Telegram has sent a code by e-mail" },
	{ "fragment", "The code is at https://fragment.com" },
};

static int ask_code(void *user, const char *how, int length, struct tobs_buf *ret)
{
	const char *sent = "Telegram has sent a code";
	char question[256], digits[32] = "";

	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		if (strcmp(how, ways[i].how) == 0)
			sent = ways[i].sent;
	if (length > 0)
		snprintf(digits, sizeof digits, " of %d digits", length);
	snprintf(question, sizeof question,
		"%s.\nCode%s (Enter alone: send it another way): ", sent, digits);
	return answer(user, SET_LOGIN_CODE, question, false, ret);
}

static int ask_password(void *user, const char *hint, struct tobs_buf *ret)
{
	struct tobs_buf question;
	int r;

	tobs_buf_init(&question, TEXT_MAX);
	tobs_buf_puts(&question, "The account has a password");
	if (*hint) {
		tobs_buf_puts(&question, "; its hint: ");
		text_clean(&question, tobs_str(hint));
	}
	tobs_buf_puts(&question, "\nPassword (not shown while you type): ");
	r = answer(user, SET_LOGIN_PASSWORD, tobs_buf_str(&question), true, ret);
	tobs_buf_deinit(&question);
	return r;
}

/* On a terminal the code itself, the new one in the place of the old; elsewhere the link in it. */
static int show_qr(void *user, const char *url, int64_t seconds)
{
	struct login *l = user;
	struct term term = term_look(l->app);
	struct tobs_buf out;
	int r = TOBS_OK;

	if (!term.terminal) {
		printf("%s\n", url);
		fflush(stdout);
		return TOBS_OK;
	}
	tobs_buf_init(&out, QR_MAX);
	if (l->qr_lines && term.moves)
		tobs_buf_printf(&out, "\x1b[%uA\x1b[J", l->qr_lines);
	r = qr_draw(url, term.colors, &out, &l->qr_lines, &l->why);
	tobs_buf_printf(&out,
		"Scan this on a device that is logged in: Settings, Devices, Link Desktop Device.\n"
		"A new code comes in %lld s. Ctrl-C ends.\n",
		(long long)seconds);
	l->qr_lines += 2;
	if (!r)
		fwrite(tobs_buf_str(&out), 1, out.len, stdout);
	fflush(stdout);
	tobs_buf_wipe(&out);
	return r;
}

static void tell_wrong(void *user, const char *what)
{
	(void)user;
	if (prompt_possible())
		app_say("the %s is wrong, try again", what);
}

/* ---- the three ways ---- */

static int by_phone(struct login *l, struct tobs_client *c, const struct tobs_login_ui *ui,
	struct tobs_err *err)
{
	struct tobs_buf phone;
	int r;

	tobs_buf_init(&phone, TEXT_MAX);
	r = answer(l, SET_PHONE, "Phone number, with country code: ", false, &phone);
	if (!r && !phone.len)
		r = tobs_fail(&l->why, TOBS_EAUTH, "not logged in: no phone number was given");
	if (!r)
		r = tobs_login_phone(c, tobs_buf_str(&phone), ui, err);
	tobs_buf_wipe(&phone);
	return r;
}

static int by_token(struct login *l, struct tobs_client *c, struct tobs_err *err)
{
	struct tobs_buf token;
	int r;

	tobs_buf_init(&token, TEXT_MAX);
	r = answer(l, SET_BOT_TOKEN, "Bot token, from @BotFather (not shown): ", true, &token);
	if (!r)
		r = tobs_login_bot(c, tobs_buf_str(&token), err);
	tobs_buf_wipe(&token);
	return r;
}

static int log_in(struct login *l, struct tobs_client *c, struct tobs_err *err)
{
	const struct tobs_login_ui ui = { .code = ask_code,
		.password = ask_password,
		.qr = show_qr,
		.wrong = tell_wrong,
		.user = l };
	int r;

	if (settings_bool(&l->app->settings, SET_BOT))
		r = by_token(l, c, err);
	else if (settings_bool(&l->app->settings, SET_QR))
		r = tobs_login_qr(c, &ui, err);
	else
		r = by_phone(l, c, &ui, err);
	/* The client knows that asking failed, and we know why. */
	if (r && l->why.code == r)
		*err = l->why;
	return r;
}

static enum status tell_account(const char *before, const struct tobs_buf *who)
{
	struct tobs_buf out;

	tobs_buf_init(&out, 2 * TEXT_MAX);
	tobs_buf_puts(&out, before);
	text_clean(&out, tobs_buf_view(who));
	tobs_buf_puts(&out, ".\n");
	return app_print(&out);
}

static enum status log_in_and_tell(struct app *app, struct tobs_client *c)
{
	struct login l = { .app = app };
	struct tobs_err err = { .code = 0 };
	struct tobs_buf who;
	enum status status;
	int r = TOBS_EAUTH;

	tobs_buf_init(&who, TEXT_MAX);
	if (tobs_client_authorized(c))
		r = account_describe(c, &who, &err);
	if (!r) {
		status = tell_account("Already logged in as ", &who);
		tobs_buf_deinit(&who);
		return status;
	}
	/* EAUTH: not logged in, or ended from another device. */
	if (r == TOBS_EAUTH)
		r = log_in(&l, c, &err);
	if (!r)
		r = account_describe(c, &who, &err);
	status = r ? app_fail(app, r, &err) : tell_account("Logged in as ", &who);
	tobs_buf_deinit(&who);
	return status;
}

static enum status run(struct app *app)
{
	struct tobs_client *c;
	enum status status;

	if (settings_bool(&app->settings, SET_BOT) && settings_bool(&app->settings, SET_QR))
		return app_usage(app, "--bot and --qr exclude each other");
	status = connect_open(app, CONNECT_LOGIN, NULL, NULL, &c);
	if (status)
		return status;
	status = log_in_and_tell(app, c);
	tobs_client_free(c);
	return status;
}

static const unsigned rows[] = { SET_PHONE, SET_QR, SET_BOT, SET_BOT_TOKEN, SET_LOGIN_CODE,
	SET_LOGIN_PASSWORD };
static const struct option_group own = OPTION_GROUP("Login", rows);

const struct command cmd_login = {
	.name = "login",
	.summary = "logs in to an account",
	.about =
		"Asks for the phone number, the code that Telegram sends, and the password of "
		"two-step verification where the account has one. The keys of the login are kept in "
		"a session file (mode 0600): whoever has that file has the account.\n"
		"Telegram wants each application to have a number and a hash of its own: get yours "
		"at https://my.telegram.org (API development tools) and write API_ID=... and "
		"API_HASH=... to a file called .env.\n"
		"Where nobody is at a terminal, answers come from settings; what is missing there is "
		"an error, exit status 4.",
	.examples = "tobs login  # asks for everything\n"
		    "tobs login --qr  # scan a code with the app on your phone\n"
		    "tobs login --session work  # a second account beside the first\n"
		    "tobs login --bot  # as a bot",
	.flags = COMMAND_FIBER,
	.groups = { &own, &options_account, &options_connection, &options_general },
	.run = run,
};
