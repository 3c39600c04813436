--- Every golden figure of means, totals, ratios, proportions, categories, quantiles, unequal probabilities, phases and functions, read by
-- Lua; and the shape of a call.

local sipas = require "sipas"
local helper = require "helper"
local close = helper.close

local function listed(cell, read, data)
  if cell == "" then return nil end
  local columns = {}
  for i, name in ipairs(helper.split(cell, ";")) do columns[i] = read(data, name) end
  return columns
end

local function design(row, data)
  return sipas.Design{
    df = "domain_rows", -- R counts so
    weights = row.weights ~= "" and row.weights ~= "1" and data:numbers(row.weights) or nil,
    strata = row.strata ~= "" and data:codes(row.strata) or nil,
    clusters = row.ids ~= "1" and listed(row.ids, data.codes, data) or nil,
    fpc = listed(row.fpc, data.numbers, data),
    lonely_psu = helper.options(row.options or "").lonely_psu,
    n = data.n,
  }
end

local function variables(cell, data, read)
  local y = {}
  for i, name in ipairs(helper.split(cell, ";")) do y[i] = {name, (read or data.numbers)(data, name)} end
  return y
end

local function groups(cell, data)
  if cell == "" then return nil end
  local by = {}
  for i, name in ipairs(helper.split(cell, ";")) do by[i] = {name, data:codes(name)} end
  return by
end

--- Position of the row of a variable and group.
local function find(t, variable, group, category)
  for at = 1, #t do
    local row, fits = t:row(at), true
    if variable and variable ~= "" and row.variable ~= variable then fits = false end
    for name, value in pairs(helper.options(group)) do
      fits = fits and tostring(row[category and "category" or name]) == value
    end
    if fits then return at end
  end
  error(("no row for %s %s"):format(tostring(variable), group))
end

local COLUMNS = {estimate = "estimate", se = "se", ci_lo = "lower", ci_hi = "upper", deff = "deff"}

local function table_of(row, data)
  local d, choice = design(row, data), helper.options(row.options)
  local args = {
    y = variables(row.vars, data), by = groups(row.by, data), cov = true, deff = choice.deff == "replace" and "wr" or "wor",
  }
  local name, other = row.vars:match "^([^;]*);?([^;]*)"
  if row.estimator == "proportions" then
    args.y, args.method = {[name] = data:codes(name)}, "wald"
    return d:distribution(args), d
  elseif row.estimator == "category_totals" then
    args.y = {[name] = data:codes(name)}
    return d:category_total(args), d
  elseif row.estimator == "ratio" then
    args.y, args.x = {[name .. "/" .. other] = data:numbers(name)}, data:numbers(other)
    return d:ratio(args), d
  end
  args.missing = "complete"
  return d[row.estimator](d, args), d
end

local function check_figure(t, row, category)
  local expected, tolerance = tonumber(row.value), tonumber(row.tolerance)
  local at = find(t, not category and row.variable, row.group, category)
  local other = row.statistic:match "^cov:(.*)"
  if other then
    local second = row.group ~= "" and find(t, nil, other, category) or find(t, other, "", false)
    local scale = expected ~= 0 and t.se or t.estimate
    local value = t:cov({at}, {second})[1][1]
    assert(math.abs(value - expected) <= tolerance * math.abs(scale[at] * scale[second]), row.case)
  elseif row.statistic:find "_normal$" then
    local sign = row.statistic:find "^ci_lo" and -1 or 1
    close(t.estimate[at] + sign * 1.959963984540054 * t.se[at], expected, tolerance, 0, row.case)
  else
    close(t:column(COLUMNS[row.statistic])[at], expected, tolerance, math.abs(t.estimate[at]), row.case)
  end
end

local ESTIMATION = helper.group_by(helper.golden "estimation.tsv", "case")

