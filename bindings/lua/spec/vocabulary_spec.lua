--- Names and words of docs/dev/CONVENTIONS.md: each call takes each option by every name, once, and each word means what the one beside it does.

local sipas = require "sipas"
local helper = require "helper"

--- Rows of the table under "Names in Python and Lua" whose header begins with a word, as lists of cells without their marks.
local function rows(header)
  local text = assert(helper.read "docs/dev/CONVENTIONS.md"):match "### Names in Python and Lua\n(.-)\n## "
  local body = assert(text:match("\n| " .. header .. " |[^\n]*\n|[-|]+\n(.-)\n\n"))
  local found = {}
  for line in (body .. "\n"):gmatch "([^\n]*)\n" do
    local cells = {}
    for cell in line:gmatch "|([^|]+)" do cells[#cells + 1] = cell end
    if line:find("|", 1, true) then found[#found + 1] = cells end
  end
  return found
end

local function names(cell)
  local found = {}
  for name in cell:gmatch "`([%w_.]+)`" do found[#found + 1] = name end
  return found
end

local design = sipas.Design{n = 4}

--- A function of one table of options.
local function call_of(name)
  local method = name:match "^Design%.(.*)"
  if method then return function(args) return design[method](design, args) end end
  return sipas[name]
end

describe("names", function()
  it("of options are taken, each once", function()
    local n = 0
    for _, row in ipairs(rows "name") do
      local both = {names(row[1])[1], names(row[2])[1]}
      for _, name in ipairs(names(row[4])) do
        local call = call_of(name)
        for _, option in ipairs(both) do
          local done, err = pcall(call, {[option] = true, nothing = 1})
          assert.is_false(done)
          assert.are.equal(("no option 'nothing'"), err.message:match "no option '[%w_]+'", name .. " " .. option)
        end
        helper.refuses("argument", "is given twice", call, {[both[1]] = {1}, [both[2]] = {1}})
        n = n + 1
      end
    end
    assert.is_true(n > 20)
  end)

  it("of options do the same, and leave the program's table as it is", function()
    local args = {1000, margin = 0.05, lower = 100, upper = 200}
    assert.are.equal(200, sipas.sample_size(args).n[1])
    assert.are.equal(200, sipas.sample_size{1000, e = 0.05, minimum = 100, maximum = 200}.n[1])
    assert.are.same({1000, margin = 0.05, lower = 100, upper = 200}, args)
    assert.are.same({5, 5}, sipas.allocate{n = 10, size = {30, 30}}.n:table())
    assert.are.same({5, 5}, sipas.allocate(setmetatable({total = 10}, {__index = {size = {30, 30}}})).n:table())
    assert.are.same({5, 5}, sipas.allocate(setmetatable({n = 10}, {__index = {size = {30, 30}}})).n:table())
    assert.are.equal(2, sipas.Design{ids = {1, 1, 2, 2}, n = 4}.psus)
    assert.are.equal("a", sipas.draw{code = {"a"}, n = 1, seed = "1"}.code[1])
    assert.are.same({4}, design:functions{{1, 1, 1, 1}, {{terms = {1}}}, of = "total"}.estimate:table())
  end)

  it("of methods are there", function()
    for _, row in ipairs(rows "method") do
      if row[4]:find "Design" then
        for _, name in ipairs(names(row[1])) do assert.are.equal("function", type(design[name]), name) end
      end
    end
  end)

  it("of a value mean the same", function()
    local d = sipas.Design{weights = {2, 2, 3, 3}, clusters = {1, 1, 2, 2}}
    local takes = {
      DEFF = function(word) return d:mean{{1, 2, 3, 5}, deff = word == "true" and true or word}.deff[1] end,
      INTERVAL = function(word) return d:proportion{{1, 0, 1, 0}, method = word}.lower[1] end,
      PPS = function(word) return sipas.Design{weights = {2, 3, 4}, pps = word}:mean{{1, 2, 4}}.se[1] end,
      PPS_FORM = function(word) return sipas.Design{weights = {2, 3, 4}, pps = "overton", variance = word}:mean{{1, 2, 4}}.se[1] end,
    }
    local n = 0
    for _, row in ipairs(rows "word") do
      local take = takes[names(row[3])[1]]
      assert.are.equal(take(names(row[1])[1]), take(names(row[2])[1]), row[2])
      n = n + 1
    end
    assert.is_true(n > 6)
  end)
end)
