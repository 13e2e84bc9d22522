/* SPDX-License-Identifier: MIT */
/*
 * What AddressSanitizer and valgrind must be told about stacks; nothing of it
 * is left in other builds (of valgrind, a few instructions that do nothing).
 */
#ifndef RT_SANITIZE_H
#define RT_SANITIZE_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define RT_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RT_ASAN 1
#endif
#endif
#ifndef RT_ASAN
#define RT_ASAN 0
#endif

#if RT_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

/* About to leave a stack; with fake_save NULL for good. */
#define SANITIZE_LEAVE(fake_save, low, size) __sanitizer_start_switch_fiber(fake_save, low, size)
/* Arrived on one; where we came from is reported. */
#define SANITIZE_ARRIVE(fake, ret_low, ret_size) \
	__sanitizer_finish_switch_fiber(fake, ret_low, ret_size)
/* Frames that never returned have left their red zones. */
#define SANITIZE_CLEAN(low, size) __asan_unpoison_memory_region(low, size)
#else
#define SANITIZE_LEAVE(fake_save, low, size)     ((void)(fake_save), (void)(low), (void)(size))
#define SANITIZE_ARRIVE(fake, ret_low, ret_size) ((void)(fake), (void)(ret_low), (void)(ret_size))
#define SANITIZE_CLEAN(low, size)                ((void)0)
#endif

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#ifndef VALGRIND_STACK_REGISTER
#define VALGRIND_STACK_REGISTER(low, high) 0u
#define VALGRIND_STACK_DEREGISTER(id)      ((void)(id))
#define RUNNING_ON_VALGRIND                0
#endif

#endif
