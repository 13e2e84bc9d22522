/* SPDX-License-Identifier: MIT */
/*
 * Whether values keep the limits of the API's schema. The server counts
 * characters (code points, as TDLib's utf8_length) of what is left of a text
 * after its markup was taken out and the spaces around it were cut off, so
 * what is counted here is never more than that: what the server would take is
 * never refused.
 */
#ifndef BOTAPI_LIMIT_H
#define BOTAPI_LIMIT_H

#include <tobs/botapi.h>

#include "botapi/tables.h"

/*
 * At least so many characters remain of a text in this markup: tags and markers
 * do not count, an HTML entity counts one, the target of a link nothing.
 */
size_t botapi_text_length(struct tobs_view text, enum tobs_parse_mode mode);

/*
 * Checks the value of field `f` in the struct at `base`, which is there.
 * TOBS_EINVAL with a message for json_at_key().
 */
int botapi_limit_check(const struct botapi_field *f, const uint8_t *base, struct tobs_err *err);

#endif
