--- Means of a cluster sample, with standard errors, for the whole and by group: the figures of R's survey.
--
--     lua estimate.lua [FILE]
--
-- FILE has the columns of examples/data/apiclus1.csv, which is taken by default; run it from the top of the checkout then.
-- In R: d <- svydesign(ids = ~dnum, weights = ~pw, fpc = ~fpc, data = read.csv(FILE)); svymean(~api00 + enroll, d);
-- svyby(~api00, ~stype, d, svymean)

local here = arg[0]:match "^(.*/)" or "./"
package.path = here .. "?.lua;" .. package.path
local csv = require "csv"
local sipas = require "sipas.safe"

local frame = csv.read(arg[1] or here .. "../../../examples/data/apiclus1.csv")
local y = {api00 = csv.numbers(frame.api00), enroll = csv.numbers(frame.enroll)}

local design, err = sipas.Design{weights = csv.numbers(frame.pw), clusters = frame.dnum, fpc = csv.numbers(frame.fpc)}
if not design then
  print(err.message)
  os.exit(1)
end
print(design)
print(assert(design:mean{y, deff = "wr"}))
print()

local by_type = assert(design:mean{{api00 = y.api00}, by = {stype = frame.stype}, cov = true})
for row in by_type:rows() do
  local interval = row.lower and ("%.1f to %.1f"):format(row.lower, row.upper) or "not known"
  print(("%s: %.3f (SE %.3f), %s, %d schools"):format(row.stype, row.estimate, row.se, interval, row.n))
end
print()

-- Which differ, for all pairs at once.
for row in assert(sipas.pairs{by_type, adjust = "holm"}):rows() do
  print(("%s: %.3f, p = %.4f"):format(row.contrast, row.estimate, row.p_adjusted))
end
