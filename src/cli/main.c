/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <unistd.h>

#include "cli/app.h"

int main(int argc, char **argv)
{
	/* A limit on the size of files is an error of writing, like a full disk; by default it kills. */
	signal(SIGXFSZ, SIG_IGN);
	return app_main(argc, argv, (const char *const *)environ);
}
