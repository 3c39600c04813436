local sipas = require "sipas"
local safe = require "sipas.safe"
local helper = require "helper"

local words = {} -- of the source
local source, files = helper.source()
for word in source:gmatch "[%w_]+" do words[word] = true end

-- Public functions that have no use here, and why.
local unused = {
  sipas_column_f64 = "columns are filled where vectors are made", sipas_column_f32 = "", sipas_column_i64 = "",
  sipas_column_i32 = "", sipas_column_i16 = "", sipas_column_i8 = "", sipas_column_u8 = "", sipas_column_bool = "",
  sipas_column_code = "",
  sipas_table_get_f64 = "sipas_table_get_column reads every type", sipas_table_get_i64 = "", sipas_table_get_code = "",
  sipas_table_find_meta = "t.meta holds all entries",
  sipas_arrow_read_array = "a Lua program holds no Arrow structs, and an address is no argument", sipas_arrow_read_stream = "",
  sipas_arrow_count_rows = "", sipas_arrow_count_columns = "", sipas_arrow_get_name = "", sipas_arrow_find = "",
  sipas_arrow_get_column = "", sipas_arrow_get_levels = "", sipas_arrow_get_texts = "", sipas_arrow_free = "", sipas_arrow_write_stream = "",
  sipas_arrow_write_schema = "",
}

