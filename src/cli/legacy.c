/* SPDX-License-Identifier: MIT */
#include "cli/legacy.h"

#include <string.h>

#include "base/attr.h"

static const char adapts[] =
	"how much is fetched at once adapts by itself; TOBS_CONCURRENCY is its limit";
static const char no_media[] = "media are not downloaded by this version";
static const char always_new[] = "every export fetches what is new only";
static const char one_layout[] = "each chat has a folder of its own, named after it";
static const char no_transcription[] = "voice messages are not transcribed by this version";

/* A key, or with a '*' behind it all that begin so; the first that fits counts. */
static const struct {
	const char *key, *now;
} keys[] = {
	{ "ASYNC_*", adapts },
	{ "BLOOM_FILTER_*", always_new },
	{ "CACHE_FILE", "the archive takes its place" },
	{ "CACHE_SUBDIR", one_layout },
	{ "CHUNK_SIZE_*", adapts },
	{ "DC_AWARE_ROUTING_ENABLED", "connections go where Telegram says" },
	{ "DC_PREWARM_*", "connections go where Telegram says" },
	{ "DC_ROUTING_STRATEGY", "connections go where Telegram says" },
	{ "DENSITY_*", adapts },
	{ "DIALOG_FETCH_LIMIT", "tobs chats lists all chats" },
	{ "DOWNLOAD_*", no_media },
	{ "ENABLE_DENSITY_ESTIMATION", adapts },
	{ "ENABLE_HOT_ZONES", adapts },
	{ "ENABLE_PREFETCH_BATCHES", adapts },
	{ "ENABLE_SHARD_FETCH", adapts },
	{ "EXPORT_COMMENTS", "comments are exported with the discussion group only" },
	{ "EXPORT_REACTIONS", "reactions are always exported" },
	{ "FORCE_CPU_TRANSCODE", no_media },
	{ "HW_ACCELERATION", no_media },
	{ "IMAGE_QUALITY", no_media },
	{ "INPUT_PEER_CACHE_*", "the session remembers everybody it has met" },
	{ "MEDIA_*", no_media },
	{ "MONITORING_SUBDIR", one_layout },
	{ "ONLY_NEW", always_new },
	{ "PART_SIZE_KB", no_media },
	{ "PREFETCH_*", adapts },
	{ "PROCESS_*", no_media },
	{ "SHARD_*", adapts },
	{ "SLOW_CHUNK_*", adapts },
	{ "TAKEOUT_FALLBACK_DELAY", "it waits exactly as long as Telegram asks" },
	{ "TRANSCRIPTION_*", no_transcription },
	{ "USE_ENTITY_FOLDERS", one_layout },
	{ "USE_H265", no_media },
	{ "USE_STRUCTURED_EXPORT", one_layout },
	{ "VAAPI_DEVICE_PATH", no_media },
	{ "VIDEO_*", no_media },
};

const char *legacy_key(const char *key)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		size_t n = strlen(keys[i].key);

		if (keys[i].key[n - 1] == '*' ? strncmp(key, keys[i].key, n - 1) == 0
					      : strcmp(key, keys[i].key) == 0)
			return keys[i].now;
	}
	return NULL;
}
