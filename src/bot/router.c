/* SPDX-License-Identifier: MIT */
#include "bot/router.h"

#include <stdio.h>

#include "bot/ctx.h"
#include "bot/filter.h"

enum {
	KEY_MAX = 1 + 256, /* a longer text is no key */
	DATA_MAX = 63,     /* bits; Telegram's callback_data ends at 64 bytes */
	LISTS_MAX = DATA_MAX + 3,
};

void router_init(struct router *r)
{
	*r = (struct router){ 0 };
}

static void group_free(struct route_group *g)
{
	SMAP_EACH(slot, &g->keys)
	{
		struct route_list *list = slot->value;

		ARRAY_DEINIT(&list->routes);
		mem_free(list);
	}
	smap_deinit(&g->keys);
	ARRAY_DEINIT(&g->rest.routes);
	mem_free(g);
}

void router_deinit(struct router *r)
{
	ARRAY_EACH (g, &r->groups)
		group_free(*g);
	ARRAY_EACH (route, &r->all) {
		tobs_filter_free((*route)->filter);
		mem_free(*route);
	}
	ARRAY_DEINIT(&r->groups);
	ARRAY_DEINIT(&r->all);
}

static struct route_group *group_of(struct router *r, int number)
{
	struct route_group *g;
	size_t i = 0;

	while (i < r->groups.count && r->groups.items[i]->number < number)
		i++;
	if (i < r->groups.count && r->groups.items[i]->number == number)
		return r->groups.items[i];
	g = MEM_NEW(struct route_group);
	if (!g || ARRAY_RESERVE(&r->groups, 1)) {
		mem_free(g);
		return NULL;
	}
	g->number = number;
	memmove(r->groups.items + i + 1, r->groups.items + i,
		(r->groups.count - i) * sizeof *r->groups.items);
	r->groups.items[i] = g;
	r->groups.count++;
	return g;
}

/* "/name", ":data", "=text"; the empty view for what is too long to be one. */
static struct tobs_view make_key(char *out, char sort, struct tobs_view text)
{
	if (text.len > KEY_MAX - 1)
		return tobs_view(NULL, 0);
	out[0] = sort;
	if (text.len)
		memcpy(out + 1, text.ptr, text.len);
	return tobs_view(out, text.len + 1);
}

static int add_under(struct route_group *g, struct tobs_view key, struct route *route)
{
	struct route_list *list = smap_get(&g->keys, key);

	if (!list) {
		list = MEM_NEW(struct route_list);
		if (!list || smap_put(&g->keys, key, list)) {
			mem_free(list);
			return TOBS_ENOMEM;
		}
	}
	return ARRAY_PUSH(&list->routes, route) ? TOBS_ENOMEM : TOBS_OK;
}

/* The part of the filter that has to hold and gives a key; NULL without one. */
static const struct tobs_filter *keyed(const struct tobs_filter *f)
{
	const struct tobs_filter *found;

	switch (f->op) {
	case FILTER_AND: found = keyed(f->a); return found ? found : keyed(f->b);
	case FILTER_COMMAND_IS: return f;
	case FILTER_CALLBACK: return f->len <= DATA_MAX ? f : NULL;
	case FILTER_TEXT_IS: return f->len < KEY_MAX ? f : NULL;
	default: return NULL;
	}
}

static int add_command(struct route_group *g, const struct tobs_filter *f, struct route *route)
{
	struct tobs_view list = tobs_view(f->text, f->len), name;
	char key[KEY_MAX], folded[COMMAND_MAX + 1];
	int r = TOBS_OK;

	while (!r && command_next_name(&list, &name))
		r = add_under(g, make_key(key, '/', tobs_view(folded, command_fold(name, folded))),
			route);
	return r;
}

static int add_to(struct route_group *g, struct route *route)
{
	const struct tobs_filter *f = keyed(route->filter);
	char key[KEY_MAX];

	if (!f)
		return ARRAY_PUSH(&g->rest.routes, route) ? TOBS_ENOMEM : TOBS_OK;
	if (f->op == FILTER_COMMAND_IS)
		return add_command(g, f, route);
	if (f->op == FILTER_CALLBACK) {
		g->data_lengths |= (uint64_t)1 << f->len;
		return add_under(g, make_key(key, ':', tobs_view(f->text, f->len)), route);
	}
	g->texts = true;
	return add_under(g, make_key(key, '=', tobs_view(f->text, f->len)), route);
}

