/*
 * Draw, fieldwork, weights and answers of a provincial round. The draw is real: anyone with the seed and the numbers of
 * transactions can repeat it. Who answers, and what, is simulated.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "province.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "print.h"
#include "refuse.h"

void province_clear(province_round *r)
{
    sipas_design_free(r->design);
    sipas_instrument_free(r->instrument);
    sipas_unit_tree_free(r->tree);
    sheet_free(r->agency_sheet);
    sheet_free(r->quota_sheet);
    free(r->agencies);
    free(r->persons);
    memset(r, 0, sizeof *r);
}

sipas_column province_column(sipas_column first, const province_round *r)
{
    first.n = r->n_persons;
    first.stride = (int64_t)sizeof(province_person);
    return first;
}

const province_agency *province_find(const province_round *r, const char *code)
{
    int64_t i = 0;
    while (strcmp(r->agencies[i].code, code) != 0) i++;
    return &r->agencies[i];
}

/* -------------------------------------------------------------------------------------------------------------- draw */

/* The numbered transactions of an agency: "D17-01" … "D17-38". */
typedef struct transaction_list {
    char (*text)[32];
    const char **code;
} transaction_list;

static sipas_status number_transactions(const province_agency *a, transaction_list *list, sipas_error *err)
{
    const size_t n = (size_t)a->transactions;
    const int digits = snprintf(NULL, 0, "%lld", (long long)a->transactions);
    list->text = malloc(n * sizeof *list->text);
    list->code = malloc(n * sizeof *list->code);
    if (!list->text || !list->code)
        return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the list of %s", a->code);
    for (size_t i = 0; i < n; i++) {
        snprintf(list->text[i], sizeof list->text[i], "%.8s-%0*lld", a->code, digits, (long long)i + 1);
        list->code[i] = list->text[i];
    }
    return SIPAS_OK;
}

static sipas_status add_person(province_round *r, province_person person, sipas_error *err)
{
    if (r->n_persons == r->room) {
        const int64_t room = r->room ? 2 * r->room : 4096;
        province_person *grown = realloc(r->persons, (size_t)room * sizeof *grown);
        if (!grown) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the sample");
        r->persons = grown;
        r->room = room;
    }
    r->persons[r->n_persons++] = person;
    return SIPAS_OK;
}

/* Asks the units drawn in their order, a reserve only while the quota is not full. */
static sipas_status ask(province_round *r, int64_t row, const char *const *code, const char *const *role, int64_t n,
                        sipas_error *err)
{
    province_agency *a = &r->agencies[row];
    const int64_t start = r->n_persons;
    const double response = province_levels[a->level].mode->response;
    sipas_status status = SIPAS_OK;
    for (int64_t i = 0; i < n && status == 0; i++) {
        const int reserve = strcmp(role[i], "reserve") == 0;
        if (reserve && a->answered == a->quota) break;
        province_person p = {.agency = a->code, .row = row, .level = a->level, .population = (double)a->transactions};
        status = sipas_code_hash(&code[i], 1, &p.hash, err);
        p.responded = sipas_rng_uniform(r->seed, PROVINCE_SIMULATION, p.hash, 0, 0) < response;
        a->asked++;
        a->from_reserve += reserve;
        a->answered += p.responded;
        if (status == 0) status = add_person(r, p, err);
    }
    for (int64_t i = start; i < r->n_persons; i++) r->persons[i].pi = (double)a->asked / (double)a->transactions;
    return status;
}

/* The draw of the first agency in words: method, frame, the first units in their order. */
static sipas_status write_receipt(province_round *r, const province_agency *a, const sipas_table *drawn,
                                  const char *const *code, sipas_error *err)
{
    const char *method, *frame;
    sipas_status status = sipas_table_find_meta(drawn, "method", &method, err);
    if (status == 0) status = sipas_table_find_meta(drawn, "frame", &frame, err);
    if (status != 0) return status;
    char quota[32], transactions[32], reserve[32];
    snprintf(r->receipt, sizeof r->receipt,
             "%s (%s): method %s, seed %llu, programme %d, frame %s;\n"
             "  %s of %s transactions: %s, %s, %s …; %s reserves: %s, %s …",
             a->name, a->code, method, (unsigned long long)r->seed, (int)PROVINCE_DRAW, frame,
             count_text(quota, a->quota), count_text(transactions, a->transactions), code[0], code[1], code[2],
             count_text(reserve, a->reserve), code[a->quota], code[a->quota + 1]);
    return status;
}

