/* SPDX-License-Identifier: MIT */
#include "base/settings.h"

#include "base/log.h"
#include "base/suggest.h"
#include "base/utf.h"
#include "base/wipe.h"

enum {
	NAMES_MAX = 10000,
	SHOWN_COLUMNS = 60, /* of a value, in messages */
};

static const struct setting *row(const struct settings *s, unsigned index)
{
	assert(index < s->table->count);
	return &s->table->rows[index];
}

/* A copy that lives as long as the settings; NULL without memory. */
static const char *keep_name(struct settings *s, const char *name)
{
	char *copy;

	ARRAY_EACH (it, &s->names)
		if (strcmp(*it, name) == 0)
			return *it;
	copy = s->names.count < NAMES_MAX ? mem_strdup(name) : NULL;
	if (copy && ARRAY_PUSH(&s->names, copy)) {
		mem_free(copy);
		return NULL;
	}
	return copy;
}

static void slot_clear(struct setting_slot *slot)
{
	if (slot->text)
		mem_wipe(slot->text, slot->len);
	mem_free(slot->text);
	*slot = (struct setting_slot){ .origin.layer = SETTING_UNSET };
}

static int no_memory(struct tobs_err *err)
{
	return tobs_fail(err, TOBS_ENOMEM, "settings: out of memory");
}

int settings_init(struct settings *s, const struct settings_table *table, const char *home,
	struct tobs_err *err)
{
	static const struct setting_origin origin = { .layer = SETTING_FROM_DEFAULT };
	int r = TOBS_OK;

	*s = (struct settings){ .table = table };
	tobs_buf_init(&s->problems, SETTINGS_PROBLEMS_MAX);
	assert(table->prefix && *table->prefix);
	s->slots = MEM_ARRAY(table->count, struct setting_slot);
	s->home = home ? mem_strdup(home) : NULL;
	if (!s->slots || (home && !s->home))
		r = no_memory(err);
	for (unsigned i = 0; i < table->count && !r; i++) {
		const struct setting *set = &table->rows[i];

		assert(set->name && strlen(set->name) < SETTING_NAME_MAX);
		assert(set->type != SETTING_ENUM || set->words);
		if (set->def)
			r = settings_set(s, i, tobs_str(set->def), &origin, err);
		assert(r != TOBS_EINVAL);
	}
	if (r)
		settings_deinit(s);
	return r;
}

void settings_deinit(struct settings *s)
{
	if (!s)
		return;
	for (unsigned i = 0; s->slots && i < s->table->count; i++)
		slot_clear(&s->slots[i]);
	mem_free(s->slots);
	mem_free(s->home);
	ARRAY_EACH (it, &s->names)
		mem_free(*it);
	ARRAY_DEINIT(&s->names);
	tobs_buf_deinit(&s->problems);
	s->slots = NULL;
	s->home = NULL;
}

const char *settings_problems(const struct settings *s)
{
	return tobs_buf_str(&s->problems);
}

/* Keeps the message in *err for settings_problems(); returns `code`. */
static int problem(struct settings *s, int code, const struct tobs_err *why, struct tobs_err *err)
{
	/* What does not fit is left out; the first problems are the ones that matter. */
	tobs_buf_printf(&s->problems, "%s\n", why->message);
	if (err)
		*err = *why;
	return code;
}

/* "environment: ", ".env:12: ", "profile fast: " or, before an option, nothing. */
static void put_place(const struct setting_origin *origin, struct tobs_buf *out)
{
	switch (origin->layer) {
	case SETTING_FROM_OPTION: break;
	case SETTING_FROM_ENVIRON: tobs_buf_puts(out, "environment: "); break;
	case SETTING_FROM_FILE: tobs_buf_printf(out, "%s:%u: ", origin->file, origin->line); break;
	case SETTING_FROM_PROFILE: tobs_buf_printf(out, "profile %s: ", origin->name); break;
	default: tobs_buf_puts(out, "default: "); break;
	}
}

/* What the value was given to: a key or an option, as it was spelled. */
static void put_name(const struct settings *s, unsigned index, const struct setting_origin *origin,
	struct tobs_buf *out)
{
	char key[2 * SETTING_NAME_MAX];