describe("estimation.tsv", function()
  -- How many figures each estimator has in the table; all of them are compared.
  for estimator, figures in pairs{mean = 548, total = 319, ratio = 70, proportions = 210, category_totals = 210} do
    it(estimator, function()
      local n = 0
      for _, rows in ipairs(ESTIMATION) do
        if rows[1].estimator == estimator then
          local t, d = table_of(rows[1], helper.data(rows[1].data))
          for _, row in ipairs(rows) do
            if row.statistic == "degf" then
              assert.are.equal(tonumber(row.value), d.df)
            elseif row.value ~= "NA" then -- R leaves missing values in; the library says which rule it uses instead
              check_figure(t, row, estimator == "proportions" or estimator == "category_totals")
            end
            n = n + 1
          end
        end
      end
      assert.are.equal(figures, n)
    end)
  end

  it("quantile", function()
    local n = 0
    for _, rows in ipairs(ESTIMATION) do
      if rows[1].estimator == "quantile" then
        local data, probs, seen = helper.data(rows[1].data), {}, {}
        for _, row in ipairs(rows) do
          local p = tonumber(row.group:match "^p=(.*)$")
          if not seen[p] then
            probs[#probs + 1], seen[p] = p, true
          end
        end
        local t = design(rows[1], data):quantile{variables(rows[1].vars, data), probs, centre = "estimate"}
        for _, row in ipairs(rows) do
          local p = tonumber(row.group:match "^p=(.*)$")
          for cells in t:rows() do
            if cells.variable == row.variable and cells.quantile == p then
              close(cells[COLUMNS[row.statistic]], tonumber(row.value), tonumber(row.tolerance), 0, row.case)
              n = n + 1
            end
          end
        end
      end
    end
    assert.are.equal(140, n)
  end)
end)

describe("textbooks.tsv", function()
  it("has the books' samples", function()
    local n = 0
    for _, row in ipairs(helper.golden "textbooks.tsv") do
      local data = helper.data(row.data)
      local d, p = design(row, data), row.estimator:match "^quantile=(.*)$"
      local y = variables(row.variable, data)
      local args = {y = {y[1]}, x = row.estimator == "ratio" and y[2][2] or nil}
      if p then
        args.probs, args.centre = tonumber(p), "estimate"
      else
        args.deff = row.statistic == "deff_wr" and "wr" or "wor"
      end
      local t = d[p and "quantile" or row.estimator](d, args)
      close(t:column((row.statistic:gsub("^deff.*", "deff")))[1], tonumber(row.value), tonumber(row.tolerance), 0, row.case)
      n = n + 1
    end
    assert.are.equal(69, n)
  end)
end)

describe("quantiles.tsv", function()
  it("has every rule and interval", function()
    local data, made, n = helper.data "quantile_sample.csv", {}, 0
    local designs = {two_stage = {"psu;ssu", "N1;N2"}, clusters = {"psu", ""}, rows = {"1", ""}, rows_fpc = {"1", "Nh"}}
    for name, columns in pairs(designs) do
      designs[name] = design({ids = columns[1], fpc = columns[2], strata = "h", weights = "w"}, data)
    end
    for _, row in ipairs(helper.golden "quantiles.tsv") do
      local key = table.concat({row.design, row.variable, row.rule, row.interval, row.p}, " ")
      made[key] = made[key] or designs[row.design]:quantile{
        {[row.variable] = data:numbers(row.variable)}, tonumber(row.p), rule = row.rule, interval = row.interval, centre = "estimate",
        by = {{}, {g = data:codes "g"}},
      }
      local found = 0
      for cells in made[key]:rows() do
        if (cells.g or "all") == row.group then
          found = found + 1
          for _, name in ipairs{"estimate", "se", "lower", "upper", "cdf", "cdf_se", "df"} do
            if row[name] == "" then
              assert.is_nil(cells[name])
            else
              close(cells[name], tonumber(row[name]), 1e-9, 1e-6, key .. " " .. row.group .. " " .. name)
            end
          end
        end
      end
      assert.are.equal(1, found)
      n = n + 1
    end
    assert.is_true(n > 100)
  end)
end)

describe("proportion.tsv", function()
  it("has every interval", function()
    local data, n = helper.data "proportion.csv", 0
    for _, row in ipairs(helper.golden "proportion.tsv") do
      local where
      if row.domain ~= "" then
        where = {}
        for i, cells in ipairs(data.rows) do where[i] = cells.g == row.domain end
      end
      local t = design(row, data):proportion{
        y = data:numbers "q", success = helper.numbers(row.success), method = row.method, where = where, level = tonumber(row.level),
      }
      for _, name in ipairs{"estimate", "se", "lower", "upper"} do
        close(t:column(name)[1], tonumber(row[name]), tonumber(row.tolerance), 0, row.case .. " " .. row.method)
      end
      assert.are.equal(tonumber(row.df), t.df[1])
      assert.are.equal(tonumber(row.n), t.n[1])
      n = n + 1
    end
    assert.is_true(n > 50)
  end)
end)

describe("designs.tsv", function()
  local function unequal(row, data)
    local choice = helper.options(row.options)
    local pps = choice.pps
    if pps == "joint" then
      local rows, names = helper.golden("data/" .. choice.joint:gsub("^data/", ""))
      pps = {}
      for i, cells in ipairs(rows) do
        pps[i] = {}
        for j, name in ipairs(names) do pps[i][j] = tonumber(cells[name]) end
      end
    end
    return sipas.Design{
      weights = row.weights ~= "" and data:numbers(row.weights) or nil, strata = listed(row.strata, data.codes, data),
      clusters = row.ids ~= "1" and listed(row.ids, data.codes, data) or nil, fpc = listed(row.fpc, data.numbers, data),
      pps = pps, variance = choice.form, pps_square = choice.square and data:numbers(choice.square),
      lonely_psu = choice.lonely_psu, phase1 = choice.phase1, phase2_method = choice.phase2,
      phase2 = choice.phase2_sample and data:flags(choice.phase2_sample),
      phase2_strata = choice.phase2_strata and data:codes(choice.phase2_strata), n = data.n,
    }
  end

  it("has unequal probabilities, phases and stages", function()
    local n = 0
    for _, rows in ipairs(helper.group_by(helper.golden "designs.tsv", "case")) do
      local first = rows[1]
      local data = helper.data(first.data)
      local d = unequal(first, data)
      local t = d[first.estimator](d, {
        y = variables(first.y, data), x = first.estimator == "ratio" and data:numbers(first.x) or nil,
        by = groups(first.by, data), where = first.where ~= "" and data:flags(first.where) or nil,
      })
      for _, row in ipairs(rows) do
        local at, tolerance = find(t, row.variable, row.group), tonumber(row.tolerance)
        close(t.estimate[at], tonumber(row.estimate), tolerance, 0, row.case)
        if row.se == "NA" or row.se == "NaN" then
          assert.is_nil(t.se[at])
        else
          close(t.se[at], tonumber(row.se), tolerance, 0, row.case)
        end
        if helper.options(row.options).df ~= "skip" then assert.are.equal(tonumber(row.df), t.df[at]) end
        n = n + 1
      end
    end
    assert.is_true(n > 100)
  end)

  it("refuses by name", function()
    helper.refuses("length", "pps: row 1 has 3 cells where 2 are expected", sipas.Design, {{1, 2}, pps = {{1, 1, 1}, {1, 1, 1}}})
    helper.refuses("option", "pps: 'best' is not one of", sipas.Design, {{1, 2}, pps = "best"})
    helper.refuses("option", "variance: 'SYG' is not one of", sipas.Design, {{1, 2}, pps = "overton", variance = "SYG"})
  end)
end)

describe("functions.tsv", function()
  -- Arguments 1, 2, 3 are the totals of the three variables, 4, 5, 6 their means.
  local third = 1 / 3
  local FUNCTIONS = {
    linear = {kind = "linear", terms = {1, 2}, coef = {2, -3}, constant = 5},
    quotient = {kind = "power", terms = {1, 2}, coef = {1, -1}},
    product = {kind = "power", terms = {1, 2}},
    geometric = {kind = "power", terms = {1, 2, 3}, coef = {third, third, third}},
    log_quotient = {kind = "log", terms = {1, 2}, coef = {1, -1}},
    ratios = {kind = "ratios", terms = {1, 3, 2, 3}, coef = {1, -1}},
    change = {kind = "power", terms = {1, 2}, coef = {1, -1}, scale = 100, constant = -100},
    exp_means = {kind = "exp", terms = {4, 5}, coef = {1 / 1000, -1 / 500}},
    call_means = {
      terms = {4, 5, 6}, check = true,
      call = function(x)
        local value = math.sqrt(x[1] ^ 2 + x[2] * x[3])
        return value, {x[1] / value, x[3] / (2 * value), x[2] / (2 * value)}
      end,
    },
  }

  local function call(row, d, data)
    local by, args = groups(row.by, data), {missing = "complete", cov = true}
    args.y = variables(row.vars, data)
    if row.group ~= "" and not row.group:find ";" then args.by = by end
    if row.kind == "covariance" or row.kind == "correlation" then
      args.kind, args.cov = row.kind, nil
      return d:moment(args)
    elseif row.kind == "alpha" then
      args.items, args.y = args.y, nil
      return d:alpha(args)
    end
    local names = {}
    for name in pairs(FUNCTIONS) do names[#names + 1] = name end
    table.sort(names)
    args.functions, args.argument = {}, {"total", "total", "total", "mean", "mean", "mean"}
    for i, name in ipairs(names) do
      args.functions[i] = {name = name}
      for key, value in pairs(FUNCTIONS[name]) do args.functions[i][key] = value end
    end
    local columns = {}
    for i = 1, 6 do columns[i] = args.y[(i - 1) % 3 + 1][2] end
    args.y = columns
    return d:functions(args)
  end

  local KINDS = {covariance = true, correlation = true, alpha = true, ["function"] = true}

  it("has moments, alpha and functions, a Lua function among them", function()
    local n, made = 0, {}
    for _, row in ipairs(helper.golden "functions.tsv") do
      if KINDS[row.kind] then
        local data = helper.data(row.data)
        local key = table.concat({row.case, row.kind, row.vars, row.by, row.group}, " ")
        made[key] = made[key] or call(row, design(row, data), data)
        local t = made[key]
        local found = false
        for cells in t:rows() do
          local fits = row.group == "" or tostring(cells[row.by]) == row.group
          if row.kind == "alpha" then
            fits = fits and cells.statistic == row.with and (cells.item or "") == (row.with == "alpha" and "" or row.variable)
          elseif row.kind == "function" then
            fits = fits and cells.variable == row.variable
          else
            fits = fits and cells.variable == row.variable and cells.with == row.with
              or fits and cells.variable == row.with and cells.with == row.variable
          end
          if fits then
            close(cells[row.statistic], tonumber(row.value), tonumber(row.tolerance), 0, row.case .. " " .. row.kind .. " " .. row.variable)
            found = true
          end
        end
        assert(found, row.case .. " " .. row.kind .. " " .. row.variable .. " " .. row.with)
        n = n + 1
      end
    end
    assert.is_true(n > 50)
  end)
end)

-- ---- the shape of a call ----

local random = helper.random(7)
local S = {w = {}, s = {}, c = {}, q = {}, x = {}, g = {}, h = {}, inside = {}}
for i = 1, 240 do
  S.w[i], S.s[i], S.c[i], S.q[i], S.x[i] = random() + 0.5, random(4), random(10), random(5), random()
  S.g[i], S.h[i] = ({"p", "q", "r"})[random(3)], random(2)
  S.inside[i] = S.x[i] > 0.5
end
local D = sipas.Design{S.w, strata = S.s, clusters = S.c}

describe("estimates", function()
  it("of several levels come in one pass", function()
    local t = D:mean{{q = S.q}, by = {{g = S.g}, {{"g", S.g}, {"h", S.h}}, {}}}
    local alone = {}
    for _, by in ipairs{{{g = S.g}}, {{{"g", S.g}, {"h", S.h}}}, {{}}} do
      for row in D:mean{S.q, by = by}:rows() do alone[#alone + 1] = row.se end
    end
    assert.are.equal(3 + 6 + 1, #t)
    for i = 1, #t do close(t.se[i], alone[i], 1e-13) end
  end)

  it("cross columns in the order given, or by name", function()
    assert.are.same({"g", "h"}, {D:mean{S.q, by = {h = S.h, g = S.g}}.columns[2], D:mean{S.q, by = {h = S.h, g = S.g}}.columns[3]})
    local t = D:mean{S.q, by = {{"h", S.h}, {"g", S.g}}}
    assert.are.same({"h", "g"}, {t.columns[2], t.columns[3]})
    assert.are.same({"q", "x"}, D:mean{{x = S.x, q = S.q}}.variable:table())
    assert.are.same({"x", "q"}, D:mean{{{"x", S.x}, {"q", S.q}}}.variable:table())
    assert.are.same({"y1", "y2"}, D:mean{{S.x, S.q}}.variable:table())
    assert.are.same({"y1"}, D:mean(sipas.vec(S.x)).variable:table())
  end)

  it("refuse levels that do not agree", function()
    helper.refuses("argument", "by: 'g' is another column in another level", D.mean, D, {S.q, by = {{g = S.g}, {g = S.h, h = S.h}}})
    helper.refuses("type", "by: columns have to have names", D.mean, D, {S.q, by = S.g})
  end)

  it("keep the design where rows are out", function()
    local t, groups_ = D:mean{S.x, where = S.inside}, D:mean{S.x, by = {inside = S.inside}}
    assert.are.equal(groups_.se[2], t.se[1])
  end)

  it("are the same for any number of threads", function()
    local many = sipas.Design{S.w, strata = S.s, clusters = S.c, threads = 5}
    local args = {{x = S.x, q = S.q}, by = {g = S.g}}
    assert.are.equal(D:mean(args).se:pack(), many:mean(args).se:pack())
    helper.refuses("option", "", sipas.Design, {S.w, threads = 0})
  end)

  it("refuse options by name", function()
    helper.refuses("option", "missing: 'no' is not one of available, complete, respondent", D.mean, D, {S.x, missing = "no"})
    helper.refuses("option", "deff: 'srs' is not one of none, wor, wr", D.mean, D, {S.x, deff = "srs"})
    for _, level in ipairs{0, 1, -0.5, 0 / 0} do helper.refuses("option", "", D.mean, D, {S.x, level = level}) end
    helper.refuses("length", "x: 2 denominators for 1 numerators", D.ratio, D, {S.x, {a = S.x, b = S.x}})
    helper.refuses("length", "", D.mean, D, {{1, 2, 3}})
    helper.refuses("argument", "weights: a design needs a column, or its number of rows n", sipas.Design, {})
    helper.refuses("argument", "y: no variable", D.mean, D, {})
    helper.refuses("argument", "y: 2 variables where one is expected", D.distribution, D, {{S.g, S.h}})
    local err = helper.refuses("lonely psu", "lonely", function()
      return sipas.Design{{1, 1, 1}, strata = {"a", "a", "lonely"}}:mean{{1, 2, 3}}
    end)
    assert.is_string(err.name)
  end)

  it("take one success, or many, in any type", function()
    assert.are.equal(D:proportion{S.q, success = {4, 5}}.estimate[1],
      D:mean{{(function()
        local top = {}
        for i, q in ipairs(S.q) do top[i] = q >= 4 and 1 or 0 end
        return top
      end)()}}.estimate[1])
    assert.are.equal(D:proportion{S.g, success = "p"}.estimate[1], D:distribution{S.g}.estimate[1])
    assert.are.equal(D:proportion{S.g, success = {"p"}}.estimate[1], D:category{S.g}.estimate[1])
    assert.are.equal(1, #D:proportion{S.inside})
  end)

  it("have all categories that are stated, in their order", function()
    local d = sipas.Design{{1, 2, 3, 4, 5, 6}}
    local t = d:category_total{{"b", "a", "b", "b", "a", "b"}, categories = {"c", "b", "a"}}
    assert.are.same({"c", "b", "a"}, {t.category[1], t.category[2], t.category[3]})
    assert.are.same({0, 14, 7}, {t.estimate[1], t.estimate[2], t.estimate[3]})
    assert.are.equal(0, t.se[1])
    t = d:distribution{{5, 4, 5, 5, 4, 5}, categories = sipas.Instrument.builtin("1001/2023"):answers "q01"}
    assert.are.same({"1", "5"}, {t.category[1], t.category[5]})
    assert.are.equal(14 / 21, t.estimate[5])
    assert.are.equal(0, d:category{{5, 4, 5, 5, 4, 5}, categories = {3, 4, 5}}.estimate[1])
    assert.are.same({}, sipas.Instrument.builtin("1001/2023"):answers "SIPAS")
    helper.refuses("value", "row 1: y1 is 4, which is not among its categories", d.distribution, d,
      {{5, 4, 5, 5, 4, 5}, categories = {5, 3}})
    helper.refuses("duplicate", "stands twice", d.category, d, {{5, 4, 5, 5, 4, 5}, categories = {5, 5, 4}})
  end)

  it("have groups in the order that is stated", function()
    local d = sipas.Design{{1, 2, 3, 4, 5, 6}}
    local by, orders = {g = {"b", "a", "b", "b", "a", "b"}, h = {1, 1, 2, 2, 2, 1}}, {g = {"c", "b", "a"}}
    local t = d:total{{1, 1, 1, 1, 1, 1}, by = by, orders = orders}
    assert.are.same({"b", "b", "a", "a"}, {t.g[1], t.g[2], t.g[3], t.g[4]})
    assert.are.same({1, 2, 1, 2}, {t.h[1], t.h[2], t.h[3], t.h[4]})
    assert.are.same({7, 7, 2, 5}, {t.estimate[1], t.estimate[2], t.estimate[3], t.estimate[4]})
    helper.refuses("not found", "orders: 'k' is no by column", d.total, d, {{1, 1, 1, 1, 1, 1}, by = by, orders = {k = {1}}})
    helper.refuses("value", "row 1: g is a, which is not among its orders", d.total, d,
      {{1, 1, 1, 1, 1, 1}, by = by, orders = {g = {"b"}}})
    helper.refuses("type", "orders", d.total, d, {{1, 1, 1, 1, 1, 1}, by = by, orders = 3})
  end)

  it("take df as a rule or a number", function()
    assert.are.equal(12, sipas.Design{S.w, df = 12}:mean{S.x}.df[1])
    assert.are.equal(239, sipas.Design{S.w, df = "design"}:mean{S.x, where = S.inside}.df[1])
    helper.refuses("option", "df: 'all' is not one of domain, design, domain_rows", sipas.Design, {S.w, df = "all"})
    helper.refuses("option", "", sipas.Design, {S.w, df = 0})
  end)
end)

describe("functions of estimates", function()
  it("name their terms", function()
    local y = {a = S.x, b = S.q}
    local by_name = D:functions{y, {{kind = "power", terms = {"a", "b"}, coef = {1, -1}}}}
    local by_number = D:functions{y, {{kind = "power", terms = {1, 2}, coef = {1, -1}}}}
    assert.are.equal(by_name.se[1], by_number.se[1])
    close(by_name.se[1], D:ratio{{S.x}, {S.q}}.se[1], 1e-12)
    helper.refuses("not found", "terms: no variable 'c'", D.functions, D, {y, {{terms = {"c"}}}})
    helper.refuses("not found", "", D.functions, D, {y, {{terms = {3}}}})
    helper.refuses("length", "coef: 1 numbers for 2", D.functions, D, {y, {{terms = {1, 2}, coef = {1}}}})
    helper.refuses("option", "functions[1]: no option 'term'", D.functions, D, {y, {{term = {1}}}})
  end)

  it("raise what a Lua function raises", function()
    local err = helper.raised(D.functions, D, {S.x, {{terms = {1}, call = function() error({mine = true}) end}}})
    assert.is_true(err.mine)
    local calls = 0
    local function none()
      calls = calls + 1
      return nil
    end
    local t = D:functions{S.x, {{terms = {1}, call = none}}}
    assert.is_nil(t.estimate[1])
    assert.is_true(calls > 0)
    err = helper.raised(D.functions, D, {S.x, {{terms = {1}, call = function() return 1, {"x"} end}}})
    assert.is_truthy(tostring(err):find "a number and a list of its derivatives expected")
    helper.refuses("value", "", D.functions, D, {S.x, {{terms = {1}, check = true, call = function(x) return x[1] ^ 2, {x[1]} end}}})
  end)

  it("may make calls of their own", function()
    local t = D:functions{S.x, {{terms = {1}, call = function(x)
      collectgarbage()
      assert(#D:mean{S.q} == 1)
      return x[1], {1}
    end}}}
    assert.are.equal(D:total{S.x}.estimate[1], t.estimate[1])
  end)

  it("compare rows: contrasts, pairs, change", function()
    local t = D:mean{{x = S.x}, by = {g = S.g}, cov = true}
    local cov = t:cov()
    local c = sipas.contrast{t, {{name = "q - p", terms = {2, 1}, coef = {1, -1}}}, cov = true}
    close(c.estimate[1], t.estimate[2] - t.estimate[1], 1e-12)
    close(c.se[1], math.sqrt(cov[1][1] + cov[2][2] - 2 * cov[1][2]), 1e-9)
    close(c:cov()[1][1], c.se[1] ^ 2, 1e-12)
    local p = sipas.pairs{t, adjust = "holm"}
    assert.are.equal(3, #p)
    for row in p:rows() do close(row.estimate, t.estimate[row.row + 1] - t.estimate[row.other + 1], 1e-12) end
    helper.refuses("not found", "", sipas.pairs, {D:mean{{x = S.x}, by = {g = S.g}}})
    local later = {}
    for i, x in ipairs(S.x) do later[i] = x + 1 end
    local before, after = D:mean{{x = S.x}, cov = true}, D:mean{{x = later}, cov = true}
    close(sipas.change{before, after}.se[1], math.sqrt(2) * before.se[1], 1e-12)
    close(sipas.change{before, after}.estimate[1], 1, 1e-12)
    assert.is_true(sipas.change{before, after, overlap = "common"}.se[1] < 1e-9)
    assert.are.equal(12, sipas.change{before, after, df = 12}.df[1])
  end)
end)

describe("progress", function()
  it("is told, and may cancel", function()
    local tasks = {}
    local d = sipas.Design{S.w, strata = S.s, clusters = S.c, progress = function(task, done, total)
      tasks[#tasks + 1] = task
      assert(done <= total)
    end}
    assert.are.equal(D:mean{S.x}.se[1], d:mean{S.x}.se[1])
    assert.is_true(#tasks > 0)
    for _, answer in ipairs{true, 1, "stop"} do
      local stop = sipas.Design{S.w, progress = function() return answer end}
      helper.refuses("cancelled", "", stop.mean, stop, {S.x})
    end
    for _, answer in ipairs{false, 0, 0.0} do
      assert.are.equal(1, #sipas.Design{S.w, progress = function() return answer end}:mean{S.x})
    end
    local broken = sipas.Design{S.w, progress = function() error({mine = true}) end}
    assert.is_true(helper.raised(broken.mean, broken, {S.x}).mine)
    helper.refuses("type", "progress: function expected, got 5", sipas.Design, {S.w, progress = 5})
  end)

  it("may make calls under the same design", function()
    local depth, d = 0, nil
    d = sipas.Design{S.w, strata = S.s, progress = function()
      depth = depth + 1
      if depth == 1 then
        collectgarbage()
        assert(#d:mean{S.q} == 1)
        assert(pcall(d.mean, d, {{1}}) == false)
        assert(coroutine.wrap(function() return #d:mean{S.q} end)() == 1)
        collectgarbage()
      end
    end}
    assert.are.equal(sipas.Design{S.w, strata = S.s}:mean{S.x}.se[1], d:mean{S.x}.se[1])
    assert.is_true(depth > 1)
  end)
end)

describe("rows without a code of by", function()
  local district = {"01", sipas.null, "NA", "02", "01", sipas.null, "02", "NA"}
  local d, y = sipas.Design{{1, 1, 1, 1, 2, 1, 1, 1}}, {1, 4, 3, 5, 2, 6, 7, 7}

  local function by(rule, levels)
    return d:mean{y, by = levels or {district = district}, missing_by = rule}
  end

  it("are refused unless it is said", function()
    helper.refuses("missing", "row 1: district is missing", d.mean, d, {y, by = {district = district}})
    helper.refuses("type", "missing_by", d.mean, d, {y, by = {district = district}, missing_by = 5})
    helper.refuses("option", "missing_by", d.mean, d, {y, by = {district = district}, missing_by = "nope"})
  end)

  it("are in no group, or in one of their own", function()
    local t = by "drop"
    assert.are.equal(3, #t)
    close(5 / 3, t.estimate[1], 1e-14)
    t = by("drop", {{}, {district = district}})
    close(37 / 9, t.estimate[1], 1e-14) -- of all rows
    t = by "group"
    assert.are.equal(4, #t)
    assert.is_nil(t.district[4])
    close(5, t.estimate[4], 1e-14)
    assert.are.equal("group", t.meta.missing_by)
  end)

  it("are rows that `where` leaves out", function()
    local a = by "drop"
    local b = d:mean{y, by = {district = district}, where = {true, false, true, true, true, false, true, true}}
    for i = 1, 3 do assert.are.equal(b.se[i], a.se[i]) end
  end)
end)
