/* SPDX-License-Identifier: MIT */
/* How files are to be written, from the settings, whose words stand in the order of the enums. */
#ifndef CLI_RENDERING_H
#define CLI_RENDERING_H

#include "cli/app.h"
#include "cli/status.h"
#include "export/render.h"

struct rendering {
	struct render_options options;
	struct zone *zone;
};

/* Says what is wrong with the settings itself. rendering_deinit() in any case. */
enum status rendering_init(struct rendering *r, const struct app *app);
void rendering_deinit(struct rendering *r);

#endif
