--- Sizes, allocation, strata, plans: golden figures and the shape of the calls.

local sipas = require "sipas"
local helper = require "helper"
local close = helper.close

local function infer(value)
  return tonumber(value) or value
end

describe("sizes", function()
  it("are those of sizes.tsv", function()
    local n = 0
    for _, row in ipairs(helper.golden "sizes.tsv") do
      local o, figure = {}, {}
      for key, value in pairs(helper.options(row.options)) do o[key] = infer(value) end
      local common = {N = o.N, deff = o.deff, response = o.response}
      if o.z then common.level = assert(({[2] = 0.9544997361036416})[o.z]) end -- erf(z / √2)
      for _, key in ipairs{"p", "mean", "sd", "domain", "margin", "relative_margin", "cv", "se", "difference", "overlap",
        "overlap_correlation", "method", "compare"} do
        figure[key] = o[key]
      end
      figure.statistic = row.statistic == "share" and "proportion" or row.statistic
      local t
      if row.statistic == "yamane" then
        common.method, common.e = "yamane", o.margin
        t = sipas.sample_size(common)
      else
        common.figures = {figure}
        common.n = o.n
        t = (o.n and sipas.precision_figures or sipas.size_figures)(common)
      end
      local value = row.column == "relative" and t.margin[1] / t.estimate[1] or t:column(row.column)[1]
      close(value, tonumber(row.value), tonumber(row.tolerance), 0, row.case)
      n = n + 1
    end
    assert.is_true(n > 30)
  end)

  it("of stages are those of stages.tsv", function()
    local n = 0
    for _, row in ipairs(helper.golden "stages.tsv") do
      local stages, cost, delta = {}, helper.numbers(row.cost), helper.numbers(row.delta)
      for i, c in ipairs(cost) do stages[i] = {cost = c, homogeneity = delta[i]} end
      for i, k in ipairs(helper.numbers(row.k)) do stages[i].k = k end
      local t = sipas.size_stages{
        stages, relvariance = tonumber(row.relvariance), budget = tonumber(row.budget), cv = tonumber(row.cv),
      }
      local value = row.where == "meta" and tonumber(t.meta[row.name]) or t:column(row.name)[tonumber(row.stage)]
      close(value, tonumber(row.value), tonumber(row.tolerance), 0, row.case .. " " .. row.name)
      n = n + 1
    end
    assert.is_true(n > 10)
  end)

  it("of one unit or of many", function()
    -- 20000 / (1 + 20000 · 0.0025) = 392.156…
    assert.are.equal(393, sipas.sample_size{N = 20000, method = "yamane", e = 0.05}.n[1])
    assert.are.same({393, 400}, sipas.sample_size{{20000, math.huge}, method = "yamane"}.n:table())
    assert.are.equal(385, sipas.sample_size{}.n[1]) -- 1.96² / 4 / 0.05² = 384.1
    local t = sipas.sample_size{{1000, 2000}, code = {"a", "b"}, response = 0.8, multiple = 5, per_household = 0.5}
    assert.are.same({"a", "b"}, t.code:table())
    for row in t:rows() do
      assert.are.equal(0, row.n % 5)
      assert.is_true(row.issued > row.n and row.households > row.issued)
    end
  end)

  it("and precision undo each other", function()
    local n = sipas.sample_size{5000, p = 0.3, e = 0.04}.n_exact[1]
    close(sipas.precision_proportion{n, 5000, p = 0.3}.margin[1], 0.04, 1e-9)
    local ranking = {{60, 65, 70, 75}, sd = 20, delta = 5}
    local needed = sipas.size_ranking(ranking).n[1]
    local t = sipas.precision_ranking{{60, 65, 70, 75}, needed, sd = 20}
    assert.is_true(tonumber(t.meta.delta) <= 5)
    local stages = {{cost = 750, homogeneity = 0.05, n = 51.4}, {cost = 100, n = 11.9}}
    close(tonumber(sipas.precision_stages{stages}.meta.cost), 51.4 * 750 + 51.4 * 11.9 * 100, 1e-12)
  end)

  it("need components, of a frame or a sample", function()
    local y, psu = {}, {}
    local random = helper.random(3)
    for i = 1, 120 do psu[i], y[i] = math.floor((i - 1) / 12), 50 + 5 * math.floor((i - 1) / 12) + random(10) end
    local sample = sipas.components_sample{y, clusters = psu, weights = (function()
      local w = {}
      for i = 1, 120 do w[i] = 1 end
      return w
    end)()}
    assert.are.same({"psu", "person"}, sample.name:table())
    assert.are.equal(10, sample.units[1])
    local frame = sipas.components_frame{y, clusters = psu, selection = "persons"}
    assert.is_true(frame.homogeneity[1] > 0 and frame.homogeneity[1] < 1)
    assert.are.equal("persons", frame.meta.selection)
  end)
end)

