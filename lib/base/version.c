/*
 * What is linked at run time.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <sipas/version.h>

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)

const char *sipas_version(void)
{
    return TEXT(SIPAS_VERSION_MAJOR) "." TEXT(SIPAS_VERSION_MINOR) "." TEXT(SIPAS_VERSION_PATCH);
}

int32_t sipas_abi_version(void)
{
    return SIPAS_ABI_VERSION;
}
