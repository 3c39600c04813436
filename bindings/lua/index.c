/***
@module sipas
*/
/*
 * The face of room index.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <string.h>

#include "face.h"

/* Answers in the instrument's order: a list of columns, or columns by item, of which others may be there. */
static sipas_column *answers(call *c, const sipas_instrument *instrument)
{
    lua_State *L = c->L;
    const int64_t n = sipas_instrument_count_items(instrument);
    sipas_column *out = keep_memory(c, (size_t)n, sizeof *out);

    need(c, "answers", 1);
    if (!lua_istable(L, -1)) expected(c, "answers", "table of columns by item, or list of columns");
    const int table = lua_gettop(L), named_ones = has_names(L, table);

    if (!named_ones && (int64_t)lua_rawlen(L, table) != n)
        fail(L, SIPAS_ERR_LENGTH, "answers", "answers: %d columns where %d are expected", (int)lua_rawlen(L, table),
             (int)n);
    for (int64_t i = 0; i < n; i++) {
        const char *item = sipas_instrument_get_node(instrument, i)->code;
        char label[96];

        (void)snprintf(label, sizeof label, "answers['%s']", item);
        if (named_ones) {
            lua_pushstring(L, item);
            lua_rawget(L, table);
        } else {
            lua_rawgeti(L, table, (int)i + 1);
        }
        if (lua_isnil(L, -1)) fail(L, SIPAS_ERR_ARGUMENT, item, "answers: no column for item %s", item);
        to_column(c, label, &out[i]);
    }
    lua_pop(L, 1);
    return out;
}

/* Position among the `by` columns of the name that `whole_by` gives. */
static void read_whole_by(call *c, const sipas_domains *of, sipas_index_opts *opts)
{
    if (!given(c, "whole_by", 0)) return;
    const char *name = to_text(c, "whole_by");

    for (int32_t i = 0; i < of->n_by; i++)
        if (strcmp(of->names[i], name) == 0) {
            opts->whole_by = i;
            return;
        }
    fail(c->L, SIPAS_ERR_ARGUMENT, "whole_by", "whole_by: '%s' is not in by", name);
}

/***
The index
@section index
*/
/***
The index over the question tree: every node, for every group of every level, in one pass over the rows.
@function Design:index
@tparam table options
@param options.answers columns by item, or a list of columns in the instrument's order; vectors of i8 are read where they lie. [1]
@param options.instrument an Instrument, or the id of a built-in one. [2]
@param options.scoring "top2" (default), "mean_over_max", "rescaled"
@param options.weighting "criterion" (default), "factor", "block", "explicit"
@param options.missing "available" (default), "complete", "respondent"
@param options.unweighted true: the unweighted figure too
@param options.whole "pooled" (default), "mean_of_units", "population" with whole_by, a name in `by`, and population, a table from its codes to numbers
@param options.by (and where, missing_by, level, deff, cov) as for `Design:mean`
@treturn Table node, level, by …, estimate (0-100), se, lower, upper, df, df_design, n, psus, deff, unweighted
@raise value: an answer outside its scale; names row and item
*/
static int index_estimate(lua_State *L)
{
    static const option own[] = {ARG("answers"),
                                 ARG("instrument"),
                                 ARG("whole_by"),
                                 ARG("population"),
                                 FIELD(sipas_index_opts, scoring),
                                 FIELD(sipas_index_opts, weighting),
                                 FIELD(sipas_index_opts, missing),
                                 FIELD(sipas_index_opts, level),
                                 {"deff", CHOICE_OR, offsetof(sipas_index_opts, deff), 0, deff_words},
                                 FIELD(sipas_index_opts, cov),
                                 FIELD(sipas_index_opts, unweighted),
                                 FIELD(sipas_index_opts, whole),
                                 END};
    static const option *const lists[] = {own, domain_options, NULL};
    sipas_index_opts opts;
    const sipas_design *design;
    const sipas_domains *of;
    call c;

    begin_method(&c, L, "index", 2, lists, &design, &of);
    sipas_index_opts_init(&opts);
    read_options(&c, own, &opts);
    need(&c, "instrument", 2);
    const sipas_instrument *instrument = lua_type(L, -1) == LUA_TSTRING ? find_builtin(L, -1) : to_instrument(L, -1);

    (void)keep_value(&c);
    const sipas_column *columns = answers(&c, instrument);

    read_whole_by(&c, of, &opts);
    mapping(&c, "population", &opts.population_code, &opts.population);
    check(&c, sipas_index_estimate(design, instrument, columns, of, &opts, estimate_table(&c), &c.err));
    return 1;
}

const luaL_Reg index_methods[] = {{"index", index_estimate}, {NULL, NULL}};
