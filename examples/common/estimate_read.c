/*
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "estimate.h"

#include <stdio.h>
#include <string.h>

#include "refuse.h"

/* By paragraphs: a compiler need not take strings of more than 4,095 characters. */
static const char *const help[] = {
    "Estimates from a survey sample in a CSV file, with standard errors that take the design into account.\n"
    "\n"
    "usage: estimate FILE WHAT COLUMNS [options]\n"
    "       estimate                               a few examples, with their command lines\n"
    "\n"
    "WHAT                                          as in R's package survey\n"
    "  mean a+b             means                          svymean(~a+b)\n"
    "  total a+b            totals                         svytotal(~a+b)\n"
    "  ratio a/b+c/d        ratios of totals               svyratio(~a, ~b)\n"
    "  proportion a         share of the rows whose value  svyciprop(~I(a == 1))\n"
    "                       is a success\n"
    "  distribution a       shares of all categories       svymean(~factor(a))\n"
    "  count a              totals of all categories       svytotal(~factor(a))\n"
    "  variance a+b         population variances; covariance: the matrix; correlation    svyvar(~a+b)\n"
    "  alpha a+b+c          Cronbach's alpha, without each item, item and rest           svycralpha(~a+b+c)\n"
    "  quantile a+b         medians and other quantiles    svyquantile(~a+b, 0.5)\n"
    "\n",
    "the design                                    svydesign()\n"
    "  --clusters c1+c2     units of each stage, the primary ones first; without it each row is one; --ids is the same\n"
    "  --strata h1+h2       strata of each stage; with + between stages, or the option once for each\n"
    "  --weights w          weights; without them population / sample (with --fpc), or 1\n"
    "  --fpc f1+f2          units in the population of each stage, or the sampling fractions\n"
    "  --lonely-psu RULE    a stratum with one primary unit: error (default), remove, certainty, adjust, average,\n"
    "                       adjust-zero, collapse; --lonely is the same    options(survey.lonely.psu)\n"
    "  --collapse PARTNER   of a lonely stratum: next (default), previous, nearest, smallest, largest\n"
    "  --one-psu RULE       a mean whose group lies in one primary unit: missing (default), conditional\n"
    "  --nest ANSWER        a unit's code may stand in several strata: yes (default), a unit of its own in each; no    nest =\n"
    "  --pps METHOD         unequal probabilities, 1/weights or the first --fpc: brewer, overton, hr, hajek, deville\n"
    "  --pps-form FORM      their variance: ht (default), yg         pps =, variance =\n"
    "  --certainty g=x      units drawn with certainty\n"
    "  --phase2 g=x         rows in the second phase, drawn at random in --phase2-strata h, of --phase2-fpc f;\n"
    "                       the options above speak of the first      twophase()\n"
    "  --phase1 HOW         its units were drawn: design (default), as said; independent: each by itself, which is\n"
    "                       what R takes where the first phase has no fpc\n"
    "  --calibrated         weights come from calibration: negative ones are fine\n"
    "  --df RULE            degrees of freedom: domain (default), domain_rows, design, a number, inf\n"
    "\n",
    "whom to look at\n"
    "  --by g+h             each group of g crossed with h, or the option once for each    svyby(, ~g+h)\n"
    "  --by 1,g,g+h         the whole, groups of g, and crossed, in one pass\n"
    "  --missing-by RULE    rows without a code of a group: error (default); drop: they are in none; group: in one of their own\n"
    "  --where g=x          rows that meet a condition; several conditions: all    subset()\n"
    "                       = and != compare codes as they are written, < <= > >= compare numbers\n"
    "  --order COLUMN=CODE  a code of a column, several times: all of them in the order in which the groups of --by come, or the\n"
    "                       rows of distribution and count, where those that no row has count as 0      factor(, levels =)\n"
    "  --missing RULE       available (default): each variable over the rows that have it;\n"
    "                       complete: over the rows that have all of them             na.rm = TRUE\n"
    "\n",
    "how the file is read\n"
    "  --na TEXT            what stands for a missing value beside a blank cell, and NA in numbers; several times\n"
    "  --na COLUMN=TEXT     in one column only\n"
    "  --separator X        of the cells: one character, or tab; without it what the header shows, a comma first\n"
    "  --decimal ,          decimals stand behind a comma\n"
    "\n",
    "what to say of it\n"
    "  --level 0.95         of the confidence intervals\n"
    "  --deff KIND          design effects, against a simple random sample: wor without replacement, or true (deff = TRUE);\n"
    "                       wr with replacement, or replace (deff = \"replace\")\n"
    "  --cov                the covariance matrix too                vcov()\n"
    "  --contrast E=1,H=-1  a sum of rows times numbers, or a quotient E/H; several times    svycontrast()\n"
    "  --pairs              every difference between groups\n"
    "  --rank               the groups in order, and between which ranks each of them truly is\n"
    "  --unit \"Lạng Sơn\"    one sentence: between which ranks this group is\n"
    "  --adjust RULE        p-values of several comparisons: bonferroni, holm             p.adjust()\n"
    "  --simultaneous KIND  intervals that hold for all groups: bonferroni, sidak, scheffe\n"
    "  --success x          proportion: a value that is a success, several times; numbers are compared as numbers, texts\n"
    "                       without blanks around them and case; without it 1, of 0 and 1\n"
    "  --method NAME        interval of a proportion: logit (default), likelihood, arcsine (or asin), arcsine-cut, beta, wald\n"
    "                       (or mean), xlogit, wilson, agresti-coull, jeffreys; of a distribution also goodman,\n"
    "                       quesenberry-hurst; of a quantile: wald (or mean; default), xlogit, beta, arcsine (or asin);\n"
    "                       of a correlation or alpha: transformed (default), plain; --interval is the same\n"
    "  --probs 0.25+0.5     quantile: which; 0.5 when not given\n"
    "  --qrule RULE         quantile: math (default), school, hf1 to hf9\n"
    "  --centre WHERE       quantile: interval of p (default) or of the distribution function at the estimate, as R has it\n"
    "  --csv                CSV with all digits, instead of a table for reading\n"
    "  --digits 3           digits after the point, in the table for reading\n"
    "  --threads 1          how many may work\n"
    "  --help               this page\n"
    "\n"
    "The CSV is UTF-8 with a header line; docs/files.md has what is read. A text that is itself the name of a column is that\n"
    "column, whatever is in it. Exit status: 0 done, 1 the data do not allow it, 2 the command line.\n"};

