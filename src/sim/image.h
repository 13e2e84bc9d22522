/* SPDX-License-Identifier: MIT */
/* How large an image is: JPEG, PNG, GIF and WebP, by their heads. */
#ifndef SIM_IMAGE_H
#define SIM_IMAGE_H

#include <stdbool.h>
#include <tobs/view.h>

/* False for what is none of them, or is cut off before it says so. Points are at least 1. */
bool sim_image_size(struct tobs_view data, int32_t *ret_width, int32_t *ret_height);

/* "image/jpeg", "video/mp4", … by the first bytes; NULL: not known. */
const char *sim_sniff_mime(struct tobs_view data);

#endif
