/* SPDX-License-Identifier: MIT */
#include "cli/versions.h"

#include <sys/utsname.h>
#include <tobs/tl.h>
#include <tobs/tl_types.h>

#include "cli/built_with.h"
#include "tobs_config.h"

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "an unknown compiler"
#endif

int versions_print(struct tobs_buf *out)
{
	struct utsname os;

	tobs_buf_puts(out, "tobs " TOBS_VERSION "\n");
	tobs_buf_printf(out, "Telegram API layer %d\n", TL_LAYER);
	tobs_buf_puts(out, "built with " TOBS_BUILT_WITH "\n");
	tobs_buf_puts(out, "by " COMPILER "\n");
	if (uname(&os) == 0)
		tobs_buf_printf(out, "on %s %s, %s\n", os.sysname, os.release, os.machine);
	return tobs_buf_err(out);
}
