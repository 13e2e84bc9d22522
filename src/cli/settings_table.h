/* SPDX-License-Identifier: MIT */
/*
 * Every setting of tobs, in one table: options, keys of the environment and of
 * .env files, checks, help, the manual and docs/settings.md are made from it.
 *
 * A setting that is only about one run of one command (SETTING_NO_ENV) has no
 * key. The earlier program of this name had keys without a prefix; those that
 * still mean something count as well.
 */
#ifndef CLI_SETTINGS_TABLE_H
#define CLI_SETTINGS_TABLE_H

#include "base/settings.h"

enum cli_setting {
	/* of every command */
	SET_HELP,
	SET_VERSION,
	SET_ENV_FILE,
	SET_LOG_LEVEL,
	SET_COLOR,

	/* the account */
	SET_SESSION,
	SET_API_ID,
	SET_API_HASH,
	SET_PHONE,
	SET_QR,
	SET_BOT,
	SET_BOT_TOKEN,
	SET_LOGIN_CODE,
	SET_LOGIN_PASSWORD,

	/* the way to Telegram */
	SET_SERVER,
	SET_PROXY_TYPE,
	SET_PROXY_HOST,
	SET_PROXY_PORT,
	SET_PROXY_USER,
	SET_PROXY_PASSWORD,
	SET_PROXY_SECRET,
	SET_TRANSPORT,
	SET_FORWARD_SECRECY,
	SET_IPV6,
	SET_CONNECT_TIMEOUT,
	SET_FLOOD_WAIT_MAX,

	/* what is exported */
	SET_TARGETS,
	SET_ALL,
	SET_TYPE,
	SET_EXCLUDE,
	SET_SINCE,
	SET_UNTIL,
	SET_LAST,
	SET_FROM_ID,
	SET_TO_ID,
	SET_REFRESH,

	/* where to, and how */
	SET_OUT,
	SET_TIMEZONE,
	SET_FLAVOR,
	SET_LANG,
	SET_TAKEOUT,
	SET_PROFILE,
	SET_CONCURRENCY,
	SET_DRY_RUN,
	SET_PROGRESS,

	/* what is listed */
	SET_SEARCH,
	SET_JSON,
	SET_OFFLINE,

	/* bots */
	SET_TOKEN_FILE,
	SET_API_ROOT,
	SET_FILE,
	SET_SEND_AS,
	SET_PARSE,
	SET_FOLLOW,
	SET_CONFIRM,
	SET_CERTIFICATE,
	SET_DROP_PENDING,
	SET_WEBHOOK_SECRET,

	/* the simulator */
	SET_WORLD,
	SET_SYNTHETIC,
	SET_MTPROTO,
	SET_BOT_API,
	SET_FAULTS,
	SET_SEED,
	SET_FOLDER,
	SET_STATE,
	SET_CONTROL,
	SET_SCRIPT,

	SET_COUNT
};

extern const struct settings_table cli_settings;

extern const struct setting_profile cli_profiles[]; /* by the words of SET_PROFILE */

/* Which word of SET_TYPE. */
enum chat_type { CHAT_PRIVATE, CHAT_BOT, CHAT_GROUP, CHAT_FORUM, CHAT_CHANNEL };

/* Options that several commands take. */
struct option_group {
	const char *title; /* "Connection" */
	const unsigned *rows;
	unsigned count;
	bool shared; /* by many commands: short help names them only, the manual has them once */
};

/* In front of the command; of every command; of those that need no settings; and so on. */
extern const struct option_group options_front, options_general, options_only_help;
extern const struct option_group options_account, options_connection;

/* The options of one command: OPTION_GROUP("Output", rows). */
#define OPTION_GROUP(title, rows)                       \
	{                                               \
		(title), (rows), ARRAY_LEN(rows), false \
	}

#endif
