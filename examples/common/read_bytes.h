/**
 * @file read_bytes.h
 * The bytes of a text file, and what a file is that is no UTF-8 text.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef EXAMPLES_READ_BYTES_H
#define EXAMPLES_READ_BYTES_H

#include <stddef.h>
#include <stdio.h>

#include <sipas.h>

/**
 * Reads all of a file that must be UTF-8, with or without a byte order mark.
 *
 * @param path its name, for messages
 * @param file open for reading
 * @param[out] bytes what it holds without the mark, with a final NUL; to be freed; NULL on failure
 * @param[out] n their number
 * @param err SIPAS_ERR_TOO_FEW: nothing is in it; SIPAS_ERR_VALUE: it cannot be read, or is no UTF-8 text: says what it seems to
 *        be and what to do
 */
sipas_status bytes_read(const char *path, FILE *file, char **bytes, size_t *n, sipas_error *err);

#endif
