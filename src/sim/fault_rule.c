/* SPDX-License-Identifier: MIT */
#include "sim/fault_rule.h"

#include <string.h>

bool fault_rule_matches(const char *pattern, const char *method)
{
	size_t n = strlen(pattern);

	if (n && pattern[n - 1] == '*')
		return strncmp(pattern, method, n - 1) == 0;
	return strcmp(pattern, method) == 0;
}

void fault_rule_print(struct json_writer *w, const char *kind, const char *pattern, uint64_t hits)
{
	jsonw_object(w);
	jsonw_key(w, "kind");
	jsonw_str(w, kind);
	jsonw_key(w, "method");
	jsonw_str(w, pattern);
	jsonw_key(w, "hits");
	jsonw_u64(w, hits);
	jsonw_end(w);
}
