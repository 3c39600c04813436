--- The same draws and estimates by C and by Lua, compared to the last bit.

local sipas = require "sipas"
local helper = require "helper"

--- What tests/api/cross.c prints: {case = {names = {…}, column = {text, …}}}.
local function c_cells()
  local pipe = assert(io.popen(helper.build .. "/tests/api/cross"))
  local cases = {}
  for line in pipe:lines() do
    local case, column, row, value = line:match "^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$"
    cases[case] = cases[case] or {names = {}}
    if not cases[case][column] then
      cases[case][column] = {}
      table.insert(cases[case].names, column)
    end
    table.insert(cases[case][column], value)
    assert(#cases[case][column] == tonumber(row) + 1)
  end
  pipe:close()
  return cases
end

--- A double from its hexadecimal digits, which not every Lua reads: every step is exact.
local function from_hex(text)
  local sign, whole, fraction, exponent = text:match "^(%-?)0x(%x)%.?(%x*)p([+-]%d+)$"
  if not whole then return tonumber(text) end -- inf, nan
  local value = tonumber(whole, 16)
  for i = 1, #fraction do value = value + tonumber(fraction:sub(i, i), 16) * 16 ^ -i end
  return (sign == "-" and -1 or 1) * value * 2 ^ tonumber(exponent)
end

local cells = c_cells()

local function same(table_, case)
  local theirs = assert(cells[case], case)
  assert.are.same(theirs.names, table_.columns)
  for _, name in ipairs(theirs.names) do
    local column = table_:column(name)
    assert.are.equal(#theirs[name], #column)
    for i, expected in ipairs(theirs[name]) do
      local value = column[i]
      if expected == "missing" then
        assert.is_nil(value)
      elseif column.type == "f64" then
        expected = from_hex(expected)
        if value ~= expected or 1 / value ~= 1 / expected then
          error(("%s, %s, row %d: %.17g where C has %.17g"):format(case, name, i, value, expected))
        end
      else
        assert.are.equal(expected, tostring(value))
      end
    end
  end
end

describe("Lua and C, to the last bit", function()
  it("read numbers as they are", function()
    assert.are.equal(0.1, from_hex "0x1.999999999999ap-4")
    assert.are.equal(-3, from_hex "-0x1.8p+1")
    assert.are.equal(2 ^ -1074, from_hex "0x0.0000000000001p-1022")
  end)

  for _, method in ipairs{"srs", "systematic", "pps_systematic"} do
    it("draw: " .. method, function()
      local data = helper.data "apistrat.csv"
      same(sipas.draw{
        codes = data:codes "snum", n = 12, method = method, reserve = 3, strata = data:codes "stype", seed = "20241231",
        programme = 7, size = method == "pps_systematic" and data:numbers "enroll" or nil,
      }, method)
    end)
  end

  it("allocate", function()
    same(sipas.allocate{333, size = {3000, 4000, 5000, 2000}, sd = {20, 35, 14.5, 51}, method = "neyman", lower = 40}, "allocate")
  end)

  it("estimate", function()
    local data = helper.data "apiclus2.csv"
    local d = sipas.Design{
      data:numbers "pw", clusters = {data:numbers "dnum", data:numbers "snum"}, fpc = {data:numbers "fpc1", data:numbers "fpc2"},
    }
    local y = {api00 = data:numbers "api00", enroll = data:numbers "enroll"}
    local stype = data:codes "stype"
    same(d:mean{y, by = {{stype = stype}, {}}, deff = true}, "mean")
    same(d:total{y, deff = true}, "total")
    same(d:distribution{{stype = stype}, method = "beta"}, "distribution")
  end)

  for _, threads in ipairs{1, 4} do
    it("index and league: threads = " .. threads, function()
      local answers, province = {}, {}
      for i = 0, 239 do province[i + 1] = math.floor(i / 40) end
      for j = 0, 38 do
        local column = {}
        for i = 0, 239 do column[i + 1] = 1 + (7 * i + 3 * j + i * j) % 5 end
        answers[j + 1] = sipas.vec(column, "i8")
      end
      local d = sipas.Design{strata = province, threads = threads}
      local t = d:index{answers, sipas.Instrument.builtin "1001/2023", by = {province = province}, cov = true}
      same(t, "index")
      same(sipas.league(t), "league")
    end)
  end
end)