static sipas_status draw_agency(province_round *r, int64_t row, sipas_error *err)
{
    const province_agency *a = &r->agencies[row];
    transaction_list list = {0};
    sipas_table *drawn = NULL;
    const char *const *code, *const *role;
    sipas_draw_opts opts = SIPAS_DRAW_OPTS_INIT;
    opts.method = SIPAS_DRAW_SRS;
    opts.has_seed = 1;
    opts.seed = r->seed;
    opts.programme = PROVINCE_DRAW;
    opts.n = a->quota;
    opts.reserve = a->reserve;
    sipas_status status = number_transactions(a, &list, err);
    if (status == 0) {
        const sipas_column codes = sipas_column_code(list.code, a->transactions);
        status = sipas_draw(NULL, &codes, &opts, &drawn, err);
    }
    if (status == 0) status = sipas_table_get_code(drawn, "code", &code, err);
    if (status == 0) status = sipas_table_get_code(drawn, "role", &role, err);
    if (status == 0 && row == 0) status = write_receipt(r, a, drawn, code, err);
    if (status == 0) status = ask(r, row, code, role, sipas_table_count_rows(drawn), err);
    sipas_table_free(drawn);
    free(list.text);
    free(list.code);
    return status;
}

static void add_level(const province_round *r, int level, grid *g)
{
    const province_mode *mode = province_levels[level].mode;
    int64_t quota = 0, drawn = 0, asked = 0, reserves = 0, answered = 0, full = 0;
    for (int64_t i = r->first[level]; i < r->first[level + 1]; i++) {
        const province_agency *a = &r->agencies[i];
        quota += a->quota;
        drawn += a->quota + a->reserve;
        asked += a->asked;
        reserves += a->from_reserve;
        answered += a->answered;
        full += a->answered == a->quota;
    }
    grid_text(g, province_levels[level].title);
    grid_text(g, mode->name);
    grid_count(g, r->first[level + 1] - r->first[level]);
    grid_count(g, quota);
    grid_count(g, drawn);
    grid_count(g, asked);
    grid_count(g, reserves);
    grid_count(g, answered);
    grid_number(g, 100.0 * (double)answered / (double)asked, 1);
    grid_count(g, full);
}

sipas_status province_field(province_round *r, sipas_error *err)
{
    static const char *const headings[] = {"level", "mode",     "agencies", "quota",      "drawn",
                                           "asked", "reserves", "answered", "response %", "quota full"};
    sipas_status status = SIPAS_OK;
    for (int64_t i = 0; i < r->n_agencies && status == 0; i++) status = draw_agency(r, i, err);
    if (status != 0) return status;
    printf(
        "\n4. Draw and fieldwork (who answers is simulated)\n\n"
        "  Transactions of an agency are numbered; quota and reserves are drawn at once, by simple random sampling.\n"
        "  Reserves are asked in their order until the quota is full. A person answers with the mode's assumed rate.\n"
        "  For example %s.\n\n",
        r->receipt);
    grid *g = grid_new(headings, 10);
    for (int level = 0; level < PROVINCE_LEVELS; level++) add_level(r, level, g);
    if (grid_print(g, stdout) < 0) status = refuse(err, SIPAS_ERR_MEMORY, "not enough memory to print the fieldwork");
    grid_free(g);
    return status;
}

/* ----------------------------------------------------------------------------------------------------------- weights */

/* The adjustment of an agency with the lowest response, as an example of what was done. */
static sipas_status print_response(const province_round *r, const sipas_table *cells, const sipas_column *weights,
                                   sipas_error *err)
{
    const double *rate, *factor;
    const char *const *cell;
    double deff, n_eff;
    sipas_status status = sipas_table_get_f64(cells, "rate", &rate, err);
    if (status == 0) status = sipas_table_get_f64(cells, "factor", &factor, err);
    if (status == 0) status = sipas_table_get_code(cells, "cell", &cell, err);
    if (status == 0) status = sipas_weight_kish(weights, &deff, &n_eff, NULL, err);
    if (status != 0) return status;
    int64_t lowest = 0;
    for (int64_t i = 1; i < sipas_table_count_rows(cells); i++)
        if (rate[i] < rate[lowest]) lowest = i;
    printf("\n5. Weights (from simulated fieldwork)\n\n"
           "  weight = transactions / asked (design) × asked / answered (response), agency by agency.\n"
           "  Lowest response: %s with %.1f %%, where each answer counts %.2f times.\n",
           province_find(r, cell[lowest])->name, 100 * rate[lowest], factor[lowest]);
    double sum = 0.0;
    int64_t transactions = 0;
    char text[4][32];
    for (int64_t i = 0; i < r->n_persons; i++) sum += r->persons[i].weight;
    for (int64_t i = 0; i < r->n_agencies; i++) transactions += r->agencies[i].transactions;
    printf("  Sum of the weights: %s, for %s transactions.\n"
           "  Fixed quotas for agencies of unequal size make weights unequal. For a figure of the whole province that\n"
           "  costs a factor of %.2f (Kish): %s answers tell as much as %s with equal weights.\n",
           count_text(text[0], llround(sum)), count_text(text[1], transactions), deff,
           count_text(text[2], llround(n_eff * deff)), count_text(text[3], llround(n_eff)));
    return SIPAS_OK;
}

static void keep_those_who_answered(province_round *r)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < r->n_persons; i++)
        if (r->persons[i].responded) r->persons[kept++] = r->persons[i];
    r->n_persons = kept;
}