local function headers()
  local text = {}
  for name in assert(helper.read "include/sipas.h"):gmatch '#include "(sipas/[%w_]+%.h)"' do
    text[#text + 1] = assert(helper.read("include/" .. name))
  end
  return table.concat(text)
end

describe("the module", function()
  it("uses every public function", function()
    local n, absent = 0, {}
    for name in assert(helper.read "lib/sipas.map"):gmatch "\n%s+(sipas_[%w_]+);" do
      n = n + 1
      if (words[name] == nil) ~= (unused[name] ~= nil) then absent[#absent + 1] = name end
    end
    assert.is_true(n > 100)
    assert.are.same({}, absent)
  end)

  it("has a name for every constant", function()
    local absent, n = {}, 0
    local text = headers()
    for name in text:gmatch "\n%s+SIPAS_([%u%d_]+)%s*=%s*%-?%d" do
      local found = words["SIPAS_" .. name]
      n = n + 1
      -- …_DEFAULT is an option that is not given; errors get their names from the library; what is NONE in both is the default too
      if not found and not name:find "DEFAULT$" and not name:find "^ERR_" then absent[#absent + 1] = name end
    end
    assert.is_true(n > 100)
    table.sort(absent)
    assert.are.same({"OK", "PHASE2_NONE"}, absent)
  end)

  it("reads every enumeration by its list of words", function()
    -- What vectors are made of has names of its own, and a share and a total of a category are two calls.
    local otherwise, absent, used = {type_words = true, category_words = true}, {}, {}
    for struct, field, list in assert(helper.read "bindings/lua/fields.h"):gmatch "CHOICE, offsetof%((sipas_[%w_]+), ([%w_]+)%), 0, ([%w_]+)" do
      if source:find(struct .. ",%s+" .. field .. "[,)]") then used[list] = true end
    end
    for list in assert(helper.read "bindings/lua/words.h"):gmatch "choice ([%w_]+)%[%]" do
      local _, n = source:gsub("%f[%w_]" .. list .. "%f[^%w_]", "")
      if (n == 1 and not used[list]) ~= (otherwise[list] ~= nil) then absent[#absent + 1] = list end
    end
    assert.are.same({}, absent)
  end)

  it("reads every field of every struct that says what is wanted", function()
    -- Each by a descriptor, but for these, which the code of the call sets; the allocator is not Lua's to give.
    local by_hand = {}
    for struct, fields in pairs{
      ctx_opts = "threads alloc free alloc_user progress progress_user",
      design_opts = "df df_value n_strata n_fpc pps joint joint_order nest",
      domains = "n_by by names n_levels levels where orders",
      estimate_opts = "names categories",
      estimate_quantile_opts = "names",
      contrast_opts = "df df_value",
      ["function"] = "n_terms term coef call user",
      index_opts = "whole_by population_code population",
      allocate_opts = "lower_given lower_value upper_value lower upper class_code class_n",
      allocate_multi_opts = "n_variables n_by lower_value upper_value lower upper sd mean by target names by_names",
      allocate_tree_opts = "lower_given lower_value upper_value lower upper",
      plan_compare_opts = "methods n_methods",
      draw_opts = "has_seed n",
      draw_plan_opts = "has_seed",
      unit_opts = "n_measures measures measure_names",
      node = "n_dont_know n_not_applicable dont_know not_applicable",
    } do
      for field in fields:gmatch "%S+" do by_hand["sipas_" .. struct .. "." .. field] = true end
    end
    local described = {}
    for struct, field in source:gmatch "(sipas_[%w_]+),%s+([%w_]+)[,)]" do described[struct .. "." .. field] = true end
    -- A number that is a flag's says so in its descriptor.
    for struct, field, flag in assert(helper.read "bindings/lua/fields.h"):gmatch "FLAGGED, offsetof%((sipas_[%w_]+), ([%w_]+)%), offsetof%([%w_]+, ([%w_]+)%)" do
      described[struct .. "." .. flag] = described[struct .. "." .. field]
    end
    local outputs = {sipas_error = true, sipas_column = true, sipas_field = true, sipas_schema = true}
    local text, absent, n = headers():gsub("/%*.-%*/", " "), {}, 0
    for struct, body in text:gmatch "typedef struct (sipas_[%w_]+) {(.-)} " do
      for field in body:gmatch "([%w_]+)[%[%]%d]*;" do
        local key = struct .. "." .. field
        n = n + 1
        if not outputs[struct] and field ~= "struct_size" and not field:find "^reserved" and (described[key] == nil) ~= (by_hand[key] ~= nil) then
          absent[#absent + 1] = key
        end
      end
    end
    assert.is_true(n > 150)
    table.sort(absent)
    assert.are.same({}, absent)
  end)

  it("documents every plain call", function()
    local absent, n = {}, 0
    local calls = assert(helper.read "bindings/lua/calls.c")
    for name in calls:gmatch "static int ([%w_]+)%(lua_State" do
      n = n + 1
      if not source:find("@function " .. name .. "\n", 1, true) and not source:find("@function Design:" .. name .. "\n", 1, true) then
        absent[#absent + 1] = name
      end
    end
    assert.is_true(n > 20)
    assert.are.same({}, absent)
  end)

  it("has a file for each room, none too long to read", function()
    for _, text in ipairs(files) do
      local _, lines = text:gsub("\n", "")
      assert.is_true(lines <= 700)
    end
  end)

  it("exports its two doors and nothing else", function()
    local path = package.searchpath and package.searchpath("sipas", package.cpath) or package.cpath:match("([^;]+)"):gsub("?", "sipas")
    local nm = io.popen("nm -D --defined-only '" .. path .. "'")
    local names = {}
    for line in nm:lines() do names[#names + 1] = line:match "(%S+)$" end
    nm:close()
    table.sort(names)
    assert.are.same({"luaopen_sipas", "luaopen_sipas_safe"}, names)
  end)

  it("knows its version", function()
    local text = helper.read "include/sipas/version.h"
    local function number(part) return text:match("define SIPAS_" .. part .. " (%d+)") end
    assert.are.equal(("%s.%s.%s"):format(number "VERSION_MAJOR", number "VERSION_MINOR", number "VERSION_PATCH"), sipas.version)
    assert.are.equal(tonumber(number "ABI_VERSION"), sipas.abi_version)
  end)

  it("has the same names in both faces", function()
    for name, value in pairs(sipas) do assert.are.equal(type(value), type(safe[name]), name) end
    for name in pairs(safe) do assert.is_not_nil(sipas[name], name) end
    assert.are.equal(sipas.null, safe.null)
  end)

  it("leaves no globals", function()
    for name in pairs(sipas) do
      if name ~= "pairs" then assert.is_nil(rawget(_G, name), name) end
    end
    assert.is_nil(rawget(_G, "sipas"))
  end)
end)

describe("errors", function()
  it("are tables that name what is to blame", function()
    local err = helper.refuses("missing", "row 1: weight is NaN", sipas.Design, {weights = {1, 0 / 0}})
    assert.are.equal(1, err.row)
    assert.are.equal(-7, err.code)
    assert.is_truthy(err.where:find "%.lua:%d+:$")
    assert.are.equal(err.where .. " row 1: weight is NaN", tostring(err))
    err = helper.refuses("duplicate", "a", sipas.draw, {codes = {"a", "b", "a"}, n = 1, seed = 1})
    assert.is_number(err.row)
  end)

  it("refuse unknown options and wrong types by name", function()
    helper.refuses("option", "allocate: no option 'sizes'; there are total budget target size", sipas.allocate, {n = 1, sizes = {1}})
    helper.refuses("argument", "allocate: 1 values without a name are taken", sipas.allocate, {10, {1, 2}})
    helper.refuses("argument", "draw: seed is needed", sipas.draw, {codes = {"a", "b"}, n = 1})
    helper.refuses("argument", "n is given twice", sipas.draw, {{"a", "b"}, 1, n = 1, seed = 1})
    helper.refuses("type", "total: whole number, as a number below 2^53 or as its digits expected, got 1.5", sipas.allocate, {n = 1.5, size = {1}})
    helper.refuses("type", "margin: number expected, got 'yes'", sipas.sample_size, {e = "yes"})
    helper.refuses("type", "seed: whole number from 0 to 2^64 - 1, from 2^53 on as its digits expected, got -1", sipas.draw,
      {codes = {"a"}, n = 1, seed = -1})
    helper.refuses("type", "seed: whole number", sipas.draw, {codes = {"a"}, n = 1, seed = "18446744073709551616"})
    helper.refuses("type", "size: sipas.vec or list expected, got true", sipas.allocate, {n = 1, size = true})
    helper.refuses("option", "method: 'best' is not one of srs, systematic, pps_systematic, all", sipas.draw,
      {codes = {"a", "b"}, n = 1, seed = 1, method = "best"})
    helper.refuses("type", "estimates: sipas.Table expected, got sipas.vec", sipas.league, {sipas.vec{1}})
    helper.refuses("type", "a table of options expected, got 'a'", sipas.draw, "a")
    helper.refuses("type", "calibrated: true or false expected, got 1", sipas.Design, {n = 2, calibrated = 1})
    helper.refuses("type", "design: sipas.Design expected, got table", sipas.Design{n = 2}.mean, {}, {{1, 2}})
  end)

  it("take no 0 for a default", function()
    for _, name in ipairs{"e", "p", "level", "deff", "response", "cv"} do
      helper.refuses("option", "", sipas.sample_size, {1000, [name] = 0})
    end
  end)
end)

describe("the safe face", function()
  it("returns nil and the error", function()
    local d, err = safe.Design{weights = {1, 0 / 0}}
    assert.is_nil(d)
    assert.are.equal("missing", err.status)
    assert.are.equal("row 1: weight is NaN", err.message)
  end)

  it("goes on through methods and results", function()
    local d = assert(safe.Design{weights = {1, 2, 3}})
    local t, err = d:mean{y = {1, 2}}
    assert.is_nil(t)
    assert.are.equal("length", err.status)
    t = assert(d:mean{y = {1, 2, 3}})
    assert.are.equal(1, #t)
    assert.is_nil(t.nothing)
    t, err = t:column "nothing"
    assert.is_nil(t)
    assert.are.equal("not found", err.status)
    t, err = d:mean{y = {1, 2, 3}}:cov()
    assert.is_nil(t)
    assert.are.equal("not found", err.status)
    assert.are.equal("sipas.safe.Table", getmetatable(d:describe().notes))
    t, err = safe.Instrument.builtin "1999"
    assert.is_nil(t)
    assert.are.equal("not found", err.status)
    t, err = safe.vec{1, "a"}
    assert.is_nil(t)
    assert.are.equal("type", err.status)
    t, err = safe.vec.file "/nowhere"
    assert.is_nil(t)
    assert.are.equal("not found", err.status)
  end)

  it("gives all results, and its objects go where those of the other go", function()
    local weights, cells = safe.response_weights{{10, 10, 20}, {true, false, true}, cell = {"a", "a", "b"}}
    assert.are.same({20, 0, 20}, weights:table())
    assert.are.equal(2, #cells)
    local t = safe.Design{n = 4}:mean{{1, 2, 3, 4}, by = {g = {1, 1, 2, 2}}, cov = true}
    assert.are.equal(1, #sipas.pairs(t))
    assert.are.equal("sipas.Table", getmetatable(sipas.pairs(t)))
  end)
end)
