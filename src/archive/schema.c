/* SPDX-License-Identifier: MIT */
#include "archive/schema.h"

#include "base/attr.h"
#include "store/migrate.h"

/*
 * Whatever grows with the messages is keyed by their key, so that a page is
 * appended at the end of each table. A released step is never edited.
 */
static const char version_1[] =
	"CREATE TABLE meta("
	" name TEXT PRIMARY KEY, value) WITHOUT ROWID;"

	"CREATE TABLE accounts("
	" id INTEGER PRIMARY KEY, name TEXT NOT NULL, username TEXT, seen INTEGER NOT NULL);"

	"CREATE TABLE peers("
	" id INTEGER PRIMARY KEY, kind TEXT NOT NULL, flags INTEGER NOT NULL, name TEXT NOT NULL,"
	" first TEXT, last TEXT, username TEXT, seen INTEGER NOT NULL);"

	"CREATE TABLE names("
	" peer INTEGER NOT NULL, since INTEGER NOT NULL, name TEXT NOT NULL, username TEXT,"
	" PRIMARY KEY(peer, since)) WITHOUT ROWID;"

	"CREATE TABLE chats("
	" no INTEGER PRIMARY KEY, peer INTEGER NOT NULL UNIQUE, linked INTEGER, migrated INTEGER,"
	" about TEXT, members INTEGER NOT NULL, pinned TEXT, folder TEXT NOT NULL UNIQUE,"
	" top INTEGER NOT NULL, count INTEGER NOT NULL, synced INTEGER NOT NULL,"
	" stale INTEGER NOT NULL, version INTEGER NOT NULL);"

	"CREATE TABLE topics("
	" chat INTEGER NOT NULL, id INTEGER NOT NULL, title TEXT NOT NULL,"
	" icon_color INTEGER NOT NULL, icon_emoji INTEGER, flags INTEGER NOT NULL,"
	" position INTEGER NOT NULL, creator INTEGER, date INTEGER NOT NULL, file TEXT NOT NULL,"
	" PRIMARY KEY(chat, id)) WITHOUT ROWID;"

	"CREATE TABLE messages("
	" key INTEGER PRIMARY KEY, date INTEGER NOT NULL, edited INTEGER, sender INTEGER,"
	" topic INTEGER, album INTEGER, flags INTEGER NOT NULL, text TEXT NOT NULL,"
	" entities TEXT, data TEXT);"
	"CREATE INDEX messages_topic ON messages(topic) WHERE topic IS NOT NULL;"

	"CREATE TABLE reactions("
	" key INTEGER NOT NULL, position INTEGER NOT NULL, reaction TEXT NOT NULL,"
	" count INTEGER NOT NULL, chosen INTEGER NOT NULL,"
	" PRIMARY KEY(key, position)) WITHOUT ROWID;"

	"CREATE TABLE polls("
	" key INTEGER PRIMARY KEY, closed INTEGER NOT NULL, voters INTEGER NOT NULL,"
	" answers TEXT NOT NULL);"

	"CREATE TABLE actions("
	" key INTEGER PRIMARY KEY, name TEXT NOT NULL, data TEXT);"

	"CREATE TABLE edits("
	" key INTEGER NOT NULL, seen INTEGER NOT NULL, edited INTEGER, text TEXT NOT NULL,"
	" entities TEXT, data TEXT, PRIMARY KEY(key, seen)) WITHOUT ROWID;"

	"CREATE TABLE files("
	" photo INTEGER NOT NULL, id INTEGER NOT NULL, dc INTEGER NOT NULL,"
	" access_hash INTEGER NOT NULL, reference BLOB, letter TEXT, size INTEGER NOT NULL,"
	" mime TEXT, name TEXT, state INTEGER NOT NULL DEFAULT 0, path TEXT, sha256 BLOB,"
	" parts BLOB, error TEXT, PRIMARY KEY(photo, id)) WITHOUT ROWID;"

	"CREATE TABLE intervals("
	" chat INTEGER NOT NULL, topic INTEGER NOT NULL, first INTEGER NOT NULL,"
	" last INTEGER NOT NULL, PRIMARY KEY(chat, topic, first)) WITHOUT ROWID;"

	"CREATE TABLE renders("
	" path TEXT PRIMARY KEY, chat INTEGER NOT NULL, settings TEXT NOT NULL,"
	" size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 BLOB NOT NULL,"
	" checkpoints BLOB) WITHOUT ROWID;"

	"CREATE TABLE runs("
	" id INTEGER PRIMARY KEY, began INTEGER NOT NULL, ended INTEGER, arguments TEXT,"
	" result TEXT);"

	"CREATE TABLE failures("
	" run INTEGER NOT NULL, target TEXT NOT NULL, code INTEGER NOT NULL,"
	" message TEXT NOT NULL, PRIMARY KEY(run, target)) WITHOUT ROWID;";

/* Which chats speak of messages of chats that are not here, and from which message on. */
static const char version_2[] =
	"CREATE TABLE mentions("
	" peer INTEGER NOT NULL, chat INTEGER NOT NULL, first INTEGER NOT NULL,"
	" PRIMARY KEY(peer, chat)) WITHOUT ROWID;";

static const struct migration steps[] = {
	{ 1, version_1, NULL },
	{ 2, version_2, NULL },
};

int schema_apply(struct sqlite *db, struct tobs_err *err)
{
	return migrate(db, steps, ARRAY_LEN(steps), NULL, err);
}
