/*
 * Sums of segments → sums of groups → atoms → nodes; and the gradient back again.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "engine/linear.h"

#include <math.h>
#include <string.h>

#include "base/context.h"
#include "base/threads.h"
#include "engine/linear_atoms.h"
#include "num/sum.h"

/* ---- groups ---- */

static int alloc_level(sipas__linear *linear, sipas__linear_level *level)
{
    const size_t atoms = (size_t)linear->nodes->n_atoms * sizeof(double);
    const size_t nodes = (size_t)linear->nodes->n_nodes * sizeof(double);
    const int64_t n = level->n_groups;
    int64_t counts;

    level->n_nodes = linear->nodes->n_nodes;
    level->alike = !linear->moments->any_gone && !linear->nodes->evaluate;
    counts = level->alike ? n : n * level->n_nodes;
    level->value = sipas__alloc(linear->ctx, n, atoms);
    level->size = sipas__alloc(linear->ctx, n, atoms);
    if (linear->moments->plain) level->plain_value = sipas__alloc(linear->ctx, n, atoms);
    if (linear->nodes->evaluate) {
        const int64_t n_terms = linear->nodes->start[linear->nodes->n_nodes];

        level->coef = sipas__alloc(linear->ctx, n, (size_t)n_terms * sizeof *level->coef);
        if (!level->coef) return 0;
    }
    level->estimate = sipas__alloc(linear->ctx, n, nodes);
    level->population = sipas__alloc(linear->ctx, counts, sizeof *level->population);
    if (linear->moments->plain) level->plain = sipas__alloc(linear->ctx, n, nodes);
    level->n = sipas__alloc(linear->ctx, counts, sizeof *level->n);
    level->psus = sipas__alloc(linear->ctx, counts, sizeof *level->psus);
    level->df = sipas__alloc(linear->ctx, counts, sizeof *level->df);
    level->whole = sipas__alloc(linear->ctx, n, (size_t)linear->nodes->n_nodes);
    level->domain_rows = sipas__alloc(linear->ctx, n, sizeof *level->domain_rows);
    level->domain_psus = sipas__alloc(linear->ctx, n, sizeof *level->domain_psus);
    level->domain_df = sipas__alloc(linear->ctx, n, sizeof *level->domain_df);
    if (linear->moments->plain && (!level->plain || !level->plain_value)) return 0;
    return level->value && level->size && level->estimate && level->population && level->n && level->psus &&
           level->df && level->whole && level->domain_rows && level->domain_psus && level->domain_df;
}

/* ---- sums of a group ---- */

/* Running sums of the atoms of a group. */
typedef struct atom_sums {
    sipas__sum num, den, plain;
    int64_t count;
} atom_sums;

/* Segments of a group that are added at a time: atom by atom, while they are in the nearest cache. */
enum { BATCH = 64 };

typedef struct batch {
    int64_t n;
    int32_t segment[BATCH];
    double times[BATCH]; /* each counts so many times */
} batch;

/* The next segments of a group from place `at` on that count; returns the place after. */
static int64_t next_batch(const sipas__linear *linear, const sipas__linear_level *level, int64_t at, int64_t end,
                          const double *factor, batch *b)
{
    const sipas__moments *m = linear->moments;

    b->n = 0;
    for (; at < end && b->n < BATCH; at++) {
        const int32_t s = level->segments[at];
        const double times = factor ? factor[sipas__moments_psu(m, s)] : 1.0;

        if (sipas__moments_rows(m, s) == 0 || times == 0.0) continue;
        b->segment[b->n] = s;
        b->times[b->n++] = times;
    }
    return at;
}

/* Adds a batch to the weight of those present, one for all means where none lacks any value, and to their number. */
static void add_present(const sipas__moments *m, const batch *b, atom_sums *all)
{
    const double *weight = m->weight;
    const int64_t pitch = m->weight_pitch;
    sipas__sum den = all->den;

    for (int64_t i = 0; i < b->n; i++) sipas__sum_add(&den, b->times[i] * weight[b->segment[i] * pitch]);
    all->den = den;
    if (!m->rows) all->count += b->n;
    for (int64_t i = 0; m->rows && i < b->n; i++) all->count += m->rows[b->segment[i]];
}

