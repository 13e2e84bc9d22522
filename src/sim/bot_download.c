/* SPDX-License-Identifier: MIT */
/* Files on their way to bots. */
#include "sim/bot_call.h"
#include "sim/bot_file.h"

int bot_download(struct sim_bot *bot, struct http_request *req, struct tobs_view path)
{
	(void)bot;
	(void)path;
	return http_respond_text(req, 404, "application/json",
		"{\"ok\":false,\"error_code\":404,\"description\":\"Not Found\"}");
}