sipas_status province_weigh(province_round *r, sipas_error *err)
{
    const province_person *p = r->persons;
    double *weight = calloc((size_t)r->n_persons, sizeof *weight);
    if (!weight) return refuse(err, SIPAS_ERR_MEMORY, "not enough memory for the weights");
    const sipas_column weights = sipas_column_f64(weight, r->n_persons);
    const sipas_column pi = province_column(sipas_column_f64(&p->pi, 1), r),
                       agency = province_column(sipas_column_code(&p->agency, 1), r),
                       responded = province_column(sipas_column_bool(&p->responded, 1), r);
    sipas_table *cells = NULL;
    sipas_status status = sipas_weight_design(&pi, 1, weight, err);
    if (status == 0) status = sipas_weight_response(NULL, &weights, &agency, &responded, weight, &cells, err);
    for (int64_t i = 0; status == 0 && i < r->n_persons; i++) r->persons[i].weight = weight[i];
    if (status == 0) status = print_response(r, cells, &weights, err);
    if (status == 0) keep_those_who_answered(r);
    sipas_table_free(cells);
    free(weight);
    return status;
}

/* ----------------------------------------------------------------------------------------------------------- answers */

/* 1 when a node lies below the service block "II" of the built-in form, or is that block. */
static int is_service(const sipas_instrument *form, int64_t node)
{
    while (node >= 0 && strcmp(sipas_instrument_get_node(form, node)->code, "II") != 0)
        node = sipas_instrument_get_parent(form, node);
    return node >= 0;
}

/* The service block of the national form as an instrument of its own; who never complained ticks "does not apply". */
static sipas_status make_instrument(province_round *r, sipas_error *err)
{
    const sipas_instrument *form = sipas_instrument_builtin("1001/2023");
    sipas_node nodes[PROVINCE_NODES];
    int64_t n = 0;
    for (int64_t i = 0; i < sipas_instrument_count_nodes(form) && n < PROVINCE_NODES; i++) {
        if (!is_service(form, i)) continue;
        sipas_node *node = &nodes[n++];
        *node = *sipas_instrument_get_node(form, i);
        if (strcmp(node->code, "II") == 0) {
            node->parent = NULL;
            node->kind = SIPAS_NODE_INDEX;
        } else if (node->kind == SIPAS_NODE_ITEM && strcmp(node->parent, "II.E") == 0) {
            node->n_not_applicable = 1;
            node->not_applicable[0] = PROVINCE_DOES_NOT_APPLY;
        }
    }
    return sipas_instrument_new(NULL, "services of 1001/2023", sipas_instrument_get_source(form), nodes, n,
                                &r->instrument, err);
}

/* Mean 0, standard deviation 1, near the normal: the sum of three numbers of a unit, made of + - × only. */
static double deviate(uint64_t seed, uint64_t unit, uint64_t stream)
{
    double sum = 0.0;
    for (uint64_t draw = 0; draw < 3; draw++) sum += sipas_rng_uniform(seed, PROVINCE_SIMULATION, unit, stream, draw);
    return 2.0 * (sum - 1.5);
}

/*
 * The model: answer = agency's mean + 0.55 z(person) + 0.65 z(person, item), rounded and kept within 1 … 5. The agency's
 * mean is its level's, plus or minus up to the level's spread; factors differ a little. Four in ten never complained.
 */
static const double factor_shift[] = {0.05, 0.00, 0.08, 0.04, -0.15}; /* II.A … II.E */

static void answer(const province_round *r, province_person *p)
{
    const province_agency *a = &r->agencies[p->row];
    const province_level *level = &province_levels[a->level];
    const double shift = 2.0 * sipas_rng_uniform(r->seed, PROVINCE_SIMULATION, a->hash, 0, 0) - 1.0;
    const double mean = level->mean + level->spread * shift + 0.55 * deviate(r->seed, p->hash, 1);
    const int complained = sipas_rng_uniform(r->seed, PROVINCE_SIMULATION, p->hash, 2, 0) >= 0.4;
    for (int item = 0; item < PROVINCE_ITEMS; item++) {
        const sipas_node *node = sipas_instrument_get_node(r->instrument, item);
        const double shifted = mean + factor_shift[node->parent[3] - 'A'];
        const double latent = floor(shifted + 0.65 * deviate(r->seed, p->hash, 3 + (uint64_t)item) + 0.5);
        p->answer[item] = (int8_t)(latent < 1.0 ? 1.0 : latent > 5.0 ? 5.0 : latent);
        if (node->n_not_applicable && !complained) p->answer[item] = PROVINCE_DOES_NOT_APPLY;
    }
}

sipas_status province_answer(province_round *r, sipas_error *err)
{
    sipas_status status = make_instrument(r, err);
    for (int64_t i = 0; status == 0 && i < r->n_persons; i++) answer(r, &r->persons[i]);
    return status;
}
