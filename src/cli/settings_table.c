/* SPDX-License-Identifier: MIT */
#include "cli/settings_table.h"

#include "base/attr.h"
#include "export/export.h"

#define NO_ENV    SETTING_NO_ENV
#define NO_OPTION SETTING_NO_OPTION
#define SECRET    SETTING_SECRET

static const struct setting rows[SET_COUNT] = {
	[SET_HELP] = { "help", 'h', SETTING_BOOL, NO_ENV,
		.help = "Shows help and ends: -h in short, --help in full." },
	[SET_VERSION] = { "version", 'V', SETTING_BOOL, NO_ENV,
		.help = "Shows the version and ends." },
	[SET_ENV_FILE] = { "env-file", 0, SETTING_PATH, NO_ENV, .value = "FILE",
		.help = "Reads settings from this file instead of .env in the current folder." },
	[SET_LOG_LEVEL] = { "log-level", 0, SETTING_ENUM, .words = "error warn info debug trace",
		.def = "warn", .value = "LEVEL",
		.aliases = { { "LOG_LEVEL", .words = "warning=warn critical=error" } },
		.help = "How much is said on standard error about what happens inside." },
	[SET_COLOR] = { "color", 0, SETTING_ENUM, .words = "auto always never", .def = "auto",
		.also = "colour", .help = "Colours; auto: on a terminal, unless NO_COLOR is set." },

	[SET_SESSION] = { "session", 's', SETTING_STRING, .def = "tobs", .value = "NAME",
		.aliases = { { "SESSION_NAME" } },
		.help = "Which login to use. A name stands for a file in the state folder "
			"($XDG_STATE_HOME/tobs, else ~/.local/state/tobs); what has a / in it is "
			"the path of a file." },
	[SET_API_ID] = { "api-id", 0, SETTING_INT, .min = 1, .max = INT32_MAX, .value = "NUMBER",
		.aliases = { { "API_ID" } },
		.help = "The number of your application, from https://my.telegram.org." },
	[SET_API_HASH] = { "api-hash", 0, SETTING_STRING, SECRET, .value = "HASH",
		.aliases = { { "API_HASH" } },
		.help = "The hash that belongs to it. Better kept in .env than typed: other users "
			"of a computer can see command lines." },
	[SET_PHONE] = { "phone", 'p', SETTING_STRING, .value = "NUMBER",
		.aliases = { { "PHONE_NUMBER" } },
		.help = "The phone number to log in with, as +12025550123. Without it tobs asks." },
	[SET_QR] = { "qr", 0, SETTING_BOOL, NO_ENV,
		.help = "Logs in with a QR code that another device of the account scans." },
	[SET_BOT] = { "bot", 0, SETTING_BOOL, NO_ENV,
		.help = "Logs in as a bot; its token is the setting TOBS_BOT_TOKEN, or asked for." },
	[SET_BOT_TOKEN] = { "bot-token", 0, SETTING_STRING, NO_OPTION | SECRET, .value = "TOKEN",
		.aliases = { { "BOT_TOKEN" } }, .help = "The token of a bot, from @BotFather." },
	[SET_LOGIN_CODE] = { "login-code", 0, SETTING_STRING, NO_OPTION | SECRET, .value = "CODE",
		.aliases = { { "EXPORT_TG_CODE" } },
		.help = "Answers the question for the login code, where nobody can type it: with "
			"the simulator, or in scripts." },
	[SET_LOGIN_PASSWORD] = { "login-password", 0, SETTING_STRING, NO_OPTION | SECRET,
		.value = "PASSWORD",
		.help = "The same for the password of two-step verification." },

	[SET_SERVER] = { "server", 0, SETTING_STRING, .def = "production", .value = "WHERE",
		.help = "Which Telegram: production, test, or sim:[HOST:]PORT,KEY.pem for a "
			"simulated one (tobs sim), KEY.pem being its public key." },
	[SET_PROXY_TYPE] = { "proxy-type", 0, SETTING_ENUM, .words = "none socks5 http mtproto",
		.def = "none", .value = "KIND", .aliases = { { "PROXY_TYPE" } },
		.help = "Connects through a proxy of this kind." },
	[SET_PROXY_HOST] = { "proxy-host", 0, SETTING_STRING, .value = "HOST",
		.aliases = { { "PROXY_ADDR" } }, .help = "The proxy's name or address." },
	[SET_PROXY_PORT] = { "proxy-port", 0, SETTING_INT, .min = 1, .max = 65535, .value = "PORT",
		.aliases = { { "PROXY_PORT" } }, .help = "The proxy's port." },
	[SET_PROXY_USER] = { "proxy-user", 0, SETTING_STRING, .value = "NAME",
		.aliases = { { "PROXY_USER" } }, .help = "Who you are to a SOCKS5 or HTTP proxy." },
	[SET_PROXY_PASSWORD] = { "proxy-password", 0, SETTING_STRING, NO_OPTION | SECRET,
		.value = "PASSWORD", .aliases = { { "PROXY_PASSWORD" } },
		.help = "The password for it." },
	[SET_PROXY_SECRET] = { "proxy-secret", 0, SETTING_STRING, NO_OPTION | SECRET,
		.value = "SECRET", .aliases = { { "PROXY_SECRET" } },
		.help = "The secret of an MTProto proxy, hexadecimal or base64." },
	[SET_TRANSPORT] = { "transport", 0, SETTING_ENUM,
		.words = "obfuscated abridged intermediate padded full", .def = "obfuscated",
		.value = "KIND", .help = "How packets are framed on a connection." },
	[SET_FORWARD_SECRECY] = { "forward-secrecy", 0, SETTING_BOOL, .def = "no",
		.help = "Uses temporary keys, replaced each day: what was recorded on the way stays "
			"unreadable even to somebody who gets hold of the session file later." },
	[SET_IPV6] = { "ipv6", 0, SETTING_BOOL, .def = "no", .help = "Prefers IPv6." },
	[SET_CONNECT_TIMEOUT] = { "connect-timeout", 0, SETTING_DURATION, .min = 100, .max = 300000,
		.unit = "s", .def = "10s", .help = "How long one attempt to connect may take." },
	[SET_FLOOD_WAIT_MAX] = { "flood-wait-max", 0, SETTING_DURATION, .min = 0, .max = 604800000,
		.unit = "s", .def = "1d",
		.help = "When Telegram asks to wait longer than this, give up instead." },

	[SET_TARGETS] = { "targets", 0, SETTING_LIST, NO_OPTION, .value = "TARGETS",
		.aliases = { { "EXPORT_TARGETS" } },
		.help = "What tobs export takes where the command line names nothing." },
	[SET_ALL] = { "all", 'a', SETTING_BOOL, .def = "no", .help = "Every chat of the account." },
	[SET_TYPE] = { "type", 't', SETTING_LIST, .words = "private bot group forum channel",
		.value = "TYPES", .help = "Only chats of these types." },
	[SET_EXCLUDE] = { "exclude", 'x', SETTING_LIST, .value = "TARGETS",
		.help = "Chats that --all leaves out." },
	[SET_SINCE] = { "since", 0, SETTING_DATE, .help = "Only messages from this date on." },
	[SET_UNTIL] = { "until", 0, SETTING_DATE,
		.help = "Only messages up to this date; a day counts whole." },
	[SET_LAST] = { "last", 'l', SETTING_INT, .min = 1, .max = INT32_MAX,
		.help = "Only so many of the newest messages of each chat." },
	[SET_FROM_ID] = { "from-id", 0, SETTING_INT, .min = 1, .max = INT32_MAX, .value = "ID",
		.help = "Only messages from this id on." },
	[SET_TO_ID] = { "to-id", 0, SETTING_INT, .min = 1, .max = INT32_MAX, .value = "ID",
		.help = "Only messages up to this id." },
	[SET_REFRESH] = { "refresh", 0, SETTING_INT, .min = 0, .max = 36500, .def = "2",
		.value = "DAYS",
		.help = "Looks again at messages of so many days for edits, reactions and deletions; "
			"0: at none." },

	[SET_OUT] = { "out", 'o', SETTING_PATH, .def = "export", .value = "DIR",
		.aliases = { { "EXPORT_PATH" } },
		.help = "The output folder: the files, and below .tobs the archive they are made "
			"from." },
	[SET_TIMEZONE] = { "timezone", 0, SETTING_STRING, .def = "local", .value = "ZONE",
		.help = "In which zone dates are: local, UTC, +03:00, or a name such as "
			"Europe/Paris." },
	[SET_FLAVOR] = { "flavor", 0, SETTING_ENUM, .words = "obsidian gfm", .def = "obsidian",
		.value = "NAME",
		.help = "The dialect of Markdown: for Obsidian, or for GitHub and everything else." },
	[SET_LANG] = { "lang", 0, SETTING_ENUM, .words = "en ru", .def = "en", .value = "CODE",
		.help = "The language of the words that tobs adds to the files." },
	[SET_TAKEOUT] = { "takeout", 0, SETTING_BOOL, .def = "no", .aliases = { { "USE_TAKEOUT" } },
		.help = "Asks Telegram for an export session, which has gentler limits; it may have "
			"to be confirmed in another app. Refused, the export goes on without." },
	[SET_PROFILE] = { "profile", 0, SETTING_ENUM, .words = "conservative balanced aggressive",
		.def = "balanced", .value = "NAME",
		.aliases = { { "PERFORMANCE_PROFILE", .words = "custom=balanced" } },
		.help = "How much to ask of Telegram at once." },
	[SET_CONCURRENCY] = { "concurrency", 'j', SETTING_INT, .min = 1,
		.max = EXPORT_CONCURRENCY_MAX, .value = "N",
		.help = "Pages that are asked for at once, at most; by the profile 4, 24 or 64. It "
			"adapts to what the server allows." },
	[SET_DRY_RUN] = { "dry-run", 'n', SETTING_BOOL, NO_ENV,
		.help = "Says how much there is, and fetches nothing." },
	[SET_PROGRESS] = { "progress", 0, SETTING_ENUM, .words = "auto tty json none",
		.def = "auto", .value = "HOW",
		.aliases = { { "TTY_MODE", .words = "force-tty=tty force-non-tty=json" } },
		.help = "What is shown meanwhile: lines that are drawn anew (tty), lines of JSON "
			"(docs/progress.md), nothing; auto: tty on a terminal, else json." },

	[SET_SEARCH] = { "search", 0, SETTING_STRING, NO_ENV, .value = "TEXT",
		.help = "Only chats with this in their title or @username." },
	[SET_JSON] = { "json", 0, SETTING_BOOL, NO_ENV, .help = "As JSON, for programs." },
	[SET_OFFLINE] = { "offline", 0, SETTING_BOOL, NO_ENV,
		.help = "Without asking Telegram anything." },

	[SET_TOKEN_FILE] = { "token-file", 0, SETTING_PATH, .value = "FILE",
		.help = "Reads the bot's token from this file, whatever TOBS_BOT_TOKEN says." },
	[SET_API_ROOT] = { "api-root", 0, SETTING_STRING, .def = "https://api.telegram.org",
		.value = "URL", .aliases = { { "BOT_API_ROOT" } },
		.help = "Which Bot API server is asked: Telegram's, one of your own, or tobs sim." },
	[SET_FILE] = { "file", 'f', SETTING_PATH, NO_ENV, .value = "FILE",
		.help = "Sends this file; TEXT is its caption." },
	[SET_SEND_AS] = { "as", 0, SETTING_ENUM, NO_ENV,
		.words = "document photo video audio voice", .def = "document", .value = "KIND",
		.help = "How the file is sent." },
	[SET_PARSE] = { "parse", 0, SETTING_ENUM, NO_ENV, .words = "none html markdown",
		.def = "none", .value = "HOW",
		.help = "How TEXT is formatted; markdown is Telegram's MarkdownV2." },
	[SET_FOLLOW] = { "follow", 0, SETTING_BOOL, NO_ENV,
		.help = "Goes on as more come, until it is interrupted." },
	[SET_CONFIRM] = { "confirm", 0, SETTING_BOOL, NO_ENV,
		.help = "Tells Telegram that the updates have come: they are gone then, for the bot, "
			"too." },
	[SET_CERTIFICATE] = { "certificate", 0, SETTING_PATH, NO_ENV, .value = "FILE",
		.help = "The certificate (PEM) of a server that has one of its own making." },
	[SET_DROP_PENDING] = { "drop-pending", 0, SETTING_BOOL, NO_ENV,
		.help = "Throws away what waits for the bot." },
	[SET_WEBHOOK_SECRET] = { "webhook-secret", 0, SETTING_STRING, NO_OPTION | SECRET,
		.value = "SECRET",
		.help = "What Telegram sends along with each update, so that the bot knows it is "
			"Telegram." },

	[SET_WORLD] = { "world", 0, SETTING_PATH, NO_ENV, .value = "FILE",
		.help = "The chats and people that are there: a result.json of Telegram Desktop, or "
			"a world of tobs's own (docs/simulator.md)." },
	[SET_SYNTHETIC] = { "synthetic", 0, SETTING_STRING, NO_ENV, .value = "SPEC",
		.help = "Chats made up from a seed, such as \"mixed,messages=100000,seed=7\"; several "
			"separated by ';'." },
	[SET_MTPROTO] = { "mtproto", 0, SETTING_STRING, NO_ENV, .value = "[HOST:]PORT",
		.help = "Where it listens; the data centres take this port and those behind it. "
			"Default: free ports of 127.0.0.1." },
	[SET_BOT_API] = { "bot-api", 0, SETTING_STRING, NO_ENV, .value = "[HOST:]PORT",
		.help = "Serves the Bot API there, too; port 0 is any free one." },
	[SET_FAULTS] = { "faults", 0, SETTING_STRING, NO_ENV, .value = "FAULTS",
		.help = "What goes wrong on purpose, such as "
			"\"latency=100,drop=200000,flood=messages.getHistory:10/30\", or a file that "
			"says so." },
	[SET_SEED] = { "seed", 0, SETTING_INT, NO_ENV, .min = 0, .max = INT64_MAX, .def = "1",
		.help = "Where its randomness begins." },
	[SET_FOLDER] = { "folder", 0, SETTING_PATH, NO_ENV, .def = "sim", .value = "DIR",
		.help = "Where it writes its public key, and a .env with which tobs finds it." },
	[SET_STATE] = { "state", 0, SETTING_PATH, NO_ENV, .value = "DIR",
		.help = "Where it keeps keys and log-ins, so that nobody has to log in again "
			"when it is started anew." },
	[SET_CONTROL] = { "control", 0, SETTING_INT, NO_ENV, .min = 0, .max = 65535,
		.value = "PORT",
		.help = "Takes commands in JSON on this port of 127.0.0.1; 0 is any free one." },
	[SET_SCRIPT] = { "script", 0, SETTING_PATH, NO_ENV, .value = "FILE",
		.help = "Commands in JSON, a line each, to carry out from the start on." },
};

