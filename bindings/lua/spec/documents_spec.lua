--- The code of docs/lua.md does what stands beside it, and the examples run.

local helper = require "helper"

--- Runs a piece of code: what it prints, line by line.
local function run(code, name)
  local out = {}
  local env = setmetatable({print = function(...)
    local cells = {}
    for i = 1, select("#", ...) do cells[i] = tostring((select(i, ...))) end
    for line in (table.concat(cells, "\t") .. "\n"):gmatch "(.-)\n" do out[#out + 1] = line end
  end}, {__index = _G})
  local chunk
  if setfenv then
    chunk = setfenv(assert(loadstring(code, name)), env)
  else
    chunk = assert(load(code, name, "t", env))
  end
  chunk()
  return out
end

--- Numbers without a fraction, which Lua writes with or without ".0".
local function plain(text)
  return (text:gsub("(%d)%.0%f[^%d]", "%1"))
end

describe("docs/lua.md", function()
  local blocks = 0
  for code in assert(helper.read "docs/lua.md"):gmatch "```lua\n(.-)```" do
    blocks = blocks + 1
    it("block " .. blocks, function()
      local expected = {}
      for text in code:gmatch "%-%-> ([^\n]*)" do expected[#expected + 1] = plain(text) end
      local printed = run(code, "=docs/lua.md")
      for i, line in ipairs(printed) do printed[i] = plain(line) end
      assert.are.same(expected, printed)
      assert.is_true(#printed > 0)
    end)
  end

  it("names every function", function()
    assert.is_true(blocks >= 5)
    local text = helper.read "docs/lua.md"
    for name, value in pairs(require "sipas") do
      if type(value) == "function" and name ~= "schemas" then assert.is_truthy(text:find("`" .. name .. "[`{]"), name) end
    end
  end)
end)

describe("an example", function()
  local function output(name, ...)
    local command = table.concat({os.getenv "LUA" or "lua", "bindings/lua/examples/" .. name .. ".lua", ...}, " ") .. " 2>&1; echo $?"
    local pipe = assert(io.popen(command))
    local text = pipe:read "*a"
    pipe:close()
    assert.is_truthy(text:find "\n0\n$", text)
    return text
  end

  it("estimates what R does", function()
    -- The figures of svymean(~api00 + enroll) and svyby(~api00, ~stype) in estimation.tsv, as they are printed.
    local text, n = output "estimate", 0
    for _, row in ipairs(helper.golden "estimation.tsv") do
      local shown = row.case == "clus1/mean" and row.variable == "api00" or row.case == "clus1/mean_by_stype" and row.variable == "api00"
      if shown and row.statistic == "se" then
        -- five digits of the largest in a table, three decimals by group
        local form = row.group == "" and "%.3f" or row.group:match "=(.*)" .. ":.*(SE %.3f)"
        assert.is_truthy(text:find((form:format(tonumber(row.value)):gsub("[()]", "%%%0"))), row.value)
        n = n + 1
      end
    end
    assert.are.equal(4, n)
  end)

  it("draws the same sample again", function()
    local text = output "draw"
    assert.are.equal(text, output "draw")
    assert.is_truthy(text:find("170 communes of 3321, seed 20241231", 1, true))
    assert.are_not.equal(text, output("draw", "examples/data/vietnam2025_units.csv", "7"))
  end)
end)