void estimate_help(FILE *out)
{
    for (size_t i = 0; i < sizeof help / sizeof *help; i++) fputs(help[i], out);
}

static const option options[] = {
    {"--clusters", OPTION_TEXTS, offsetof(request, survey.ids), NULL, 0, 0},
    {"--ids", OPTION_TEXTS, offsetof(request, survey.ids), NULL, 0, 0},
    {"--strata", OPTION_TEXTS, offsetof(request, survey.strata), NULL, 0, 0},
    {"--weights", OPTION_TEXT, offsetof(request, survey.weights), NULL, 0, 0},
    {"--fpc", OPTION_TEXTS, offsetof(request, survey.fpc), NULL, 0, 0},
    {"--lonely-psu", OPTION_CHOICE, offsetof(request, survey.lonely_psu), lonely_words, 0, 0},
    {"--lonely", OPTION_CHOICE, offsetof(request, survey.lonely_psu), lonely_words, 0, 0},
    {"--df", OPTION_TEXT, offsetof(request, survey.df), NULL, 0, 0},
    {"--collapse", OPTION_CHOICE, offsetof(request, survey.collapse), collapse_words, 0, 0},
    {"--one-psu", OPTION_CHOICE, offsetof(request, survey.one_psu), one_psu_words, 0, 0},
    {"--nest", OPTION_CHOICE, offsetof(request, survey.nest), nest_words, 0, 0},
    {"--pps", OPTION_CHOICE, offsetof(request, survey.pps), pps_words, 0, 0},
    {"--pps-form", OPTION_CHOICE, offsetof(request, survey.pps_form), pps_form_words, 0, 0},
    {"--certainty", OPTION_TEXTS, offsetof(request, survey.certainty), NULL, 0, 0},
    {"--phase1", OPTION_CHOICE, offsetof(request, survey.phase1), phase1_words, 0, 0},
    {"--phase2", OPTION_TEXTS, offsetof(request, survey.phase2), NULL, 0, 0},
    {"--phase2-strata", OPTION_TEXT, offsetof(request, survey.phase2_strata), NULL, 0, 0},
    {"--phase2-fpc", OPTION_TEXT, offsetof(request, survey.phase2_fpc), NULL, 0, 0},
    {"--calibrated", OPTION_FLAG, offsetof(request, survey.calibrated), NULL, 0, 0},
    {"--by", OPTION_TEXTS, offsetof(request, survey.by), NULL, 0, 0},
    {"--missing-by", OPTION_CHOICE, offsetof(request, survey.missing_by), missing_by_words, 0, 0},
    {"--where", OPTION_TEXTS, offsetof(request, survey.where), NULL, 0, 0},
    {"--order", OPTION_TEXTS, offsetof(request, survey.order), NULL, 0, 0},
    {"--na", OPTION_TEXTS, offsetof(request, survey.how.na), NULL, 0, 0},
    {"--separator", OPTION_TEXT, offsetof(request, survey.how.separator), NULL, 0, 0},
    {"--decimal", OPTION_TEXT, offsetof(request, survey.how.decimal), NULL, 0, 0},
    {"--missing", OPTION_CHOICE, offsetof(request, missing), missing_words, 0, 0},
    {"--level", OPTION_NUMBER, offsetof(request, level), NULL, 0.001, 0.999999},
    {"--deff", OPTION_CHOICE, offsetof(request, deff), deff_words, 0, 0},
    {"--contrast", OPTION_TEXTS, offsetof(request, contrasts), NULL, 0, 0},
    {"--pairs", OPTION_FLAG, offsetof(request, pairs), NULL, 0, 0},
    {"--rank", OPTION_FLAG, offsetof(request, rank), NULL, 0, 0},
    {"--unit", OPTION_TEXT, offsetof(request, unit), NULL, 0, 0},
    {"--adjust", OPTION_CHOICE, offsetof(request, adjust), adjust_words, 0, 0},
    {"--cov", OPTION_FLAG, offsetof(request, cov), NULL, 0, 0},
    {"--simultaneous", OPTION_CHOICE, offsetof(request, simultaneous), simultaneous_words, 0, 0},
    {"--success", OPTION_TEXTS, offsetof(request, success), NULL, 0, 0},
    {"--method", OPTION_TEXT, offsetof(request, method), NULL, 0, 0},
    {"--interval", OPTION_TEXT, offsetof(request, method), NULL, 0, 0},
    {"--probs", OPTION_TEXTS, offsetof(request, probs), NULL, 0, 0},
    {"--qrule", OPTION_TEXT, offsetof(request, qrule), NULL, 0, 0},
    {"--centre", OPTION_TEXT, offsetof(request, centre), NULL, 0, 0},
    {"--csv", OPTION_FLAG, offsetof(request, csv), NULL, 0, 0},
    {"--digits", OPTION_NUMBER, offsetof(request, digits), NULL, 0, 15},
    {"--threads", OPTION_NUMBER, offsetof(request, threads), NULL, 1, 1024},
    {"--help", OPTION_FLAG, offsetof(request, help), NULL, 0, 0},
    {NULL, OPTION_FLAG, 0, NULL, 0, 0}};

