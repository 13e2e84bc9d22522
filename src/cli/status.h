/* SPDX-License-Identifier: MIT */
/* What the process tells whoever started it. Part of the interface: documented in the manual. */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

enum status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,  /* the command line or a setting is wrong */
	STATUS_PARTLY = 3, /* finished, but some chats or files failed */
	STATUS_NO_LOGIN = 4,
	STATUS_INTERRUPTED = 130, /* 128 + SIGINT, as shells count */
};

#endif
