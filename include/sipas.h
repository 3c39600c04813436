/**
 * @file sipas.h
 * The umbrella, and the only supported include: sampling, weighting and scoring of satisfaction surveys,
 * with design-based confidence intervals.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#ifndef SIPAS_H
#define SIPAS_H

#include "sipas/version.h"
#include "sipas/base.h"
#include "sipas/column.h"
#include "sipas/table.h"
#include "sipas/rng.h"
#include "sipas/unit.h"
#include "sipas/frame.h"
#include "sipas/instrument.h"
#include "sipas/design.h"
#include "sipas/size.h"
#include "sipas/allocate.h"
#include "sipas/strata.h"
#include "sipas/allocate_multi.h"
#include "sipas/allocate_tree.h"
#include "sipas/select.h"
#include "sipas/weight.h"
#include "sipas/estimate.h"
#include "sipas/estimate_proportion.h"
#include "sipas/estimate_function.h"
#include "sipas/estimate_contrast.h"
#include "sipas/estimate_moment.h"
#include "sipas/estimate_alpha.h"
#include "sipas/estimate_quantile.h"
#include "sipas/plan.h"
#include "sipas/index.h"
#include "sipas/rank.h"
#include "sipas/arrow.h"

#endif