describe("allocation", function()
  it("is that of allocation.tsv", function()
    local n = 0
    for _, row in ipairs(helper.golden "allocation.tsv") do
      if row.n ~= "" and row.result ~= "" and row.V == "" then
        local args = {tonumber(row.n), size_is_measure = true, method = row.cost ~= "" and "cost" or "neyman"}
        if row.lower ~= "" then args.lower = helper.numbers(row.lower) end
        if row.upper ~= "" then args.upper = helper.numbers(row.upper) end
        if row.cost ~= "" then args.cost = helper.numbers(row.cost) end
        args.size = helper.numbers(row.A ~= "" and row.A or row.N)
        args.sd = row.A ~= "" and {} or helper.numbers(row.S)
        if row.A ~= "" then for i = 1, #args.size do args.sd[i] = 1 end end
        local t = sipas.allocate(args)
        local column = row.kind == "integer" and t.n or t.continuous
        for i, expected in ipairs(helper.numbers(row.result)) do
          close(column[i], expected, tonumber(row.tolerance), 0, row.case)
        end
        assert.are.equal(tonumber(row.n), helper.sum(t.n))
        n = n + 1
      end
    end
    assert.is_true(n > 10)
  end)

  it("is that of allocation_multi.tsv", function()
    local n = 0
    for _, row in ipairs(helper.golden "allocation_multi.tsv") do
      local size = helper.numbers(row.N)
      --- Numbers of a cell, variable after variable, as a list of columns.
      local function by_variable(cell)
        local numbers, columns = helper.numbers(cell), {}
        for i, x in ipairs(numbers) do
          local v = math.floor((i - 1) / #size) + 1
          columns[v] = columns[v] or {}
          table.insert(columns[v], x)
        end
        return #columns > 0 and columns or nil
      end
      local function optional(cell)
        return cell ~= "" and helper.numbers(cell) or nil
      end
      local args = {
        size, sd = by_variable(row.S), mean = by_variable(row.M), cost = optional(row.cost), lower = optional(row.lower),
        upper = optional(row.upper), budget = tonumber(row.budget), goal = row.budget ~= "" and "best_ratio" or nil, tol = 1e-12,
        measure = row.measure == "se_total_wr" and "se_total" or "cv", with_replacement = row.measure == "se_total_wr",
      }
      if row.cut1 ~= "" then args.by = {{"1", helper.numbers(row.cut1)}} end
      if row.cut2 ~= "" then args.by[2] = {"2", helper.numbers(row.cut2)} end
      -- One row for all domains of a cut, or with one variable one for each.
      local by, domain, value, rows = {}, {}, {}, 0
      for v = 1, #args.sd do value[v] = {} end
      for cut, cell in ipairs{row.target, row.target1, row.target2} do
        local numbers = helper.numbers(cell)
        local each = #args.sd == 1 and #numbers > 1
        for i = 1, each and #numbers or math.min(1, #numbers) do
          rows = rows + 1
          by[rows], domain[rows] = cut > 1 and tostring(cut - 1) or nil, each and i or nil
          for v = 1, #args.sd do value[v][rows] = numbers[each and i or v] end
        end
      end
      by.n, domain.n = rows, rows
      args.target_by, args.target_domain, args.target = sipas.vec(by, "text"), domain, value
      local t, targets = sipas.allocate_multi(args)
      for h, expected in ipairs(helper.numbers(row.result)) do
        local x = t.continuous[h]
        close(tonumber(row.tolerance) > 0 and x or math.ceil(x), expected, tonumber(row.tolerance), 0, row.case)
      end
      local multipliers, largest = helper.numbers(row.multiplier), 0
      for _, m in ipairs(multipliers) do largest = math.max(largest, m) end
      for k, m in ipairs(multipliers) do assert(math.abs(targets.multiplier[k] - m) <= 1e-6 * largest, row.case) end
      n = n + 1
    end
    assert.are.equal(5, n)
  end)

  it("takes bounds as numbers or columns", function()
    local size = {100, 200, 300}
    assert.are.same({15, 15, 15}, sipas.allocate{60, size = size, lower = 15}.lower:table())
    assert.are.same({10, 20, 30}, sipas.allocate{60, size = size, upper = {10, 20, 30}}.n:table())
    helper.refuses("infeasible", "", sipas.allocate, {60, size = size, upper = 0})
    assert.are.equal(60, helper.sum(sipas.allocate{60, size = size, method = "power", power = 0, lower = 0}.n))
  end)

  it("reads class tables in any order", function()
    local t = sipas.allocate{method = "class_table", unit_class = {"a", "b", "a"}, class_n = {b = 5, a = 3}}
    assert.are.same({3, 5, 3}, t.n:table())
    t = sipas.allocate{method = "class_table", unit_class = {2, 1, 2}, class_n = {[1] = 7, [2] = 4}}
    assert.are.same({4, 7, 4}, t.n:table())
  end)

  it("serves a budget, a precision, blocks", function()
    local size, sd, cost = {100, 200, 300}, {1, 2, 3}, {1, 2, 4}
    local t = sipas.allocate{budget = 100, size = size, sd = sd, cost = cost, method = "cost"}
    assert.is_true(t.n[1] + 2 * t.n[2] + 4 * t.n[3] <= 100)
    t = sipas.allocate{target = {se = 0.2}, size = size, sd = sd, method = "neyman"}
    assert.is_true(sipas.plan_expect{t.n, size = size, variables = {{sd = sd}}}.se[1] <= 0.2)
    t = sipas.allocate{62, size = size, multiple = 5, remainder = "down", fixed = {sipas.null, sipas.null, 20}}
    assert.are.equal(60, helper.sum(t.n))
    assert.are.equal(20, t.n[3])
    helper.refuses("argument", "one of n, budget and target is given", sipas.allocate, {10, budget = 100, size = size})
    helper.refuses("option", "target: no option 'sd'", sipas.allocate, {target = {sd = 1}, size = size})
  end)

  it("serves several variables and domains", function()
    local size, sd = {1000, 2000, 1500}, {income = {5, 8, 3}, age = {1, 2, 2}}
    local t, targets, gain = sipas.allocate_multi{
      size, sd = sd, mean = {age = {40, 45, 50}, income = {20, 30, 25}}, target = {age = 0.01, income = 0.03},
      code = {"a", "b", "c"},
    }
    assert.are.equal(3, #t)
    assert.are.same({"age", "income"}, targets.variable:table())
    for row in targets:rows() do assert.is_true(row.expected <= row.target * (1 + 1e-12)) end
    assert.is_true(#gain > 0)
    helper.refuses("argument", "target: 'agee' where sd has 'age'", sipas.allocate_multi,
      {size, sd = sd, target = {agee = 0.1, income = 0.1}})
    t, targets = sipas.allocate_multi{
      size, sd = sd, goal = "best_ratio", budget = 300, measure = "se", by = {region = {"n", "n", "s"}},
      target = {{"age", {0.1, 0.1}}, {"income", {0.2, 0.2}}}, target_by = {sipas.null, "region"},
    }
    assert.is_true(helper.sum(t.n) <= 300)
    assert.are.equal(6, #targets)
  end)

  it("serves a tree", function()
    local tree = sipas.UnitTree{{"VN", "01", "02", "a", "b", "c"}, {"", "VN", "VN", "01", "01", "02"}}
    local t = sipas.allocate_tree{tree, n = 30, size = {0, 0, 0, 100, 200, 300}, lower = {sipas.null, sipas.null, 18, n = 6}}
    assert.are.equal(30, t.n[1])
    assert.are.equal(18, t.n[3])
    assert.are.equal("lower", t.held[3])
  end)

  it("has strata cut for it", function()
    local x = {}
    local random = helper.random(11)
    for i = 1, 300 do x[i] = math.floor(1000 * random() ^ 4) + 1 end
    local t = sipas.strata_cut{x, strata = 4, n = 60, take_all = true}
    assert.are.equal(4, #t)
    assert.are.equal(300, helper.sum(t.size))
    assert.are.equal(60, helper.sum(t.n))
    helper.refuses("option", "method: 'best' is not one of cum_root_f, geometric, lavallee, optimal", sipas.strata_cut,
      {x, strata = 4, n = 60, method = "best"})
  end)
end)

describe("a plan", function()
  it("says what to expect, by domain", function()
    local size = {1000, 3000, 2000, 4000}
    local t = sipas.plan_expect{
      {50, 60, 70, 80}, size = size, variables = {{name = "p", p = {0.4, 0.5, 0.6, 0.5}, deff = {1, 2, 1, 1}}},
      by = {{region = {"n", "n", "s", "s"}}, {}}, cost = {1, 1, 2, 2},
    }
    assert.are.same({"n", "s"}, {t.region[1], t.region[2]})
    -- Cochran (1977), eq. 5.6, with S² = p (1 - p) N / (N - 1)
    local v = 0
    for h, n in ipairs{50, 60, 70, 80} do
      local p, deff, N = ({0.4, 0.5, 0.6, 0.5})[h], ({1, 2, 1, 1})[h], size[h]
      v = v + N ^ 2 * deff * (1 - n / N) * p * (1 - p) * N / (N - 1) / n
    end
    close(t.se[3], math.sqrt(v) / 10000, 1e-12)
  end)

  it("compares methods", function()
    local t = sipas.plan_compare{100, size = {100, 200, 700}, sd = {3, 2, 1}, methods = {"equal", "neyman"}}
    assert.are.same({"equal/1", "neyman/1"}, t.method:table())
    assert.are.equal(1, t.loss[2])
    assert.is_true(#sipas.plan_compare{100, size = {100, 200, 700}, sd = {3, 2, 1}} > 3)
  end)
end)