/* An option that the verb does not know is an error: it would silently do nothing. */
static sipas_status check_fit(const request *r, sipas_error *err)
{
    const int quantile = strcmp(r->verb, "quantile") == 0, proportion = strcmp(r->verb, "proportion") == 0;
    const int distribution = strcmp(r->verb, "distribution") == 0, alpha = strcmp(r->verb, "alpha") == 0;
    const int correlation = strcmp(r->verb, "correlation") == 0, compares = r->pairs || r->contrasts.n > 0;
    const struct {
        int given, fits;
        const char *name;
    } rules[] = {{r->success.n > 0, proportion, "--success"},
                 {r->probs.n > 0, quantile, "--probs"},
                 {r->qrule != NULL, quantile, "--qrule"},
                 {r->centre != NULL, quantile, "--centre"},
                 {r->method != NULL, quantile || proportion || distribution || correlation || alpha, "--method"},
                 {r->deff != 0, !quantile, "--deff"},
                 {r->cov != 0, !quantile, "--cov"},
                 {compares, !quantile, r->pairs ? "--pairs" : "--contrast"},
                 {r->rank || r->unit, !quantile, r->unit ? "--unit" : "--rank"},
                 {r->simultaneous != 0, !quantile, "--simultaneous"}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (rules[i].given && !rules[i].fits)
            return refuse(err, SIPAS_ERR_ARGUMENT, "%s does not go with %s", rules[i].name, r->verb);
    if (r->survey.collapse != 0 && r->survey.lonely_psu != SIPAS_LONELY_COLLAPSE)
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s", "--collapse goes with --lonely-psu collapse only");
    if ((r->rank || r->unit) && (r->survey.by.n == 0 || strchr(r->vars, '+')))
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s ranks the groups of --by by one variable",
                      r->unit ? "--unit" : "--rank");
    if (r->adjust != 0 && !compares)
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s", "--adjust goes with --contrast or --pairs only");
    if ((r->survey.phase1 != 0 || r->survey.phase2_strata || r->survey.phase2_fpc) && r->survey.phase2.n == 0)
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s", "--phase2 is missing: which rows are in the second phase?");
    return SIPAS_OK;
}

sipas_status estimate_read(int argc, char **argv, request *r, sipas_error *err)
{
    const char *words[3] = {NULL, NULL, NULL};
    *r = (request){.level = 0.95, .digits = -1, .threads = 1};
    sipas_status status = options_read(argc, argv, options, r, words, 3, err);
    if (status != 0 || r->help) return status;
    r->survey.file = words[0];
    r->verb = words[1];
    r->vars = words[2];
    if (!r->survey.file)
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s", "the name of the CSV file is missing; see --help");
    if (!r->verb)
        return refuse(err, SIPAS_ERR_ARGUMENT, "%s", "what to estimate is missing: mean, total, ratio …; see --help");
    if (!r->vars) return refuse(err, SIPAS_ERR_ARGUMENT, "%.60s of which columns? See --help", r->verb);
    return check_fit(r, err);
}
