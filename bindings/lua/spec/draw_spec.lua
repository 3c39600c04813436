--- Probabilities, draws, trees and frames.

local sipas = require "sipas"
local helper = require "helper"
local close = helper.close

describe("inclusion probabilities", function()
  it("are those of pps.tsv", function()
    local n = 0
    for _, row in ipairs(helper.golden "pps.tsv") do
      if row.size ~= "" then
        local pi = sipas.inclusion_prob{size = helper.numbers(row.size), n = tonumber(row.n)}
        for i, expected in ipairs(helper.numbers(row.pik)) do close(pi[i], expected, tonumber(row.tolerance), 0, row.case) end
        n = n + 1
      end
    end
    assert.is_true(n > 1)
  end)
end)

describe("random numbers", function()
  it("are Philox4x64-10", function()
    -- Random123, kat_vectors: philox4x64 10, all bits 0 and all bits 1
    local function words(counter, key)
      return sipas.rng_philox{counter = counter, key = key}
    end
    assert.are.same({"1609277786247541068", "15789900245555285980", "15557529670647158635", "9108730954146095675"},
      words({0, 0, 0, 0}, {0, 0}))
    local ones = "18446744073709551615"
    assert.are.same({"9777476157258590475", "4867331713556873764", "11297235438317041590", "11573317279295671200"},
      words({ones, ones, ones, ones}, {ones, ones}))
  end)

  it("are words of a unit's hash", function()
    -- FNV-1a, 64 bits, of "a": the vectors of its authors
    assert.are.equal("12638187200555641996", sipas.code_hash "a")
    assert.are.equal(sipas.code_hash("VN", "01"), sipas.code_hash{"VN", "01"})
    assert.are.equal(sipas.code_hash "1", sipas.code_hash(1))
    assert.are.equal("9625390261332436968", sipas.code_hash "foobar")
    -- numpy's Philox, counter less one
    assert.are.equal(0.25780600155822453, sipas.rng_uniform{seed = 2023, unit = sipas.code_hash "foobar", stream = 1})
    helper.refuses("value", "", sipas.code_hash, "")
    local counter = {sipas.code_hash "c", 0, 0, 0}
    local first = sipas.rng_philox{counter = counter, key = {"20241231", 0}}[1]
    local u = sipas.rng_uniform{seed = 20241231, unit = sipas.code_hash "c"}
    close(u, tonumber(first) / 2 ^ 64, 1e-12) -- 53 of its 64 bits
    assert.are.equal(0, u * 2 ^ 53 % 1)
  end)
end)