static void name_route(struct route *route)
{
	const struct tobs_filter *f = keyed(route->filter);
	struct tobs_view list, name;

	if (f && f->op == FILTER_COMMAND_IS) {
		list = tobs_view(f->text, f->len);
		command_next_name(&list, &name);
		snprintf(route->name, sizeof route->name, "/%.*s", TOBS_VIEW_FMT(name));
	} else if (f && f->op == FILTER_CALLBACK) {
		snprintf(route->name, sizeof route->name, "button %s", f->text);
	} else {
		snprintf(route->name, sizeof route->name, "handler %u", route->seq + 1);
	}
}

int router_add(struct router *r, int group, struct tobs_filter *filter, tobs_handler fn, void *user)
{
	struct route_group *g;
	struct route *route;

	if (!filter || !fn) {
		tobs_filter_free(filter);
		return TOBS_EINVAL;
	}
	g = group_of(r, group);
	route = MEM_NEW(struct route);
	if (!g || !route || ARRAY_PUSH(&r->all, route)) {
		tobs_filter_free(filter);
		mem_free(route);
		return TOBS_ENOMEM;
	}
	*route = (struct route){
		.seq = (unsigned)r->all.count - 1, .filter = filter, .fn = fn, .user = user
	};
	name_route(route);
	r->any = r->any || filter->kinds == FILTER_ALL_KINDS;
	if (filter->kinds != FILTER_ALL_KINDS)
		r->kinds |= filter->kinds;
	return add_to(g, route);
}

/* ---- Looking ---------------------------------------------------------------- */

/* The lists that may have a route for the update, and where we are in each. */
struct lists {
	const struct route_list *list[LISTS_MAX];
	size_t at[LISTS_MAX];
	size_t count;
};

static void look_into(struct lists *l, const struct route_list *list)
{
	if (list && list->routes.count && l->count < LISTS_MAX) {
		l->list[l->count] = list;
		l->at[l->count++] = 0;
	}
}

static void gather(const struct route_group *g, const struct tobs_ctx *ctx, struct lists *l)
{
	struct tobs_view text = tobs_str(ctx->facts.text), view;
	char key[KEY_MAX];

	l->count = 0;
	look_into(l, &g->rest);
	if (!g->keys.count)
		return;
	if (ctx->has_command)
		look_into(l, smap_get(&g->keys, make_key(key, '/', tobs_str(ctx->command_name))));
	if (ctx->update->kind == TOBS_UPDATE_CALLBACK_QUERY)
		for (size_t n = 0; n <= DATA_MAX && n <= text.len; n++)
			if (g->data_lengths >> n & 1)
				look_into(l,
					smap_get(&g->keys,
						make_key(key, ':', tobs_view_sub(text, 0, n))));
	if (g->texts && ctx->facts.fresh) {
		view = make_key(key, '=', text);
		look_into(l, view.len ? smap_get(&g->keys, view) : NULL);
	}
}

/* The one that was added first of those that come next. */
static struct route *next_route(struct lists *l)
{
	struct route *best = NULL;
	size_t from = 0;

	for (size_t i = 0; i < l->count; i++) {
		struct route *route;

		if (l->at[i] == l->list[i]->routes.count)
			continue;
		route = l->list[i]->routes.items[l->at[i]];
		if (!best || route->seq < best->seq) {
			best = route;
			from = i;
		}
	}
	if (best)
		l->at[from]++;
	return best;
}

static int run_group(const struct route_group *g, struct tobs_ctx *ctx)
{
	struct lists lists;
	struct route *route;

	gather(g, ctx, &lists);
	while ((route = next_route(&lists))) {
		int r;

		if (!filter_takes(route->filter, ctx))
			continue;
		ctx->route = route->name;
		r = route->fn(ctx, route->user);
		if (r != TOBS_NEXT)
			return r;
	}
	return TOBS_NEXT;
}

int router_run(struct router *router, struct tobs_ctx *ctx)
{
	int result = TOBS_NEXT;

	ARRAY_EACH (g, &router->groups) {
		int r = run_group(*g, ctx);

		if (r == TOBS_STOP || r < 0)
			return r;
		if (r != TOBS_NEXT)
			result = TOBS_OK;
	}
	return result;
}