const struct settings_table cli_settings = { rows, SET_COUNT, "TOBS_" };

#define SHARED_GROUP(title, rows)                      \
	{                                              \
		(title), (rows), ARRAY_LEN(rows), true \
	}

static const struct setting_preset conservative[] = { { SET_CONCURRENCY, "4" }, { 0, NULL } };
static const struct setting_preset balanced[] = { { SET_CONCURRENCY, "24" }, { 0, NULL } };
static const struct setting_preset aggressive[] = { { SET_CONCURRENCY, "64" }, { 0, NULL } };

const struct setting_profile cli_profiles[] = {
	{ "conservative", conservative },
	{ "balanced", balanced },
	{ "aggressive", aggressive },
};

static const unsigned front[] = { SET_ENV_FILE, SET_LOG_LEVEL, SET_COLOR, SET_HELP, SET_VERSION };
static const unsigned general[] = { SET_ENV_FILE, SET_LOG_LEVEL, SET_COLOR, SET_HELP };
static const unsigned only_help[] = { SET_HELP };
static const unsigned account[] = { SET_SESSION, SET_API_ID, SET_API_HASH };
static const unsigned connection[] = { SET_SERVER, SET_PROXY_TYPE, SET_PROXY_HOST, SET_PROXY_PORT,
	SET_PROXY_USER, SET_PROXY_PASSWORD, SET_PROXY_SECRET, SET_TRANSPORT, SET_FORWARD_SECRECY,
	SET_IPV6, SET_CONNECT_TIMEOUT, SET_FLOOD_WAIT_MAX };

const struct option_group options_front = SHARED_GROUP("General", front);
const struct option_group options_general = SHARED_GROUP("General", general);
const struct option_group options_only_help = SHARED_GROUP("General", only_help);
const struct option_group options_account = SHARED_GROUP("Account", account);
const struct option_group options_connection = SHARED_GROUP("Connection", connection);