/* Adds a batch to an atom. */
static void add_atom(const sipas__moments *m, const sipas__atom *atom, const batch *b, atom_sums *sums)
{
    sipas__sum num = sums->num, den = sums->den;

    for (int64_t i = 0; i < b->n; i++)
        sipas__sum_add(&num, b->times[i] * sipas__atom_numerator(m, b->segment[i], atom));
    for (int64_t i = 0; m->plain && i < b->n; i++)
        sipas__sum_add(&sums->plain, m->plain[b->segment[i] * m->n_vars + atom->num]);
    sums->num = num;
    if (!m->any_gone && atom->den == SIPAS__DEN_PRESENT) return;
    for (int64_t i = 0; i < b->n; i++) {
        sipas__sum_add(&den, b->times[i] * sipas__atom_denominator(m, b->segment[i], atom));
        sums->count += sipas__moments_count(m, b->segment[i], atom->num);
    }
    sums->den = den;
}

/* Sums of the atoms of group g, each first-stage unit `factor` times over; NULL = once. */
static void sum_atoms(const sipas__linear *linear, const sipas__linear_level *level, int64_t g, const double *factor,
                      atom_sums *sums)
{
    const sipas__nodes *nodes = linear->nodes;
    const sipas__moments *m = linear->moments;
    const int64_t first = sipas__atoms_first(nodes, level->own), last = sipas__atoms_last(nodes, level->own);
    atom_sums all = {{0.0, 0.0}, {0.0, 0.0}, {0.0, 0.0}, 0};
    batch b;

    memset(sums, 0, (size_t)nodes->n_atoms * sizeof *sums);
    for (int64_t at = level->start[g]; at < level->start[g + 1];) {
        at = next_batch(linear, level, at, level->start[g + 1], factor, &b);
        add_present(m, &b, &all);
        for (int64_t a = first; a < last; a++) add_atom(m, &nodes->atoms[a], &b, &sums[a]);
    }
    for (int64_t a = first; a < last && !m->any_gone; a++) {
        if (nodes->atoms[a].den != SIPAS__DEN_PRESENT) continue;
        sums[a].den = all.den;
        sums[a].count = all.count;
    }
}

/* Value and size of every atom from its sums. */
static void value_atoms(const sipas__linear *linear, int32_t own, const atom_sums *sums, double *value, double *size)
{
    const sipas__nodes *nodes = linear->nodes;
    const int64_t last = sipas__atoms_last(nodes, own);

    for (int64_t a = sipas__atoms_first(nodes, own); a < last; a++) {
        size[a] = sums[a].count == 0                       ? 0.0
                  : sipas__atom_is_total(&nodes->atoms[a]) ? 1.0
                                                           : sipas__sum_value(&sums[a].den);
        value[a] = size[a] == 0.0 ? NAN : sipas__sum_value(&sums[a].num) / size[a];
    }
}

static void keep_atoms(const sipas__linear *linear, sipas__linear_level *level, int64_t g, const atom_sums *sums)
{
    const sipas__nodes *nodes = linear->nodes;
    const int64_t line = g * nodes->n_atoms, last = sipas__atoms_last(nodes, level->own);

    value_atoms(linear, level->own, sums, level->value + line, level->size + line);
    for (int64_t a = sipas__atoms_first(nodes, level->own); linear->moments->plain && a < last; a++)
        level->plain_value[line + a] = sums[a].count ? sipas__sum_value(&sums[a].plain) / (double)sums[a].count : NAN;
}

int64_t sipas__linear_node_rows(const sipas__linear *linear, int64_t segment, int64_t k, double *weight)
{
    const sipas__nodes *nodes = linear->nodes;
    const sipas__moments *m = linear->moments;
    const int32_t set = nodes->set ? nodes->set[k] : -1;
    const int32_t variable = nodes->atoms[nodes->term_atom[nodes->start[k]]].num;

    if (set < 0) {
        *weight = sipas__moments_present(m, segment, variable);
        return sipas__moments_count(m, segment, variable);
    }
    *weight = sipas__moments_weight(m, segment) - m->silent_weight[segment * m->n_sets + set];
    return sipas__moments_rows(m, segment) - m->silent[segment * m->n_sets + set];
}

/* The same for all nodes, where none lacks any value. */
static void count_nodes_alike(const sipas__linear *linear, sipas__linear_level *level, int64_t g)
{
    const sipas__moments *m = linear->moments;
    double population = 0.0;

    for (int64_t i = level->start[g]; i < level->start[g + 1]; i++)
        population += sipas__moments_weight(m, level->segments[i]);
    level->n[g] = level->domain_rows[g];
    level->psus[g] = level->domain_psus[g];
    level->df[g] = level->domain_df[g];
    level->population[g] = population;
}

