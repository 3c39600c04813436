/**
 * @file num/processor.h
 * What a loop may ask of the processor.
 *
 * Loops that have a variant for some processors are the same to the last bit on all. With SIPAS__PLAIN_PROCESSOR only what plain C
 * says is there: tests are built so once more.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_NUM_PROCESSOR_H
#define SIPAS_NUM_PROCESSOR_H

#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__)) && !defined(SIPAS__PLAIN_PROCESSOR)
#define SIPAS__X86 1
/** The variant of a loop for 256 bits, and whether this processor can run it. */
#define SIPAS__WIDE __attribute__((target("avx2")))
#define SIPAS__IS_WIDE() __builtin_cpu_supports("avx2")
#else
#define SIPAS__X86 0
#endif

/** Asks the processor to fetch a place in memory, to be read (write = 0) or changed (1). */
#if defined(__GNUC__) || defined(__clang__)
#define SIPAS__FETCH(address, write) __builtin_prefetch(address, write)
#else
#define SIPAS__FETCH(address, write) ((void)(address))
#endif

#endif
