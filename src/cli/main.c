/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "cli/app.h"

int main(int argc, char **argv)
{
	return app_main(argc, argv, (const char *const *)environ);
}