/*
 * True when the rows of a node lie in one PSU, but in several units of a later stage, and every unit above these was taken
 * with certainty: then all of the error is that of the later stages. Units lie in the order of their parents, so the
 * first and the last tell.
 */
static int lies_in_whole_units(const sipas__linear *linear, const sipas_design *design,
                               const sipas__linear_level *level, int64_t g, int64_t k)
{
    const sipas__moments *m = linear->moments;
    double weight;
    const int64_t count = sipas__linear_count(level, g * level->n_nodes + k);
    int64_t first = level->start[g], last = level->start[g + 1] - 1;
    int64_t a, b;
    int whole = 0;

    if (level->psus[count] != 1 || design->n_stages == 1) return 0;
    while (first < last && sipas__linear_node_rows(linear, level->segments[first], k, &weight) == 0) first++;
    while (last > first && sipas__linear_node_rows(linear, level->segments[last], k, &weight) == 0) last--;
    a = m->leaf[level->segments[first]];
    b = m->leaf[level->segments[last]];
    for (int32_t s = design->n_stages - 1; s > 0; s--) {
        const sipas__stage *stage = &design->stage[s];
        const int rows = stage->rows_are_units; /* where an unit is a row, and leaves are strata of them */
        const int apart = a != b || (rows && !m->by_row && level->n[count] > 1);

        a = stage->stratum_parent[rows ? m->leaf_stratum[m->leaf[level->segments[first]]] : stage->unit_stratum[a]];
        b = stage->stratum_parent[rows ? m->leaf_stratum[m->leaf[level->segments[last]]] : stage->unit_stratum[b]];
        if (apart && a == b) whole = 1;
        if (whole && design->stage[s - 1].stratum_f[design->stage[s - 1].unit_stratum[a]] < SIPAS__TAKEN_WHOLE &&
            (s > 1 || !sipas__design_unit_is_certain(design, a, design->stage[0].unit_stratum[a])))
            return 0;
    }
    return whole;
}

/* Rows of a group, first-stage units and strata that count for each node. `met`: the unit and the stratum of each node met last. */
static void count_nodes(const sipas__linear *linear, sipas__linear_level *level, int64_t g, int64_t *met)
{
    const sipas__moments *m = linear->moments;
    const int64_t n_nodes = linear->nodes->n_nodes;
    int64_t *last_psu = met, *last_stratum = met + n_nodes;

    for (int64_t k = 0; k < n_nodes; k++) last_psu[k] = last_stratum[k] = -1;
    for (int64_t i = level->start[g]; i < level->start[g + 1]; i++) {
        const int64_t s = level->segments[i], h = sipas__moments_stratum(m, s), psu = sipas__moments_psu(m, s);

        for (int64_t k = 0; sipas__moments_rows(m, s) > 0 && k < n_nodes; k++) {
            const int64_t at = g * n_nodes + k;
            double weight;
            const int64_t count = sipas__linear_node_rows(linear, s, k, &weight);

            if (count == 0) continue;
            level->n[at] += count;
            level->population[at] += weight;
            if (psu < 0)
                level->psus[at] += count;
            else if (psu != last_psu[k])
                level->psus[at]++;
            level->df[at] -= h != last_stratum[k];
            last_psu[k] = psu;
            last_stratum[k] = h;
        }
    }
    for (int64_t k = 0; k < n_nodes; k++) level->df[g * n_nodes + k] += (double)level->psus[g * n_nodes + k];
}

/* Counts of rows, units and strata of a group; segments come in the order of units. */
static void count_group(const sipas__linear *linear, const sipas_design *design, sipas__linear_level *level, int64_t g,
                        int64_t *met)
{
    const sipas__moments *m = linear->moments;
    int64_t psu = -1, stratum = -1, rows = 0, psus = 0, strata = 0;

    for (int64_t i = level->start[g]; i < level->start[g + 1]; i++) {
        const int64_t s = level->segments[i], count = sipas__moments_rows(m, s);
        const int64_t h = sipas__moments_stratum(m, s), own = sipas__moments_psu(m, s);

        if (count == 0) continue;
        rows += count;
        strata += h != stratum;
        psus += own < 0 ? count : own != psu;
        stratum = h;
        psu = own;
    }
    level->domain_rows[g] = rows;
    level->domain_psus[g] = psus;
    level->domain_df[g] = (double)(psus - strata);
    if (level->alike)
        count_nodes_alike(linear, level, g);
    else
        count_nodes(linear, level, g, met);
    for (int64_t k = 0; k < linear->nodes->n_nodes; k++)
        level->whole[g * linear->nodes->n_nodes + k] = (uint8_t)lies_in_whole_units(linear, design, level, g, k);
}

