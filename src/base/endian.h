/* SPDX-License-Identifier: MIT */
/* Fixed-width integers in memory of any alignment: little-endian (TL) and big-endian (crypto). */
#ifndef BASE_ENDIAN_H
#define BASE_ENDIAN_H

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define LE32(x) (x)
#define LE64(x) (x)
#define BE32(x) __builtin_bswap32(x)
#define BE64(x) __builtin_bswap64(x)
#else
#define LE32(x) __builtin_bswap32(x)
#define LE64(x) __builtin_bswap64(x)
#define BE32(x) (x)
#define BE64(x) (x)
#endif

static inline uint32_t get_le32(const void *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof n);
	return LE32(n);
}

static inline uint64_t get_le64(const void *p)
{
	uint64_t n;

	memcpy(&n, p, sizeof n);
	return LE64(n);
}

static inline uint32_t get_be32(const void *p)
{
	uint32_t n;

	memcpy(&n, p, sizeof n);
	return BE32(n);
}

static inline uint64_t get_be64(const void *p)
{
	uint64_t n;

	memcpy(&n, p, sizeof n);
	return BE64(n);
}

static inline void put_le32(void *p, uint32_t n)
{
	n = LE32(n);
	memcpy(p, &n, sizeof n);
}

static inline void put_le64(void *p, uint64_t n)
{
	n = LE64(n);
	memcpy(p, &n, sizeof n);
}

static inline void put_be32(void *p, uint32_t n)
{
	n = BE32(n);
	memcpy(p, &n, sizeof n);
}

static inline void put_be64(void *p, uint64_t n)
{
	n = BE64(n);
	memcpy(p, &n, sizeof n);
}

#endif
