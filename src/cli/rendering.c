/* SPDX-License-Identifier: MIT */
#include "cli/rendering.h"

#include "cli/settings_table.h"

enum status rendering_init(struct rendering *r, const struct app *app)
{
	const char *zone = app_text(app, SET_TIMEZONE);
	struct tobs_err err;

	*r = (struct rendering){ 0 };
	if (zone_load(&r->zone, zone, &err))
		return app_usage(app, "timezone: %s", err.message);
	r->options.zone = r->zone;
	r->options.zone_name = zone;
	r->options.flavour = (enum md_flavour)settings_enum(&app->settings, SET_FLAVOR);
	r->options.language = (enum word_language)settings_enum(&app->settings, SET_LANG);
	return STATUS_DONE;
}

void rendering_deinit(struct rendering *r)
{
	zone_free(r->zone);
	r->zone = NULL;
}
