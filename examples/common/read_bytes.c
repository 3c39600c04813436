/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "read_bytes.h"

#include <stdlib.h>
#include <string.h>

#include "refuse.h"
#include "text.h"

/* What the first bytes of a file tell of it. */
static const struct {
    const char *magic;
    size_t length;
    const char *what;
} kinds[] = {
    {"\xFF\xFE\0\0", 4, "UTF-32 text: save it as CSV UTF-8"},
    {"\0\0\xFE\xFF", 4, "UTF-32 text: save it as CSV UTF-8"},
    {"\xFF\xFE", 2, "UTF-16 text (\"Unicode text\" of Excel): save it as CSV UTF-8"},
    {"\xFE\xFF", 2, "UTF-16 text (\"Unicode text\" of Excel): save it as CSV UTF-8"},
    {"PK\x03\x04", 4, "an Excel workbook (.xlsx) or another ZIP archive: open it and save the sheet as CSV UTF-8"},
    {"\xD0\xCF\x11\xE0", 4, "an old Excel workbook (.xls): open it and save the sheet as CSV UTF-8"},
    {"PAR1", 4, "a Parquet file: write the table as CSV UTF-8"},
    {"ARROW1", 6, "an Arrow file: write the table as CSV UTF-8"},
    {"\x1F\x8B", 2, "a compressed file (gzip): unpack it first"},
    {"%PDF", 4, "a PDF document: the table is needed as CSV UTF-8"},
};

static sipas_status seems(const char *path, const char *what, sipas_error *err)
{
    return refuse(err, SIPAS_ERR_VALUE, "%.100s: no CSV in UTF-8; it seems to be %s", path, what);
}

static long long line_of(const char *bytes, size_t at)
{
    long long line = 1;
    for (size_t i = 0; i < at; i++) line += bytes[i] == '\n' || (bytes[i] == '\r' && bytes[i + 1] != '\n');
    return line;
}

/* UTF-16 without a mark has a zero in every other byte of what is ASCII. */
static sipas_status check_zeros(const char *path, const char *bytes, size_t n, sipas_error *err)
{
    const char *zero = memchr(bytes, '\0', n);
    size_t zeros = 0;
    const size_t looked_at = n < 4096 ? n : 4096;
    if (!zero) return SIPAS_OK;
    for (size_t i = 0; i < looked_at; i++) zeros += bytes[i] == '\0';
    if (zeros > looked_at / 4) return seems(path, "UTF-16 text: save it as CSV UTF-8", err);
    return refuse(err, SIPAS_ERR_VALUE,
                  "%.100s, line %lld: a zero byte stands there: it is no text file; export it again as CSV UTF-8", path,
                  line_of(bytes, (size_t)(zero - bytes)));
}

/*
 * Which of the old one-byte encodings of Vietnamese a file seems to have. TCVN3 (ABC) has its letters from A1 on, most of them below
 * C0, where Windows-1258 has signs; Windows-1258 has the five tones as bytes of their own, CC, D2, DE, EC and F2.
 */
static const char *guess_encoding(const char *bytes, size_t n)
{
    size_t high = 0, low_half = 0, tones = 0;
    for (size_t i = 0; i < n; i++) {
        const unsigned char byte = (unsigned char)bytes[i];
        if (byte < 0x80) continue;
        high++;
        low_half += byte >= 0xA1 && byte <= 0xBF;
        tones += byte == 0xCC || byte == 0xD2 || byte == 0xDE || byte == 0xEC || byte == 0xF2;
    }
    if (low_half * 4 > high) return "TCVN3 (ABC, .VnTime)";
    if (tones * 8 > high) return "Windows-1258";
    return "Windows-1258 or Windows-1252";
}

static sipas_status check_encoding(const char *path, const char *bytes, size_t n, sipas_error *err)
{
    const sipas_status status = check_zeros(path, bytes, n, err);
    if (status != 0) return status;
    const size_t bad = text_first_bad(bytes, n);
    if (bad == n) return SIPAS_OK;
    return refuse(
        err, SIPAS_ERR_VALUE,
        "%.100s, line %lld: byte 0x%02X is no UTF-8; the file seems to be in an old encoding, %s: convert it and "
        "save it as CSV UTF-8",
        path, line_of(bytes, bad), (unsigned)(unsigned char)bytes[bad], guess_encoding(bytes, n));
}

/* Everything that a stream holds, and one zero behind it. */
static sipas_status read_all(const char *path, FILE *file, char **bytes, size_t *n, sipas_error *err)
{
    size_t room = 0;
    for (*n = 0;;) {
        if (room - *n < 2) {
            room = room ? 2 * room : 1 << 16;
            char *grown = realloc(*bytes, room);
            if (!grown) return refuse(err, SIPAS_ERR_MEMORY, "%.100s: not enough memory for the file", path);
            *bytes = grown;
        }
        const size_t got = fread(*bytes + *n, 1, room - *n - 1, file);
        if (got == 0) break;
        *n += got;
    }
    (*bytes)[*n] = '\0';
    return ferror(file) ? refuse(err, SIPAS_ERR_VALUE, "%.100s: reading the file failed", path) : SIPAS_OK;
}

static sipas_status check(const char *path, char *bytes, size_t *n, sipas_error *err)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (*n >= kinds[i].length && memcmp(bytes, kinds[i].magic, kinds[i].length) == 0)
            return seems(path, kinds[i].what, err);
    const size_t mark = *n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    *n -= mark;
    memmove(bytes, bytes + mark, *n + 1);
    if (*n == 0) return refuse(err, SIPAS_ERR_TOO_FEW, "%.100s: the file is empty", path);
    return check_encoding(path, bytes, *n, err);
}

sipas_status bytes_read(const char *path, FILE *file, char **bytes, size_t *n, sipas_error *err)
{
    *bytes = NULL;
    sipas_status status = read_all(path, file, bytes, n, err);
    if (status == 0 && *bytes) status = check(path, *bytes, n, err);
    if (status == 0) return SIPAS_OK;
    free(*bytes);
    *bytes = NULL;
    return status;
}