/* ---- nodes ---- */

static double atom_centre(const sipas__nodes *nodes, int64_t a)
{
    return nodes->centre && nodes->atoms[a].den != SIPAS__DEN_NONE ? nodes->centre[nodes->atoms[a].num] : 0.0;
}

static double combine_atoms(const sipas__nodes *nodes, int64_t k, const double *value)
{
    double sum = 0.0;

    for (int64_t t = nodes->start[k]; t < nodes->start[k + 1]; t++)
        sum += nodes->term_coef[t] * (value[nodes->term_atom[t]] + atom_centre(nodes, nodes->term_atom[t]));
    return sum;
}

static void estimate_plain(const sipas__linear *linear, sipas__linear_level *level, int64_t g)
{
    const sipas__nodes *nodes = linear->nodes;

    for (int64_t k = 0; linear->moments->plain && k < nodes->n_nodes; k++)
        level->plain[g * nodes->n_nodes + k] = combine_atoms(nodes, k, level->plain_value + g * nodes->n_atoms);
}

/*
 * Nodes of group g from the values of its atoms, and, where nodes are functions of their atoms, their derivatives. `work` has
 * room for the atoms.
 */
static sipas_status estimate_nodes(const sipas__linear *linear, const sipas__linear_level *level, int64_t g,
                                   const double *atoms, double *work, double *estimate, double *coef, sipas_error *err)
{
    const sipas__nodes *nodes = linear->nodes;
    const int64_t first = sipas__atoms_first(nodes, level->own), last = sipas__atoms_last(nodes, level->own);
    const sipas__point point = {level->own, g, work, level->n + g * nodes->n_nodes};

    for (int64_t k = 0; k < nodes->n_nodes; k++) estimate[k] = nodes->evaluate ? NAN : combine_atoms(nodes, k, atoms);
    if (!nodes->evaluate || level->domain_rows[g] == 0) return SIPAS_OK;
    for (int64_t a = first; a < last; a++) work[a - first] = atoms[a] + atom_centre(nodes, a);
    return nodes->evaluate(nodes->state, &point, estimate, coef, err);
}

static double *group_coef(const sipas__linear *linear, const sipas__linear_level *level, int64_t g)
{
    return level->coef ? level->coef + g * linear->nodes->start[linear->nodes->n_nodes] : NULL;
}

/* The whole as a mean over the estimates of units. */
static void estimate_whole(const sipas__linear *linear, const sipas__linear_level *level, const double *units,
                           double *estimate)
{
    const int64_t n_nodes = linear->nodes->n_nodes, n_units = linear->level[level->source].n_groups;

    for (int64_t k = 0; k < n_nodes; k++) {
        sipas__sum sum = {0.0, 0.0};

        for (int64_t g = 0; g < n_units; g++)
            if (level->share[g] > 0.0) sipas__sum_add(&sum, level->share[g] * units[g * n_nodes + k]);
        estimate[k] = sipas__sum_value(&sum);
    }
}

/* Shares of the units that have rows. */
static int share_units(const sipas__linear *linear, sipas__linear_level *level, const double *size)
{
    const sipas__linear_level *units = &linear->level[level->source];
    sipas__sum total = {0.0, 0.0};

    level->share = sipas__alloc(linear->ctx, units->n_groups, sizeof *level->share);
    if (!level->share) return 0;
    for (int64_t g = 0; g < units->n_groups; g++) {
        if (units->domain_rows[g] > 0) level->share[g] = size ? size[g] : 1.0;
        sipas__sum_add(&total, level->share[g]);
    }
    for (int64_t g = 0; g < units->n_groups; g++) level->share[g] /= sipas__sum_value(&total);
    return 1;
}

/* ---- groups, by several workers ---- */

/* Groups first … last-1 of a level, shared out among workers by their segments; each has work places of its own. */
typedef struct group_job {
    const sipas__linear *linear;
    const sipas_design *design;
    sipas__linear_level *level;
    int64_t first, last;
    int32_t workers;
    atom_sums *sums; /* by worker × atom */
    int64_t *met;    /* by worker × node, twice */
    double *value;   /* by atom */
} group_job;

/* Segments × sums for which another worker is asked; and those of a round: of one worker, and of each of several, who are to be started. */
enum { PER_WORKER = 1 << 15, ALONE = 1 << 15, TOGETHER = 1 << 18 };

