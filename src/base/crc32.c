/* SPDX-License-Identifier: MIT */
#include "base/crc32.h"

#include <zlib.h>

uint32_t crc32_of(const void *data, size_t len)
{
	return (uint32_t)crc32_z(0, data, len);
}
