/* SPDX-License-Identifier: MIT */
/*
 * Keys of the earlier program of this name that mean nothing here. Those that
 * still do are aliases in the table of settings.
 */
#ifndef CLI_LEGACY_H
#define CLI_LEGACY_H

/* What became of the key: "it adapts by itself"; NULL when the earlier program had no such key. */
const char *legacy_key(const char *key);

#endif