int64_t sipas__linear_share(const sipas__linear_level *level, int64_t first, int64_t last, int32_t index,
                            int32_t workers)
{
    const int64_t from = level->start[first], all = level->start[last] - from;
    int64_t low = first, high = last;

    if (index == 0) return first;
    if (index == workers) return last;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;

        if (level->start[middle] - from < all * index / workers)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t sipas__linear_round(const sipas__linear_level *level, int64_t first, int64_t per_segment, int32_t workers)
{
    const int64_t most = workers == 1 ? ALONE : (int64_t)workers * TOGETHER;
    int64_t last = first;

    while (last < level->n_groups && (level->start[last] - level->start[first]) * per_segment + last - first < most)
        last++;
    return last;
}

int32_t sipas__linear_workers(const sipas__linear *linear, int64_t per_segment)
{
    const int64_t most = 1 + linear->moments->n_segments * per_segment / PER_WORKER;
    const int32_t threads = sipas__ctx_threads(linear->ctx);

    return threads < most ? threads : (int32_t)most;
}

static void take_groups(void *state, int32_t index)
{
    const group_job *job = state;
    const sipas__nodes *nodes = job->linear->nodes;
    atom_sums *sums = job->sums + index * nodes->n_atoms;
    const int64_t last = sipas__linear_share(job->level, job->first, job->last, index + 1, job->workers);

    for (int64_t g = sipas__linear_share(job->level, job->first, job->last, index, job->workers); g < last; g++) {
        sum_atoms(job->linear, job->level, g, NULL, sums);
        keep_atoms(job->linear, job->level, g, sums);
        count_group(job->linear, job->design, job->level, g, job->met + 2 * (int64_t)index * nodes->n_nodes);
    }
}

static int open_groups(group_job *job)
{
    const sipas__nodes *nodes = job->linear->nodes;

    job->workers = sipas__linear_workers(job->linear, nodes->n_atoms);
    job->sums = sipas__alloc(job->linear->ctx, job->workers * nodes->n_atoms, sizeof *job->sums);
    job->met = sipas__alloc(job->linear->ctx, 2 * (int64_t)job->workers * nodes->n_nodes, sizeof *job->met);
    job->value = sipas__alloc(job->linear->ctx, nodes->n_atoms, sizeof *job->value);
    return job->sums && job->met && job->value;
}

static void close_groups(group_job *job)
{
    sipas__free(job->linear->ctx, job->sums);
    sipas__free(job->linear->ctx, job->met);
    sipas__free(job->linear->ctx, job->value);
}

/* Sums and counts of all groups of a level. */
static sipas_status sum_groups(group_job *job, sipas__steps *steps, sipas_error *err)
{
    const sipas__linear_level *level = job->level;
    const int64_t n_atoms = job->linear->nodes->n_atoms;
    sipas_status status = SIPAS_OK;

    for (int64_t g = 0; g < level->n_groups && status == SIPAS_OK; g = job->last) {
        job->first = g;
        job->last = sipas__linear_round(level, g, n_atoms, job->workers);
        sipas__threads_run(job->workers, take_groups, job);
        status = sipas__steps_add(steps, (level->start[job->last] - level->start[g]) * n_atoms, err);
    }
    return status;
}

/* The nodes of all groups of a level. */
static sipas_status estimate_groups(const group_job *job, sipas_error *err)
{
    const sipas__linear *linear = job->linear;
    const sipas__nodes *nodes = linear->nodes;
    sipas__linear_level *level = job->level;
    sipas_status status = SIPAS_OK;

    for (int64_t g = 0; g < level->n_groups && status == SIPAS_OK; g++) {
        estimate_plain(linear, level, g);
        status = estimate_nodes(linear, level, g, level->value + g * nodes->n_atoms, job->value,
                                level->estimate + g * nodes->n_nodes, group_coef(linear, level, g), err);
    }
    return status;
}

sipas_status sipas__linear_init(sipas__linear *linear, const sipas_design *design, const sipas__domain *domain,
                                const sipas__moments *moments, const sipas__nodes *nodes, const sipas__whole *whole,
                                sipas_error *err)
{
    sipas__steps steps = {design->ctx, "estimates", domain->n_levels * moments->n_segments * nodes->n_atoms, 0};
    group_job job = {.linear = linear, .design = design};
    sipas_status status = SIPAS_OK; /* when it fails without a status, there was no memory */

    memset(linear, 0, sizeof *linear);
    linear->ctx = sipas__ctx_ref(design->ctx);
    linear->nodes = nodes;
    linear->moments = moments;
    linear->level = sipas__alloc(linear->ctx, domain->n_levels, sizeof *linear->level);
    if (!linear->level || !open_groups(&job)) goto fail;
    linear->n_levels = domain->n_levels;
    for (int32_t i = 0; i < domain->n_levels; i++) {
        sipas__linear_level *level = job.level = &linear->level[i];
        const int of_units = whole && whole->source >= 0 && domain->level[i].mask == 0;

        level->source = level->own = i;
        if (!sipas__linear_list(linear, level, domain, of_units ? &domain->level[whole->source] : NULL) ||
            !alloc_level(linear, level))
            goto fail;
        if ((status = sum_groups(&job, &steps, err)) < 0) goto fail;
        if ((sipas__design_needs_units(design) || design->collapse.group) &&
            !sipas__linear_count_df(linear, design, level))
            goto fail;
        if ((status = estimate_groups(&job, err)) < 0) goto fail;
    }
    for (int32_t i = 0; whole && whole->source >= 0 && i < domain->n_levels; i++) {
        if (domain->level[i].mask != 0) continue;
        linear->level[i].source = whole->source;
        if (!share_units(linear, &linear->level[i], whole->size)) goto fail;
        estimate_whole(linear, &linear->level[i], linear->level[whole->source].estimate, linear->level[i].estimate);
    }
    close_groups(&job);
    return SIPAS_OK;
fail:
    close_groups(&job);
    sipas__linear_clear(linear);
    return status < 0 ? status : sipas__error_memory(err);
}

/* ---- other values from the same sums ---- */

/* The estimates of a level's own groups. */
static sipas_status value_groups(const sipas__linear *linear, const sipas__linear_level *level, const double *factor,
                                 double *estimate, sipas_error *err)
{
    const sipas__nodes *nodes = linear->nodes;
    atom_sums *sums = sipas__alloc(linear->ctx, nodes->n_atoms, sizeof *sums);
    double *value = sipas__alloc(linear->ctx, 3 * nodes->n_atoms, sizeof *value);
    double *coef = sipas__alloc(linear->ctx, nodes->start[nodes->n_nodes], sizeof *coef);
    sipas_status status = sums && value && coef ? SIPAS_OK : sipas__error_memory(err);

    for (int64_t g = 0; g < level->n_groups && status == SIPAS_OK; g++) {
        sum_atoms(linear, level, g, factor, sums);
        value_atoms(linear, level->own, sums, value, value + nodes->n_atoms);
        status = estimate_nodes(linear, level, g, value, value + 2 * nodes->n_atoms, estimate + g * nodes->n_nodes,
                                coef, err);
    }
    sipas__free(linear->ctx, sums);
    sipas__free(linear->ctx, value);
    sipas__free(linear->ctx, coef);
    return status;
}

sipas_status sipas__linear_values(const sipas__linear *linear, int32_t level, const double *factor, double *estimate,
                                  sipas_error *err)
{
    const sipas__linear_level *at = &linear->level[level], *units = &linear->level[at->source];
    double *of_units;
    sipas_status status;

    if (at == units) return value_groups(linear, at, factor, estimate, err);
    of_units = sipas__alloc(linear->ctx, units->n_groups, (size_t)linear->nodes->n_nodes * sizeof *of_units);
    if (!of_units) return sipas__error_memory(err);
    status = value_groups(linear, units, factor, of_units, err);
    if (status == SIPAS_OK) estimate_whole(linear, at, of_units, estimate);
    sipas__free(linear->ctx, of_units);
    return status;
}

void sipas__linear_clear(sipas__linear *linear)
{
    for (int32_t i = 0; linear->level && i < linear->n_levels; i++) {
        sipas__linear_level *level = &linear->level[i];
        int32_t *own_group = level->segment_group != linear->moments->cell ? level->segment_group : NULL;
        void *blocks[] = {own_group,          level->start,       level->segments,  level->value,       level->size,
                          level->estimate,    level->population,  level->plain,     level->n,           level->psus,
                          level->domain_rows, level->domain_psus, level->domain_df, level->plain_value, level->share,
                          level->df,          level->whole,       level->coef};

        for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) sipas__free(linear->ctx, blocks[b]);
    }
    sipas__free(linear->ctx, linear->level);
    sipas_ctx_free(linear->ctx);
    memset(linear, 0, sizeof *linear);
}
