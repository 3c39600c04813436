--- Designs that are made from designs: a subset gives what `where` gives, a second phase what the options give.

local sipas = require "sipas"

local w, h, psu, y, inside, taken, g, pairs_of, chance = {}, {}, {}, {}, {}, {}, {}, {}, {}
for i = 1, 60 do
  w[i], psu[i] = 1 + i % 7, math.floor((i - 1) / 5)
  h[i], y[i] = math.floor(psu[i] / 4), (i * 37) % 41
  inside[i], taken[i], g[i] = i % 3 ~= 1, psu[i] % 3 > 0, "g" .. i % 2
  pairs_of[i], chance[i] = "s" .. psu[i] % 2, 0.5 + psu[i] / 100
end

local function same(a, b)
  assert.are.equal(#a, #b)
  for i = 1, #a do assert.are.same(a:row(i), b:row(i)) end
end

local function design(options)
  options = options or {}
  options.weights, options.strata, options.clusters = w, h, psu
  return sipas.Design(options)
end

describe("derived designs", function()
  it("are subsets", function()
    local whole = design{threads = 2}
    local part = whole:subset(sipas.vec(inside))
    assert.are.equal(whole.psus, part.psus)
    same(part:mean{y, by = {g = g}}, whole:mean{y, by = {g = g}, where = inside})
    same(part:subset{where = taken}:total{y}, part:total{y, where = taken})
    assert.are.equal("40 of 60 rows", part:mean{y}.meta.subset)
  end)

  it("are of two phases", function()
    local first = design{}
    same(first:phase2{taken}:mean{y}, design{phase2 = taken}:mean{y})
    same(first:phase2{taken, strata = pairs_of, method = "bernoulli", fpc = chance}:mean{y},
      design{phase2 = taken, phase2_strata = pairs_of, phase2_method = "bernoulli", phase2_fpc = chance}:mean{y})
  end)

  it("keep what they borrow", function()
    local part = design{threads = 2, progress = function() end}:subset{inside}:phase2{taken}
    for _ = 1, 3 do collectgarbage() end
    same(part:mean{y}, design{phase2 = taken}:mean{y, where = inside})
  end)

  it("refuse what is no condition", function()
    local whole = design{}
    for _, call in ipairs{
      function() return whole:subset() end, function() return whole:subset{{true, false}} end, function() return whole:phase2{} end,
      function() return whole:phase2{taken}:phase2{taken} end, function() return whole:subset{where = inside, what = 1} end,
    } do
      assert.is_false(pcall(call))
    end
  end)
end)
