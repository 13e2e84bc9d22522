/* SPDX-License-Identifier: MIT */
/* JSON of structs, written by what botapi_judge.py makes of the public headers alone. */
#ifndef PEER_BOT_DECODE_H
#define PEER_BOT_DECODE_H

#include <tobs/botapi.h>

void bot_print(const struct tobs_update *update);

/* To standard output. */
void put_open(char bracket);
void put_close(char bracket);
void put_comma(size_t i);       /* before element i of an array */
void put_key(const char *name); /* with the comma it needs */
void put_text(const char *text);
void put_int(int64_t n);
void put_double(double d);
void put_bool(bool on);
void put_raw(struct tobs_view json);

#endif
