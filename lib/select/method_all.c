/*
 * A census: every unit is certain.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "select/method.h"

const sipas__select_method sipas__select_method_all = {.name = "all/1", .takes_all = 1, .is_canonical = 1};
