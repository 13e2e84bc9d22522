/* SPDX-License-Identifier: MIT */
/* CRC-32 (IEEE 802.3), as the full transport frames its packets with. */
#ifndef BASE_CRC32_H
#define BASE_CRC32_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32_of(const void *data, size_t len);

#endif
