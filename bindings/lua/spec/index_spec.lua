--- Instruments, the index over the question tree, league tables.

local sipas = require "sipas"
local helper = require "helper"
local close = helper.close

local FORM = sipas.Instrument.builtin "1001/2023"
local N = 400
local random = helper.random(11)
local ANSWERS, PROVINCE, W, C = {}, {}, {}, {}
for j = 1, 39 do
  local column = {}
  for i = 1, N do column[i] = random(5) end
  ANSWERS[j] = sipas.vec(column, "i8")
end
for i = 1, N do PROVINCE[i], W[i], C[i] = random(4), random() + 0.5, random(8) end
local D = sipas.Design{W, strata = PROVINCE, clusters = C}

--- The rows of a node.
local function of_node(t, node, column)
  local out = {}
  for row in t:rows() do
    if row.node == node then out[#out + 1] = row[column or "estimate"] end
  end
  return out
end

describe("an instrument", function()
  it("is built in", function()
    assert.are.same({"1001/2023", "2022"}, sipas.Instrument.builtins())
    assert.are.equal(39, #FORM)
    assert.are.equal(39, #FORM.items)
    assert.are.equal(51, #FORM.nodes)
    assert.are.equal("1001/2023", FORM.id)
    assert.is_string(FORM.source)
    local root = FORM.nodes[51]
    assert.are.equal("index", root.kind)
    assert.is_nil(root.parent)
    assert.are.equal(5, FORM.items[1].levels)
    assert.are.equal(root.code, FORM:parent("I").code)
    assert.is_nil(FORM:parent "SIPAS")
    helper.refuses("not found", "no built-in instrument '1999'", sipas.Instrument.builtin, "1999")
    helper.refuses("not found", "q99", FORM.node, FORM, "q99")
  end)

  it("comes back as it was given", function()
    local nodes = {
      {code = "a", parent = "all", name = "A", name_vi = "Câu A", type = "likert", role = "satisfaction", levels = 5, first_code = 1,
        dont_know = {9}, not_applicable = {97, 98}},
      {code = "b", parent = "all", type = "yes_no", role = "judgement", levels = 2, weight = 2},
      {code = "all", kind = "index"},
    }
    local own = sipas.Instrument{id = "own", nodes = nodes, source = "a test"}
    assert.are.equal("a test", own.source)
    local back = own.nodes
    for i, node in ipairs(nodes) do
      for key, value in pairs(node) do assert.are.same(value, back[i][key], key) end
    end
    assert.are.equal(#nodes, #sipas.Instrument{id = "again", nodes = back}.nodes)
    assert.are.equal(100, own:score("a", 4))
    assert.are.equal(80, own:score("a", 4, "mean-over-max"))
    helper.refuses("value", "", own.score, own, "a", 7)
    helper.refuses("option", "scoring: 'best' is not one of", own.score, own, "a", 4, "best")
    helper.refuses("tree", "", sipas.Instrument, {id = "own", nodes = {nodes[1], nodes[2]}})
    helper.refuses("option", "nodes[2]: no option 'codes'", sipas.Instrument, {id = "x", nodes = {nodes[1], {codes = "b"}}})
    helper.refuses("length", "dont_know has 5 codes, 4 are the most", sipas.Instrument,
      {id = "x", nodes = {{code = "a", dont_know = {1, 2, 3, 4, 5}}}})
  end)
end)

describe("the index", function()
  it("of an item is a mean", function()
    local top2 = {}
    for i = 1, N do top2[i] = ANSWERS[5][i] >= 4 and 100 or 0 end
    local t, mean = D:index{ANSWERS, FORM, by = {province = PROVINCE}}, D:mean{top2, by = {province = PROVINCE}}
    local estimate, se = of_node(t, "q05"), of_node(t, "q05", "se")
    for i = 1, 4 do
      close(estimate[i], mean.estimate[i], 1e-12)
      close(se[i], mean.se[i], 1e-10)
    end
    assert.are.equal("SIPAS", t.node[#t])
  end)

  it("takes answers as a list or by item, whatever else is there", function()
    local by_item = {weight = W}
    for j, node in ipairs(FORM.items) do by_item[node.code] = ANSWERS[j] end
    local expected = D:index{ANSWERS, FORM}.se:pack()
    assert.are.equal(expected, D:index{by_item, FORM}.se:pack())
    assert.are.equal(expected, D:index{answers = by_item, instrument = FORM}.se:pack())
    by_item.q05 = nil
    helper.refuses("argument", "answers: no column for item q05", D.index, D, {by_item, FORM})
    helper.refuses("length", "answers: 1 columns where 39 are expected", D.index, D, {{ANSWERS[1]}, FORM})
    assert.are.equal(expected, D:index{ANSWERS, "1001/2023"}.se:pack())
    helper.refuses("not found", "no built-in instrument '1999'", D.index, D, {ANSWERS, "1999"})
    helper.refuses("type", "instrument: sipas.Instrument expected, got true", D.index, D, {ANSWERS, true})
  end)

  it("names row and item of an answer that cannot be", function()
    local wrong, column = {}, ANSWERS[4]:table()
    for j = 1, 39 do wrong[j] = ANSWERS[j] end
    column[18] = 8
    wrong[4] = column
    local err = helper.refuses("value", "17", D.index, D, {wrong, FORM})
    assert.are.equal(17, err.row)
    assert.are.equal(3, err.column)
    assert.are.equal("q04", err.name)
  end)

  it("makes the whole of units", function()
    local by = {{province = PROVINCE}, {}}
    local provinces = of_node(D:index{ANSWERS, FORM, by = by}, "SIPAS")
    local t = D:index{ANSWERS, FORM, by = by, whole = "mean_of_units", whole_by = "province"}
    close(t.estimate[#t], (provinces[1] + provinces[2] + provinces[3] + provinces[4]) / 4, 1e-12)
    t = D:index{ANSWERS, FORM, by = by, whole = "population", whole_by = "province", population = {10, 20, 30, 40}}
    close(t.estimate[#t], 0.1 * provinces[1] + 0.2 * provinces[2] + 0.3 * provinces[3] + 0.4 * provinces[4], 1e-12)
    helper.refuses("argument", "whole_by: 'district' is not in by", D.index, D,
      {ANSWERS, FORM, by = by, whole = "mean_of_units", whole_by = "district"})
  end)

  it("is ranked", function()
    local t = D:index{ANSWERS, FORM, by = {province = PROVINCE}, cov = true}
    local league, estimates = sipas.league(t), of_node(t, "SIPAS")
    table.sort(estimates, function(a, b) return a > b end)
    assert.are.same(estimates, league.estimate:table())
    for row in league:rows() do assert.is_true(row.rank_lower <= row.rank and row.rank <= row.rank_upper) end
    estimates = of_node(t, "q01")
    table.sort(estimates)
    assert.are.same(estimates, sipas.league{t, variable = "q01", ascending = true}.estimate:table())
    helper.refuses("not found", "", sipas.league, {t, variable = "q99"})
  end)
end)
