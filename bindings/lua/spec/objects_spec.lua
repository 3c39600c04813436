--- What an object is settles what it is, not the metatable that it has: debug.setmetatable gives any userdata the one of another.

local sipas = require "sipas"
local safe = require "sipas.safe"
local helper = require "helper"

local function userdata()
  local made = {io.tmpfile()}
  if newproxy then made[#made + 1] = newproxy() end -- luacheck: ignore
  return made
end

local function ours()
  return {
    vec = sipas.vec{1, 2}, text = sipas.vec{"a", "b"}, null = sipas.null, design = sipas.Design{n = 4, threads = 2, progress = function() end},
    table = sipas.Design{n = 2}:mean{{1, 2}}, tree = sipas.UnitTree{{"a"}, {""}}, form = sipas.Instrument.builtin "2022",
    notes = sipas.Design{n = 2}:describe().notes, safe_design = safe.Design{n = 2}, safe_table = safe.Design{n = 2}:mean{{1, 2}},
    safe_tree = safe.UnitTree{{"a"}, {""}}, safe_form = safe.Instrument.builtin "2022",
  }
end

--- Everything that can be asked of an object, in whatever way; what it answers does not matter.
local function ask(object, metatable)
  for _, key in ipairs{"strata", "notes", "meta", "columns", "nodes", "measures", "type", "estimate", "mean", "find", "row", "code", 1, 0, -1, true} do
    pcall(function() return object[key] end)
  end
  pcall(function() return #object end)
  pcall(tostring, object)
  local methods = metatable.__index
  for _, name in ipairs{"mean", "describe", "column", "row", "rows", "cov", "text", "code", "find", "children", "node", "score", "iter", "table", "pack"} do
    local found, method = pcall(function() return object[name] end)
    if found and type(method) == "function" then
      pcall(method, object)
      pcall(method, object, 1)
      pcall(method, object, {{1, 2}})
    end
  end
  if type(methods) == "function" then pcall(methods, object, "strata") end
  for name, value in pairs(metatable) do
    if type(value) == "function" and name ~= "__gc" then pcall(value, object) end
  end
  for _, call in ipairs{sipas.Design, sipas.league, sipas.pairs, sipas.frame_summary, sipas.draw, sipas.vec, sipas.kish, sipas.code_hash} do
    pcall(call, object)
    pcall(call, {object})
  end
end

describe("an object", function()
  it("of another library comes to no harm with our metatables, and does none", function()
    for name, object in pairs(ours()) do
      local metatable = debug.getmetatable(object)
      for _, foreign in ipairs(userdata()) do
        local own = debug.getmetatable(foreign)
        debug.setmetatable(foreign, metatable)
        ask(foreign, metatable)
        local err = select(2, pcall(metatable.__tostring, foreign))
        if name ~= "null" then
          assert.are.equal("type", err.status, name)
          assert.is_truthy(err.message:find("expected, got userdata", 1, true), name)
        end
        if metatable.__gc then metatable.__gc(foreign) end
        debug.setmetatable(foreign, own)
      end
      for _, foreign in ipairs(userdata()) do debug.setmetatable(foreign, metatable) end -- and is collected with it
      collectgarbage()
    end
    collectgarbage()
  end)

  it("of ours stays what it is with the metatable of another", function()
    for _, donor in pairs(ours()) do
      local metatable = debug.getmetatable(donor)
      for _, object in pairs(ours()) do
        if object ~= sipas.null then
          debug.setmetatable(object, metatable)
          ask(object, metatable)
        end
      end
      collectgarbage()
    end
    for name, object in pairs(ours()) do
      if name ~= "null" then
        debug.setmetatable(object, nil)
        ask(object, {})
        debug.setmetatable(object, {__index = function(_, key) return key end, __len = function() return 7 end})
        ask(object, {})
      end
    end
    collectgarbage()
    assert.are.equal(2, #sipas.Design{n = 2}) -- and all is well
  end)

  it("knows when what it holds is taken away", function()
    local set = debug.setuservalue or debug.setfenv
    local d = sipas.Design{weights = {1, 2, 3}, strata = {"a", "a", "a"}, threads = 1}
    local t = d:mean{{1, 2, 3}, cov = true}
    if pcall(set, d, {}) then helper.refuses("argument", "design: what this sipas.Design holds has been replaced", d.mean, d, {{1, 2, 3}}) end
    if pcall(set, t, {}) then helper.refuses("argument", "table: what this sipas.Table holds has been replaced", t.cov, t) end
    d, t = nil, nil
    collectgarbage()
  end)

  it("is freed once", function()
    local d = sipas.Design{n = 3}
    local gc = debug.getmetatable(d).__gc
    gc(d)
    gc(d)
    helper.refuses("argument", "this sipas.Design is gone", d.mean, d, {{1, 2, 3}})
  end)
end)
