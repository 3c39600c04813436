/***
@module sipas
*/
/*
 * The face of room weight.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "face.h"

/***
Weights
@section weight
*/

/***
Design weights, the product of 1/π over the stages.
@function design_weights
@tparam table options
@param options.inclusion_prob a column, or a list of columns, one for each stage. [1]
@return vec of f64
*/

/***
Weights adjusted for nonresponse: the respondents of a cell stand for all of it, the others get 0.
@function response_weights
@tparam table options
@param options.weights weights ≥ 0. [1]
@param options.responded who responded, booleans. [2]
@param options.cell code of each row's cell; by default one cell
@return vec of f64
@treturn Table cell, issued, responded, rate, factor
*/

/***
What unequal weights cost.
@function kish
@tparam table options
@param options.weights [1]
@treturn table deff = n Σw² / (Σw)², n_eff, cv2
*/
static int kish(lua_State *L)
{
    static const option own[] = {ARG("weights"), END};
    static const option *const lists[] = {own, NULL};
    double out[3];
    call c;

    begin(&c, L, "kish", 1, 1, lists);
    check(&c, sipas_weight_kish(need_column(&c, "weights", 1), &out[0], &out[1], &out[2], &c.err));
    lua_createtable(L, 0, 3);
    lua_pushnumber(L, out[0]);
    lua_setfield(L, -2, "deff");
    lua_pushnumber(L, out[1]);
    lua_setfield(L, -2, "n_eff");
    lua_pushnumber(L, out[2]);
    lua_setfield(L, -2, "cv2");
    return 1;
}

const luaL_Reg weight_functions[] = {{"kish", kish}, {NULL, NULL}};