describe("a draw", function()
  local codes, size = {}, {}
  local random = helper.random(5)
  for i = 1, 300 do codes[i], size[i] = "u" .. i, random() + 0.5 end

  it("takes the units of smallest number", function()
    local t = sipas.draw{codes, 25, seed = "20241231"}
    local order = {}
    for i, code in ipairs(codes) do order[i] = {sipas.rng_uniform{seed = "20241231", unit = sipas.code_hash(code)}, code} end
    table.sort(order, function(a, b) return a[1] < b[1] end)
    for i = 1, 25 do assert.are.equal(order[i][2], t.code[i]) end
    for i = 1, 25 do assert.are.equal(t.code[i], codes[t:row(i).row + 1]) end
  end)

  it("does not know the order of the rows", function()
    local args = {codes, 20, method = "pps_systematic", size = size, reserve = 5, seed = 1}
    local first = sipas.draw(args)
    local back, sizes = {}, {}
    for i = 1, 300 do back[i], sizes[i] = codes[301 - i], size[301 - i] end
    local second = sipas.draw{back, 20, method = "pps_systematic", size = sizes, reserve = 5, seed = 1}
    for _, name in ipairs{"code", "pi", "role", "order"} do
      assert.are.same(first:column(name):table(), second:column(name):table())
    end
  end)

  it("takes a seed of 64 bits as digits", function()
    local big = sipas.draw{codes, 5, seed = "18446744073709551615"}
    assert.are.equal("18446744073709551615", big.meta.seed)
    assert.are.same(sipas.draw{codes, 5, seed = 77}.code:table(), sipas.draw{codes, 5, seed = "77"}.code:table())
    assert.are_not.same(big.code:table(), sipas.draw{codes, 5, seed = "18446744073709551614"}.code:table())
  end)

  it("takes integers and texts by value", function()
    local ints, texts = {}, {}
    for i = 1, 50 do ints[i], texts[i] = 1000 + i, tostring(1000 + i) end
    assert.are.same(sipas.draw{ints, 5, seed = 3}.code:table(), sipas.draw{texts, 5, seed = 3}.code:table())
    assert.are.same(sipas.draw{sipas.vec(ints, "f64"), 5, seed = 3}.code:table(), sipas.draw{texts, 5, seed = 3}.code:table())
  end)

  it("takes quotas by stratum, and by class", function()
    local strata, class = {}, {}
    for i = 1, 300 do strata[i], class[i] = i % 2 == 0 and "even" or "odd", i % 3 end
    local function count(t)
      local seen = {}
      for row in t:rows() do seen[row.stratum] = (seen[row.stratum] or 0) + 1 end
      return seen
    end
    assert.are.same({even = 5, odd = 7}, count(sipas.draw{codes, {even = 5, odd = 7}, strata = strata, seed = 3}))
    local t = sipas.draw{
      codes, {even = {[0] = 1, [1] = 2, [2] = 3}, odd = {[0] = 4, [1] = 5, [2] = 6}}, strata = strata, unit_class = class, seed = 3,
    }
    assert.are.same({["even:0"] = 1, ["even:1"] = 2, ["even:2"] = 3, ["odd:0"] = 4, ["odd:1"] = 5, ["odd:2"] = 6}, count(t))
    t = sipas.draw{codes, strata = strata, quota_stratum = {"even", "odd"}, quota_n = {2, 3}, quota_reserve = {1, 0}, seed = 3}
    assert.are.same({even = 3, odd = 3}, count(t))
    helper.refuses("not found", "even", sipas.draw, {codes, {odd = 7}, strata = strata, seed = 3})
  end)

  it("refuses what cannot be", function()
    helper.refuses("duplicate", "a", sipas.draw, {{"a", "b", "a"}, 1, seed = 1})
    helper.refuses("too few", "", sipas.draw, {{"a", "b"}, 3, seed = 1})
    assert.are.equal(2, #sipas.draw{{"a", "b"}, 3, seed = 1, if_fewer = "take_all"})
  end)
end)

describe("a tree of units", function()
  local tree = sipas.UnitTree{
    code = {"VN", "01", "79", "001", "002", "760"}, parent = {sipas.null, "VN", "VN", "01", "01", "79"},
    level = {"country", "province", "province", "district", "district", "district"},
    name = {"Việt Nam", "Hà Nội", "Hồ Chí Minh", sipas.null, sipas.null, sipas.null},
    unit_class = {"", "a", "b", "quận", "huyện", "quận"}, region = {"", "north", "south", "north", "north", "south"},
    urban = {sipas.null, sipas.null, sipas.null, true, false, true},
    measures = {adults = {1000, 600, 400, 250, sipas.null, 400}},
  }

  it("knows its units", function()
    assert.are.equal(6, #tree)
    assert.are.same({"adults"}, tree.measures)
    local u = tree:find("VN", "01")
    assert.are.equal(1, u)
    assert.are.equal(u, tree:find{"VN", "01"})
    assert.are.equal("01", tree:code(u))
    assert.are.equal("Hà Nội", tree:name(u))
    assert.are.equal("province", tree:level(u))
    assert.are.equal("a", tree:class(u))
    assert.are.equal("north", tree:region(u))
    assert.is_nil(tree:urban(u))
    assert.is_false(tree:urban(4))
    assert.are.equal(0, tree:parent(u))
    assert.is_nil(tree:parent(0))
    assert.are.equal(1, tree:depth(u))
    assert.are.equal(sipas.code_hash("VN", "01"), tree:hash(u))
    assert.are.same({3, 4}, tree:children(u))
    assert.are.same({0}, tree:children())
    assert.are.equal(250, tree:measure(3))
    assert.are.equal(250, tree:measure(3, "adults"))
    assert.is_nil(tree:measure(4))
    helper.refuses("not found", "children", tree.measure, tree, 3, "children")
    helper.refuses("not found", "99", tree.find, tree, "VN", "99")
    assert.is_nil(tree:code(17))
    assert.are.equal("UnitTree: 6 units", tostring(tree))
    helper.refuses("tree", "", sipas.UnitTree, {{"a", "b"}, {"", "x"}})
  end)

  it("is summed up, filled and expanded", function()
    local t = sipas.frame_summary(tree)
    assert.are.equal("country", t.level[1])
    local filled = sipas.frame_impute{tree, measure = "adults"}
    assert.are.equal(350, filled.value[5]) -- 600 - 250
    assert.are.equal(1, filled.imputed[5])
    local villages = sipas.frame_expand{tree, count = {0, 0, 0, 3, 2, 12}, level = "village"}
    assert.are.equal(6 + 17, #villages)
    assert.are.equal("01", villages:code(villages:children(5)[1]))
    local drawn = sipas.draw_plan{villages, {{level = "district", n = 1}, {level = "village", n = 2}}, seed = "42"}
    assert.are.equal(3, #drawn)
    assert.are.same({1, 2, 2}, drawn.stage:table())
    assert.are.equal(drawn:row(1).row, drawn.parent[2])
    helper.refuses("option", "stages[2]: no option 'm'", sipas.draw_plan, {villages, {{n = 1}, {m = 1}}, seed = 1})
    helper.refuses("not found", "ward", sipas.draw_plan, {villages, {{level = "ward", n = 1}}, seed = 1})
  end)
end)

describe("weights", function()
  it("are products, adjusted, and cost", function()
    assert.are.same({20, 40}, sipas.design_weights{{{0.5, 0.25}, {0.1, 0.1}}}:table())
    assert.are.same({2, 4}, sipas.design_weights{{0.5, 0.25}}:table())
    assert.are.same({2, 4}, sipas.design_weights(sipas.vec{0.5, 0.25}):table())
    local weights, cells = sipas.response_weights{{10, 10, 20}, {true, false, true}, cell = {"a", "a", "b"}}
    assert.are.same({20, 0, 20}, weights:table())
    assert.are.same({0.5, 1}, cells.rate:table())
    helper.refuses("too few", "b", sipas.response_weights, {{1, 1}, {true, false}, cell = {"a", "b"}})
    local cost = sipas.kish{{1, 1, 2}} -- 3 · 6 / 16
    assert.are.equal(1.125, cost.deff)
    close(cost.n_eff, 8 / 3, 1e-15)
    assert.are.equal(0.125, cost.cv2)
    helper.refuses("argument", "inclusion_prob is needed", sipas.design_weights, {})
  end)
end)
