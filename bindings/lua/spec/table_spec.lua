local sipas = require "sipas"
local helper = require "helper"

local D = sipas.Design{weights = {1, 2, 1, 2, 1, 3}, strata = {"a", "a", "a", "b", "b", "b"}}
local function estimates(more)
  local args = {y = {y = {1, 2, 4, 8, 16, 32}}, by = {g = {"u", "u", "v", "v", "v", "v"}}}
  for key, value in pairs(more or {}) do args[key] = value end
  return D:mean(args)
end

describe("a table", function()
  it("has columns, rows, fields, metadata", function()
    local t = estimates()
    assert.are.equal(2, #t)
    assert.are.same({"u", "v"}, t.g:table())
    assert.are.equal(t["estimate"], t.estimate)
    assert.are.equal(t.estimate, t:column "estimate")
    assert.are.equal("variable", t.columns[1])
    assert.are.equal(#t.columns, #t.fields)
    for i, field in ipairs(t.fields) do
      assert.are.equal(t.columns[i], field.name)
      assert.is_string(field.meaning)
      assert.are.equal(t:column(field.name).type, field.type)
    end
    local roles = {}
    for _, field in ipairs(t.fields) do roles[field.name] = field.role end
    assert.are.same({"figure", "by", "value", "se"}, {roles.variable, roles.g, roles.estimate, roles.se})
    assert.is_string(t.meta.method)
    local n = 0
    for row in t:rows() do
      n = n + 1
      assert.are.equal(t.estimate[n], row.estimate)
      assert.are.equal(t.g[n], row.g)
    end
    assert.are.equal(2, n)
    assert.are.same(t:row(2), t:row(-1))
    assert.is_nil(t:row(3))
    assert.is_nil(t:row(0))
  end)

  it("names the columns that there are when one is not", function()
    local err = helper.refuses("not found", 'no column "no"', function() return estimates().no end)
    assert.is_truthy(err.message:find("estimate", 1, true))
    helper.refuses("not found", "no column", estimates().column, estimates(), "no")
  end)

  it("leaves out missing figures", function()
    local t = sipas.Design{n = 4}:mean{{1, 2, 3, 4}, where = {false, false, false, false}}
    assert.are.equal(0, t.n[1])
    assert.is_nil(t.estimate[1])
    assert.is_nil(t:row(1).estimate)
    assert.are.same({"none"}, t.estimate:table "none")
    local notes = t.notes
    assert.is_true(#notes >= 1)
    assert.is_string(notes:row(1).message)
    assert.are.equal("empty_domain", notes.code[1])
  end)

  it("has covariances on request, by rows from 1", function()
    local t = estimates{cov = true}
    local cov = t:cov()
    for i = 1, 2 do helper.close(cov[i][i], t.se[i] ^ 2, 1e-12) end
    assert.are.equal(cov[1][2], cov[2][1])
    assert.are.same({{cov[2][1]}}, t:cov({2}, {1}))
    assert.are.same({{cov[2][2]}}, t:cov{2})
    helper.refuses("not found", "", t.cov, t, {3})
    helper.refuses("not found", "", function() return estimates():cov() end)
  end)

  it("has names of its own beside its columns, and they are few", function()
    local own = {notes = true, meta = true, columns = true, fields = true, column = true, row = true, rows = true, cov = true, text = true}
    local both = {}
    for _, fields in pairs(sipas.schemas()) do
      for _, field in ipairs(fields) do
        if own[field.name] then both[field.name] = true end
      end
    end
    assert.are.same({row = true, rows = true}, both) -- t:column "row" is the column
    local drawn = sipas.draw{codes = {"a", "b"}, n = 1, seed = 1}
    assert.is_number(drawn:column("row")[1])
    assert.is_number(drawn:row(1).row)
  end)

  it("is text, aligned", function()
    local text = tostring(sipas.sample_size{N = 20000, method = "yamane", e = 0.05})
    assert.are.equal("population  n_exact    n  issued  fraction  formula\n" ..
      "     20000   392.16  393     393  0.019650  n = N / (1 + N e²)", text)
    local codes = {}
    for i = 1, 60 do codes[i] = "u" .. i end
    local t = sipas.draw{codes = codes, n = 50, seed = 1}
    assert.is_truthy(tostring(t):find("... 10 more rows", 1, true))
    local _, lines = t:text():gsub("\n", "")
    assert.are.equal(50, lines)
  end)

  it("can be given on as columns", function()
    local plan = sipas.allocate{100, size = {1000, 2000, 3000}}
    local t = sipas.plan_expect{n = plan.n, size = {1000, 2000, 3000}, variables = {{name = "p", p = {0.5, 0.5, 0.5}}}}
    assert.are.equal(100, t.n[1])
  end)
end)
