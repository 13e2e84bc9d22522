/* SPDX-License-Identifier: MIT */
/* The setting `server`: which Telegram to connect to. */
#ifndef CLI_SERVER_H
#define CLI_SERVER_H

#include <tobs/client.h>

struct server_choice {
	bool simulated, test; /* neither: production */
	char host[64];
	uint16_t port;
	struct tobs_buf key; /* PEM */
};

/*
 * Reads "production", "test" or "sim:[HOST:]PORT,KEY.pem", and the key's file.
 * An IPv6 address stands in brackets. TOBS_EINVAL for another form; what
 * file_read() returns for the file. server_choice_deinit() either way.
 */
int server_choice_read(struct server_choice *s, struct tobs_view text, struct tobs_err *err);
void server_choice_deinit(struct server_choice *s);

#endif