	if (origin->name && origin->layer != SETTING_FROM_PROFILE)
		tobs_buf_puts(out, origin->name);
	else
		tobs_buf_puts(out, setting_key(row(s, index), s->table->prefix, key));
}

static void put_shown(const struct setting *set, struct tobs_view text, struct tobs_buf *out)
{
	struct tobs_view fits;

	if (set->flags & SETTING_SECRET) {
		tobs_buf_puts(out, text.len ? "[hidden]" : "");
		return;
	}
	fits = tobs_view_sub(text, 0, utf8_fit(text, SHOWN_COLUMNS));
	log_clean(out, fits);
	if (fits.len < text.len)
		tobs_buf_puts(out, "...");
}

/* A value that is not allowed; `why` holds what is. */
static int refuse(struct settings *s, unsigned index, struct tobs_view text,
	const struct setting_origin *origin, struct tobs_err *why, struct tobs_err *err)
{
	struct tobs_err full;
	struct tobs_buf line;

	tobs_buf_init(&line, 4096);
	put_place(origin, &line);
	put_name(s, index, origin, &line);
	tobs_buf_putc(&line, origin->layer == SETTING_FROM_OPTION ? ' ' : '=');
	put_shown(row(s, index), text, &line);
	tobs_fail(&full, TOBS_EINVAL, "%s: allowed is %s", tobs_buf_str(&line), why->message);
	tobs_buf_deinit(&line);
	return problem(s, TOBS_EINVAL, &full, err);
}

static bool is_home_path(const struct setting *set, struct tobs_view text)
{
	return set->type == SETTING_PATH &&
		(tobs_view_is(text, "~") || tobs_view_starts(text, "~/"));
}

/* What the slot will hold: "~" replaced, a list grown. */
static int build_text(struct settings *s, unsigned index, struct tobs_view text,
	const struct setting_origin *origin, struct tobs_buf *out)
{
	const struct setting *set = row(s, index);
	const struct setting_slot *slot = &s->slots[index];

	if (set->type == SETTING_LIST && origin->layer == SETTING_FROM_OPTION &&
		slot->origin.layer == SETTING_FROM_OPTION && slot->len) {
		tobs_buf_put(out, slot->text, slot->len);
		tobs_buf_putc(out, ',');
	}
	if (is_home_path(set, text)) {
		tobs_buf_puts(out, s->home);
		text = tobs_view_sub(text, 1, SIZE_MAX);
	}
	tobs_buf_putv(out, text);
	return tobs_buf_err(out);
}

/* Whether a value from there counts more than, or replaces, the one that is there. */
static bool outranks(
	const struct setting_slot *slot, const struct setting_origin *origin, bool alias)
{
	if (origin->layer != slot->origin.layer)
		return origin->layer > slot->origin.layer;
	return slot->alias || !alias;
}

static int store(struct settings *s, unsigned index, struct tobs_view text, const char *unit,
	const struct setting_origin *origin, bool alias)
{
	const struct setting *set = row(s, index);
	struct setting_slot *slot = &s->slots[index], fresh = { .origin = *origin, .alias = alias };
	struct tobs_buf built;
	int r;

	if (!outranks(slot, origin, alias))
		return TOBS_OK;
	if (origin->file)
		fresh.origin.file = keep_name(s, origin->file);
	if (origin->name)
		fresh.origin.name = keep_name(s, origin->name);
	if (!fresh.origin.file != !origin->file || !fresh.origin.name != !origin->name)
		return TOBS_ENOMEM;
	/* As large as it can get at once: a secret leaves no copies behind while it grows. */
	tobs_buf_init(&built, SIZE_MAX / 2);
	tobs_buf_reserve(&built, text.len + slot->len + (s->home ? strlen(s->home) : 0) + 1);
	r = build_text(s, index, text, origin, &built);
	if (!r)
		fresh.text = mem_dup(built.ptr, built.len);
	fresh.len = built.len;
	if (!r && !fresh.text)
		r = TOBS_ENOMEM;
	if (!r && set->flags & SETTING_SECRET)
		r = tobs_log_secret(tobs_buf_view(&built));
	if (!r)
		setting_parse(set, tobs_buf_view(&built), unit, &fresh.value, NULL);
	tobs_buf_wipe(&built);
	if (r) {
		slot_clear(&fresh);
		return r;
	}
	slot_clear(slot);
	*slot = fresh;
	return TOBS_OK;
}

