/* SPDX-License-Identifier: MIT */
/*
 * The other side of json_python.py. Reads documents from standard input, each
 * preceded by its length in decimal and a newline; answers each the same way
 * with what json_write.h makes of it, or with -1 when it is refused. The
 * argument is the writer's flags.
 */
#include "base/json_write.h"
#include "support/test.h"

enum { LARGEST = 1 << 24 };

int main(int argc, char **argv)
{
	unsigned flags = argc > 1 ? (unsigned)(argv[1][0] - '0') : 0;
	struct json_parser parser;
	struct json_doc doc = { 0 };
	struct json_writer w;
	struct tobs_buf in, out;
	unsigned long len;

	json_parser_init(&parser, LARGEST, JSON_DEPTH_MAX);
	tobs_buf_init(&in, LARGEST);
	tobs_buf_init(&out, 8 * LARGEST);
	while (scanf("%lu", &len) == 1 && getchar() == '\n') {
		tobs_buf_clear(&in);
		tobs_buf_clear(&out);
		if (fread(tobs_buf_extend(&in, len), 1, len, stdin) != len)
			return 1;
		if (json_parse_buf(&parser, &doc, &in, NULL)) {
			printf("-1\n");
			continue;
		}
		json_writer_init(&w, &out, flags);
		jsonw_value(&w, json_root(&doc));
		if (tobs_buf_err(&out))
			return 1;
		printf("%zu\n", out.len);
		fwrite(out.ptr, 1, out.len, stdout);
	}
	tobs_buf_deinit(&in);
	tobs_buf_deinit(&out);
	json_doc_deinit(&doc);
	json_parser_deinit(&parser);
	return 0;
}
