/* SPDX-License-Identifier: MIT */
/* What this tobs is and what it was built with. */
#ifndef CLI_VERSIONS_H
#define CLI_VERSIONS_H

#include <tobs/buf.h>

/* Appends lines: "tobs 0.1.0", the layer, the libraries. */
int versions_print(struct tobs_buf *out);

#endif