static int set_value(struct settings *s, unsigned index, struct tobs_view text, const char *unit,
	const struct setting_origin *origin, bool alias, struct tobs_err *err)
{
	struct setting_value value;
	struct tobs_err why;

	if (setting_parse(row(s, index), text, unit, &value, &why))
		return refuse(s, index, text, origin, &why, err);
	if (is_home_path(row(s, index), text) && !s->home) {
		tobs_fail(&why, TOBS_EINVAL, "a path without ~, for HOME is not set");
		return refuse(s, index, text, origin, &why, err);
	}
	if (store(s, index, text, unit, origin, alias))
		return no_memory(err);
	return TOBS_OK;
}

int settings_set(struct settings *s, unsigned index, struct tobs_view text,
	const struct setting_origin *origin, struct tobs_err *err)
{
	return set_value(s, index, text, NULL, origin, false, err);
}

/* The row a key belongs to, and by which older name (NULL: its own); -1 when to none. */
static int find_key(
	const struct settings *s, const char *key, const struct setting_alias **ret_alias)
{
	char own[2 * SETTING_NAME_MAX];

	for (unsigned i = 0; i < s->table->count; i++) {
		const struct setting *set = row(s, i);

		if (set->flags & SETTING_NO_ENV)
			continue;
		*ret_alias = NULL;
		if (strcmp(setting_key(set, s->table->prefix, own), key) == 0)
			return (int)i;
		for (size_t k = 0; k < SETTING_ALIASES && set->aliases[k].key; k++) {
			*ret_alias = &set->aliases[k];
			if (strcmp(set->aliases[k].key, key) == 0)
				return (int)i;
		}
	}
	return -1;
}

static int unknown_key(
	struct settings *s, const struct setting_origin *origin, struct tobs_err *err)
{
	struct suggest like = { .wanted = tobs_str(origin->name) };
	char keys[2][2 * SETTING_NAME_MAX];
	struct tobs_err why;
	struct tobs_buf line;

	/* Two buffers by turns: the best key so far stays in the one that is not written to. */
	for (unsigned i = 0, at = 0; i < s->table->count; i++) {
		if (row(s, i)->flags & SETTING_NO_ENV)
			continue;
		suggest_try(&like, setting_key(row(s, i), s->table->prefix, keys[at]));
		if (like.best == keys[at])
			at = !at;
	}
	tobs_buf_init(&line, 4096);
	put_place(origin, &line);
	log_clean(&line, tobs_str(origin->name));
	tobs_buf_puts(&line, ": there is no such setting");
	if (like.best)
		tobs_buf_printf(&line, "; did you mean %s?", like.best);
	tobs_fail(&why, TOBS_EINVAL, "%s", tobs_buf_str(&line));
	tobs_buf_deinit(&line);
	return problem(s, TOBS_EINVAL, &why, err);
}

/* One key of the environment or a file; those that are not ours are passed over. */
static int take_key(struct settings *s, struct tobs_view value, const struct setting_origin *origin,
	struct tobs_err *err)
{
	const struct setting_alias *alias;
	int index = find_key(s, origin->name, &alias);

	if (index >= 0 && value.len)
		return set_value(s, (unsigned)index, alias ? setting_renamed(alias, value) : value,
			alias ? alias->unit : NULL, origin, alias != NULL, err);
	if (index < 0 && strncmp(origin->name, s->table->prefix, strlen(s->table->prefix)) == 0)
		return unknown_key(s, origin, err);
	return TOBS_OK;
}

int settings_environ(struct settings *s, const char *const *environ, struct tobs_err *err)
{
	int first = TOBS_OK;

	for (; *environ; environ++) {
		const char *value = strchr(*environ, '=');
		char key[256];
		int r;

		/* No key of ours is that long, not even a mistyped one. */
		if (!value || value - *environ >= (ptrdiff_t)sizeof key)
			continue;
		memcpy(key, *environ, (size_t)(value - *environ));
		key[value - *environ] = 0;
		r = take_key(s, tobs_str(value + 1),
			&(struct setting_origin){ SETTING_FROM_ENVIRON, .name = key },
			first ? NULL : err);
		first = first ? first : r;
	}
	return first;
}

