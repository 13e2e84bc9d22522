/* SPDX-License-Identifier: MIT */
#include "base/json_shim.h"

#include <charconv>

#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>
#include <tobs/err.h>

using implementation = simdjson::internal::dom_parser_implementation;

static_assert(JSON_SHIM_PADDING >= simdjson::SIMDJSON_PADDING, "simdjson reads further");
static_assert(JSON_SHIM_MAX <= simdjson::SIMDJSON_MAXSIZE_BYTES, "simdjson takes less");

static int code(simdjson::error_code e)
{
	switch (e) {
	case simdjson::SUCCESS: return TOBS_OK;
	case simdjson::MEMALLOC: return TOBS_ENOMEM;
	case simdjson::CAPACITY:
	case simdjson::DEPTH_ERROR: return TOBS_ETOOBIG;
	default: return TOBS_EMALFORMED;
	}
}

extern "C" int json_shim_fit(void **shim, size_t capacity, unsigned depth)
{
	auto *impl = static_cast<implementation *>(*shim);

	if (impl)
		return code(impl->allocate(capacity, depth));
	std::unique_ptr<implementation> made;
	auto e = simdjson::get_active_implementation()->create_dom_parser_implementation(
		capacity, depth, made);
	if (!e)
		*shim = made.release();
	return code(e);
}

extern "C" void json_shim_free(void *shim)
{
	delete static_cast<implementation *>(shim);
}

extern "C" int json_shim_index(void *shim, const uint8_t *text, size_t len, uint32_t *ret_tokens)
{
	auto *impl = static_cast<implementation *>(shim);
	auto e = impl->stage1(text, len, simdjson::stage1_mode::regular);

	if (!e)
		*ret_tokens = impl->n_structural_indexes;
	return code(e);
}

extern "C" int json_shim_build(void *shim, uint64_t *tape, uint8_t *strings)
{
	simdjson::dom::document borrowed;

	borrowed.tape.reset(tape);
	borrowed.string_buf.reset(strings);
	auto e = static_cast<implementation *>(shim)->stage2(borrowed);
	(void)borrowed.tape.release();
	(void)borrowed.string_buf.release();
	return code(e);
}

extern "C" size_t json_shim_digits(double d, char digits[24], int *ret_exp)
{
	char text[32];
	auto end = std::to_chars(text, text + sizeof text, d, std::chars_format::scientific).ptr;
	size_t n = 0;
	char *p = text;

	for (; *p != 'e'; p++)
		if (*p != '.')
			digits[n++] = *p;
	p += p[1] == '+' ? 2 : 1; /* from_chars reads no plus */
	std::from_chars(p, end, *ret_exp);
	return n;
}

extern "C" bool json_shim_utf8_valid(const uint8_t *s, size_t len)
{
	return simdjson::validate_utf8(reinterpret_cast<const char *>(s), len);
}
