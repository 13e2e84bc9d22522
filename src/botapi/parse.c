/* SPDX-License-Identifier: MIT */
#include "botapi/decode.h"

int tobs_botapi_decode(enum tobs_botapi_type type, struct tobs_view json, struct tobs_arena *arena,
	const void **ret, struct tobs_err *err)
{
	struct json_parser parser;
	struct json_doc doc = { 0 };
	int r;

	json_parser_init(&parser, JSON_SIZE_MAX, BOTAPI_JSON_DEPTH);
	r = json_parse(&parser, &doc, json, err);
	if (!r)
		r = botapi_decode(type, json_root(&doc), arena, ret, err);
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return r;
}