int settings_file(struct settings *s, const struct env *env, const char *name, struct tobs_err *err)
{
	int first = TOBS_OK;

	for (size_t i = 0; i < env->entries.count; i++) {
		const struct env_entry *entry = &env->entries.items[i];
		const struct setting_origin origin = { SETTING_FROM_FILE,
			.name = (const char *)entry->key.ptr, .file = name, .line = entry->line };
		int r = take_key(s, entry->value, &origin, first ? NULL : err);

		first = first ? first : r;
	}
	return first;
}

int settings_profile(
	struct settings *s, const struct setting_profile *profile, struct tobs_err *err)
{
	const struct setting_origin origin = { SETTING_FROM_PROFILE, .name = profile->name };

	for (const struct setting_preset *p = profile->presets; p->value; p++) {
		int r = settings_set(s, p->index, tobs_str(p->value), &origin, err);

		assert(r != TOBS_EINVAL);
		if (r)
			return r;
	}
	return TOBS_OK;
}

bool settings_given(const struct settings *s, unsigned index)
{
	return settings_origin(s, index)->layer != SETTING_UNSET;
}

const struct setting_origin *settings_origin(const struct settings *s, unsigned index)
{
	assert(index < s->table->count);
	return &s->slots[index].origin;
}

static const struct setting_slot *slot_of(
	const struct settings *s, unsigned index, enum setting_type type)
{
	assert(row(s, index)->type == type);
	(void)type;
	return &s->slots[index];
}

int64_t settings_int(const struct settings *s, unsigned index)
{
	return slot_of(s, index, SETTING_INT)->value.number;
}

int64_t settings_size(const struct settings *s, unsigned index)
{
	return slot_of(s, index, SETTING_SIZE)->value.number;
}

int64_t settings_ms(const struct settings *s, unsigned index)
{
	return slot_of(s, index, SETTING_DURATION)->value.number;
}

bool settings_bool(const struct settings *s, unsigned index)
{
	return slot_of(s, index, SETTING_BOOL)->value.number;
}

unsigned settings_enum(const struct settings *s, unsigned index)
{
	return (unsigned)slot_of(s, index, SETTING_ENUM)->value.number;
}

struct setting_date settings_date(const struct settings *s, unsigned index)
{
	return slot_of(s, index, SETTING_DATE)->value.date;
}

uint64_t settings_words(const struct settings *s, unsigned index)
{
	assert(row(s, index)->words);
	return slot_of(s, index, SETTING_LIST)->value.words;
}

struct tobs_view settings_text(const struct settings *s, unsigned index)
{
	enum setting_type type = row(s, index)->type;
	const struct setting_slot *slot = &s->slots[index];

	assert(type == SETTING_STRING || type == SETTING_PATH || type == SETTING_LIST);
	(void)type;
	return slot->text ? tobs_view(slot->text, slot->len) : tobs_str("");
}

int settings_show(const struct settings *s, unsigned index, struct tobs_buf *out)
{
	const struct setting_slot *slot = &s->slots[index];

	if (row(s, index)->flags & SETTING_SECRET)
		return tobs_buf_puts(out, slot->len ? "[hidden]" : "");
	return log_clean(out, tobs_view(slot->text, slot->len));
}

int settings_show_origin(const struct settings *s, unsigned index, struct tobs_buf *out)
{
	const struct setting_slot *slot = &s->slots[index];
	const struct setting_origin *origin = &slot->origin;

	switch (origin->layer) {
	case SETTING_UNSET: break;
	case SETTING_FROM_DEFAULT: tobs_buf_puts(out, "default"); break;
	case SETTING_FROM_PROFILE: tobs_buf_printf(out, "profile %s", origin->name); break;
	case SETTING_FROM_FILE: tobs_buf_printf(out, "%s:%u", origin->file, origin->line); break;
	case SETTING_FROM_ENVIRON: tobs_buf_puts(out, "environment"); break;
	case SETTING_FROM_OPTION: tobs_buf_puts(out, origin->name ? origin->name : "option"); break;
	}
	if (slot->alias)
		tobs_buf_printf(out, " (%s)", origin->name);
	return tobs_buf_err(out);
}
