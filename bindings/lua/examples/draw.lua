--- How many people, where, and in which communes: from a CSV of Viet Nam's units to a sample that anyone can draw again.
--
--     lua draw.lua [FILE [SEED]]
--
-- FILE has the columns code, parent, level, name, population (of provinces), as examples/data/vietnam2025_units.csv, which is taken
-- by default; run it from the top of the checkout then.

local here = arg[0]:match "^(.*/)" or "./"
package.path = here .. "?.lua;" .. package.path
local csv = require "csv"
local sipas = require "sipas"

local path, seed = arg[1] or here .. "../../../examples/data/vietnam2025_units.csv", arg[2] or "20241231"
local frame, rows = csv.read(path)
local tree = sipas.UnitTree{
  code = frame.code, parent = frame.parent, level = frame.level, name = frame.name, measures = {population = csv.numbers(frame.population)},
}

-- The provinces, and the communes below each.
local provinces = {code = {}, name = {}, size = {}}
local communes = {code = {}, province = {}}
for unit = 0, rows - 1 do
  if tree:level(unit) == "province" then
    local at = #provinces.code + 1
    provinces.code[at], provinces.name[at], provinces.size[at] = tree:code(unit), tree:name(unit), tree:measure(unit)
  elseif tree:level(unit) == "commune" then
    local at = #communes.code + 1
    communes.code[at], communes.province[at] = tree:code(unit), tree:code(tree:parent(unit))
  end
end

-- How many: a margin of 1.5 points on the whole, with a design effect of 1.5 and 90 % who answer. Where: in proportion to the
-- population, in whole villages of 5 people, and nowhere fewer than 100.
local total = sipas.sample_size{tree:measure(0), margin = 0.015, deff = 1.5, response = 0.9, multiple = 5}.issued[1]
local plan = sipas.allocate{total, size = provinces.size, code = provinces.code, lower = 100, multiple = 5}
print(("%d people to ask, in %d provinces"):format(total, #plan))
for i, row in ipairs{plan:row(1), plan:row(2), plan:row(3)} do
  print(("  %s %4d of %8.0f  %s"):format(row.code, row.n, provinces.size[i], provinces.name[i]))
end

-- Whom: four communes in every province, one more in reserve.
local sample = sipas.draw{communes.code, 4, strata = communes.province, reserve = 1, seed = seed}
print(("%d communes of %d, seed %s, frame %s"):format(#sample, #communes.code, sample.meta.seed, sample.meta.frame))
local shown = 0
for row in sample:rows() do
  shown = shown + 1
  if shown > 5 then break end
  print(("  %s  %-7s  pi = %.4f  %s"):format(row.code, row.role, row.pi, tree:name(tree:find(row.code))))
end
for note in sample.notes:rows() do print("note: " .. note.message) end
