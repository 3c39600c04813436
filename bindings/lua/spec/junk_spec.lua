--- No call comes to harm by what it is given: whatever it refuses, it refuses with an error of the library.

local sipas = require "sipas"
local helper = require "helper"

local random = helper.random(17)
local design = sipas.Design{n = 4}
local estimates = design:mean{{1, 2, 3, 4}, by = {g = {1, 1, 2, 2}}, cov = true}
local tree = sipas.UnitTree{{"a", "b"}, {"", "a"}}
local form = sipas.Instrument.builtin "2022"

local cyclic = {}
cyclic[1], cyclic.y = cyclic, cyclic
local JUNK = (function(...) return {n = select("#", ...), ...} end)(
  nil, true, false, -1, 0, 1.5, 1e300, -1e300, 0 / 0, 1 / 0, 2 ^ 53, 2 ^ 63, "", "a", "-1", "1e9", "9223372036854775808", "a\0b", ("x"):rep(600),
  sipas.null, sipas.vec{1, 2}, sipas.vec{"a"}, sipas.vec{}, sipas.vec{true, sipas.null}, design, estimates, tree, form, io.stdout, print,
  coroutine.create(function() end), {}, {{}}, {{{}}}, {1, 2, 3}, {"a", "b"}, {true}, {a = 1}, {a = {1, 2}}, {{"a", {1}}}, {{"a", 1}}, {n = 3}, {n = -1},
  {[2 ^ 40] = 1}, {[0] = 1}, {[1.5] = 1}, {1, "a"}, {sipas.vec{1}, {1, 2}}, {{1, 2}, {3, 4}}, {sipas.null}, cyclic, {code = "a"},
  setmetatable({}, {__index = function(_, key) return key end}), setmetatable({}, {__index = {1, 2, n = 3}}), setmetatable({1, 2}, {__len = function() return -1 end}),
  setmetatable({}, {__index = io.stdout}), sipas.Design, sipas.vec({1, 2, 3}, "i8"), sipas.vec{1e300, 0 / 0}, newproxy and newproxy() or io.stdin, ("\255"):rep(60), -- luacheck: ignore
  {level = "x", n = 1}, {terms = {1}}, {{terms = {1}, call = function() end}}, {{cost = 1}, {cost = 2}}, {se = 0.1}
)

local function junk()
  return JUNK[random(JUNK.n)]
end

--- A design of as many rows as are asked for takes its time.
local function is_large(value)
  return (tonumber(value) or 0) > 1e6
end

local OPTIONS = {}
for word in helper.source():gmatch '%f[%w]ARG%("(%w+)"%)' do OPTIONS[#OPTIONS + 1] = word end
for word in helper.source():gmatch "OPT%(%u+, sipas_[%w_]+, ([%w_]+)%)" do OPTIONS[#OPTIONS + 1] = word end

local STATUSES = {}
for name in assert(helper.read "include/sipas/base.h"):gmatch "SIPAS_ERR_([%u_]+)%s*=" do STATUSES[(name:lower():gsub("_", " "))] = true end

--- Calls a function, which may do what it is asked or raise an error of the library.
local function try(name, f, ...)
  local done, err = pcall(f, ...)
  if not done and not (type(err) == "table" and STATUSES[err.status] and #err.message > 0) then
    error(("%s: %s"):format(name, tostring(err)))
  end
  return done
end

describe("junk", function()
  local functions = {}
  for name, f in pairs(sipas) do
    if type(f) == "function" then functions[#functions + 1] = {name, f} end
  end
  for _, class in ipairs{"vec", "Instrument"} do
    functions[#functions + 1] = {class, sipas[class]}
    for name, f in pairs(sipas[class]) do functions[#functions + 1] = {class .. "." .. name, f} end
  end
  -- Each method of the source, on its own object and as a function of anything.
  local methods, n_methods = {}, 0
  for list in helper.source():gmatch "const luaL_Reg %w+_methods%[%] =%s*(%b{})" do
    for name in list:gmatch '{"([%w_]+)",' do methods[name] = true end
  end
  for name in pairs(methods) do
    for _, object in ipairs{design, estimates, tree, form, sipas.vec{1, sipas.null}} do
      local found, f = pcall(function() return object[name] end)
      if found and type(f) == "function" then
        functions[#functions + 1] = {name, function(...) return f(object, ...) end}
        functions[#functions + 1] = {name, f}
        n_methods = n_methods + 1
      end
    end
  end
  assert(n_methods > 30)
  table.sort(functions, function(a, b) return a[1] < b[1] end)

  it("is refused as the argument", function()
    for _, pair in ipairs(functions) do
      for i = 1, JUNK.n do try(pair[1], pair[2], JUNK[i]) end
      for _ = 1, 40 do try(pair[1], pair[2], junk(), junk()) end
    end
  end)

  it("is refused as an option", function()
    for _, pair in ipairs(functions) do
      for _ = 1, 150 do
        local args = {}
        -- an option is often one that there is: the message lists them
        local done, err = pcall(pair[2], {["?"] = 1})
        local known = {}
        if not done and type(err) == "table" then
          for word in (err.message:match "there are (.*)" or ""):gmatch "%S+" do known[#known + 1] = word end
        end
        for _ = 1, random(4) do
          local name = #known > 0 and known[random(#known)] or OPTIONS[random(#OPTIONS)]
          local value = junk()
          if name ~= "progress" and name ~= "threads" and not (name == "n" and is_large(value)) then args[name] = value end
        end
        for position = 1, random(3) - 1 do args[position] = junk() end
        try(pair[1], pair[2], args)
      end
    end
  end)
end)
