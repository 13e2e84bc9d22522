/* SPDX-License-Identifier: MIT */
/*
 * Runs a fuzz target over the files of a folder, as an ordinary test: each file
 * whole, cut off at every byte, and with every bit flipped once (up to a size);
 * where a run is slow, at so many bytes and bits of it as the second argument says.
 * Every input lies in memory of exactly its size, so reading past it shows.
 */
#include <dirent.h>
#include <string.h>

#include "fuzz.h"

enum {
	LARGEST = 1 << 20, /* bytes of a file */
	CUTS = 4096,       /* bytes up to which a file is cut off at each */
	FLIPS = 512,       /* bytes at its front of which each bit is flipped */
};

static unsigned long runs;
static size_t most = SIZE_MAX; /* cuts and flips of a file */

static void run(const uint8_t *data, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);

	if (!exact)
		abort();
	memcpy(exact, data, len);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
	runs++;
}

static void run_all(uint8_t *data, size_t len)
{
	size_t cuts = len < CUTS ? len : CUTS, bits = len < FLIPS ? len * 8 : (size_t)FLIPS * 8;
	/* Odd, so that it comes by every bit of a byte. */
	size_t each = (cuts + bits) / most | 1;

	run(data, len);
	for (size_t cut = 0; cut < cuts; cut += each)
		run(data, cut);
	for (size_t bit = 0; bit < bits; bit += each) {
		data[bit / 8] ^= (uint8_t)(1u << bit % 8);
		run(data, len);
		data[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
}

static int run_file(const char *folder, const char *name)
{
	static uint8_t data[LARGEST];
	char path[4096];
	size_t len;
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "rb");
	if (!f) {
		perror(path);
		return 1;
	}
	len = fread(data, 1, sizeof data, f);
	fclose(f);
	/* Should it not end well, this is the last line. */
	printf("%s: %zu bytes\n", name, len);
	fflush(stdout);
	run_all(data, len);
	return 0;
}

int main(int argc, char **argv)
{
	int files = 0, failed = 0;
	struct dirent *entry;
	DIR *dir;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: %s FOLDER [CUTS AND FLIPS OF A FILE]\n", argv[0]);
		return 2;
	}
	if (argc == 3)
		most = strtoul(argv[2], NULL, 10);
	if (most == 0)
		return 2;
	dir = opendir(argv[1]);
	if (!dir) {
		perror(argv[1]);
		return 1;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		failed |= run_file(argv[1], entry->d_name);
		files++;
	}
	closedir(dir);
	printf("%d files, %lu runs\n", files, runs);
	return failed || files == 0;
}
