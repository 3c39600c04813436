--- What lives as long as it must, and no longer.

local sipas = require "sipas"
local helper = require "helper"

local N = 500
local random = helper.random(13)
local W, X, S, C = {}, {}, {}, {}
for i = 1, N do W[i], X[i], S[i], C[i] = random() + 0.5, random(), "s" .. random(4), "c" .. random(40) end

--- Fills memory that is no longer held with something else.
local function churn()
  for _ = 1, 3 do
    collectgarbage()
    local junk = {}
    for i = 1, 40 do junk[i] = sipas.vec{1e300, i, n = N} end
    for i = 41, 80 do junk[i] = sipas.vec({n = N, "z"}, "text") end
    for i = 81, 400 do junk[i] = ("x"):rep(60) .. i end
  end
end

--- Kilobytes of the process; nil where the system does not tell.
local function resident()
  local status = helper.read "/proc/self/status"
  return status and tonumber(status:match "VmRSS:%s*(%d+)")
end

--- Kilobytes that Lua holds.
local function held()
  collectgarbage()
  collectgarbage()
  return collectgarbage "count"
end

describe("memory", function()
  local expected = sipas.Design{W, strata = S, clusters = C}:mean{X, cov = true}

  it("of columns is the design's", function()
    local function new()
      local texts = {}
      for i = 1, N do texts[i] = ("%s %s"):format(S[i], ("a text that is not interned "):rep(3)) end
      return sipas.Design{sipas.vec(W), strata = sipas.vec(texts), clusters = sipas.vec(C)}
    end
    local d = new()
    for _ = 1, 20 do
      churn()
      assert.are.equal(expected.se[1], d:mean{X}.se[1])
    end
  end)

  it("of designs is their tables'", function()
    local function estimate(shift)
      local x, strata, clusters = {}, {}, {} -- whose texts nothing else holds
      for i = 1, N do x[i], strata[i], clusters[i] = X[i] + shift, "stratum " .. S[i], "cluster " .. C[i] end
      return sipas.Design{sipas.vec(W), strata = strata, clusters = clusters}:mean{{x = x}, cov = true}
    end
    local before, after = estimate(0), estimate(1)
    churn()
    assert.is_true(sipas.change{before, after, overlap = "common"}.se[1] < 1e-9)
    helper.close(after:cov()[1][1], after.se[1] ^ 2, 1e-12)
  end)

  it("of columns, rows and notes of a table outlives it", function()
    local column, notes, rows
    do
      local t = sipas.Design{n = 4}:mean{{1, 2, 3, 4}, where = {false, false, false, false}}
      column, notes, rows = t.variable, t.notes, t:rows()
    end
    churn()
    assert.are.equal("y1", column[1])
    assert.are.equal("empty_domain", notes.code[1])
    assert.are.equal("y1", rows().variable)
  end)

  it("is given back after results and after errors", function()
    local d = sipas.Design{W, strata = S, clusters = C}
    local function work()
      for _ = 1, 30 do
        d:mean{{x = X}, by = {s = S}, cov = true}:cov()
        pcall(d.mean, d, {{x = X}, by = {s = {1}}})
        pcall(d.mean, d, {{x = X}, unknown = 1})
        pcall(d.functions, d, {X, {{terms = {1}, call = error}}})
        pcall(sipas.Design, {W, strata = {S, {1, 2}}})
        pcall(sipas.Design, {{1, 0 / 0}, threads = 2})
        pcall(sipas.draw, {C, 5, seed = 1})
        pcall(sipas.vec, {1, 2, {}})
        pcall(sipas.UnitTree, {{"a", "b"}, {"b", "a"}})
        pcall(sipas.Instrument, {id = "x", nodes = {{code = "a", kind = "index"}}})
      end
    end
    work()
    local before = held()
    for _ = 1, 5 do work() end
    assert.is_true(held() - before < 100)
  end)

  it("of C is given back too", function()
    local sizes = {}
    for i = 1, 20000 do sizes[i] = i end
    sizes = sipas.vec(sizes)
    local function work()
      for _ = 1, 30 do
        assert(#sipas.sample_size{sizes}.notes >= 0) -- a megabyte each
        collectgarbage()
        collectgarbage()
      end
    end
    work()
    local before = resident()
    for _ = 1, 3 do work() end
    if before then assert.is_true(resident() - before < 30000) end
  end)

  it("holds under collection at every step", function()
    local pause, step = collectgarbage("setpause", 1), collectgarbage("setstepmul", 10000)
    local ok, err = pcall(function()
      for _ = 1, 5 do
        local d = sipas.Design{W, strata = S, clusters = {C}, progress = function() collectgarbage() end}
        assert(d:mean{{x = X}, by = {{s = S}, {}}}.se[#d:mean{{x = X}, by = {{s = S}, {}}}] == expected.se[1])
        local t = d:total{{{"x", X}, {"w", W}}, cov = true}
        t = sipas.contrast{t, {{terms = {1, 2}}}}
        assert(#tostring(t) > 0)
      end
    end)
    collectgarbage("setpause", pause)
    collectgarbage("setstepmul", step)
    assert(ok, err)
  end)
end)

describe("objects", function()
  it("that a program's finalizer meets may be gone, which is an error", function()
    if not rawlen then return end -- 5.1 has no finalizers of tables
    local seen = {}
    do
      local t = sipas.sample_size{1000}
      setmetatable({t = t, n = t.n}, {__gc = function(self)
        seen[1] = self.n[1]
        seen[2] = select(2, pcall(function() return #self.t end))
      end})
    end
    held()
    assert.is_number(seen[1])
    assert.is_true(type(seen[2]) == "number" or seen[2].status == "argument")
  end)

  it("of other modules are not taken for ours", function()
    helper.refuses("type", "estimates: sipas.Table expected, got userdata", sipas.league, {io.stdout})
    helper.refuses("type", "size: sipas.vec or list expected, got userdata", sipas.allocate, {1, size = io.stdout})
    helper.refuses("type", "design: sipas.Design expected, got userdata", sipas.Design{n = 2}.mean, io.stdout, {{1, 2}})
    helper.refuses("type", "design: sipas.Design expected, got sipas.vec", sipas.Design{n = 2}.mean, sipas.vec{1}, {{1, 2}})
  end)

  it("live in coroutines too", function()
    local d = sipas.Design{W, strata = S, progress = function() end}
    local main = d:mean{X}.se[1]
    local co = coroutine.wrap(function()
      for _ = 1, 3 do coroutine.yield(d:mean{X}.se[1]) end
    end)
    for _ = 1, 3 do
      assert.are.equal(main, co())
      assert.are.equal(main, d:mean{X}.se[1])
    end
    local yields = sipas.Design{W, progress = function() coroutine.yield() end}
    assert.is_false(coroutine.wrap(function() return pcall(yields.mean, yields, {X}) end)())
  end)
end)
