--- A code is the same in every call: as an argument, a key, a cell of a list and of a vector, whatever its length.

local sipas = require "sipas"
local helper = require "helper"

-- The whole numbers that every Lua has, with their digits.
local WHOLE = {
  {0, "0"}, {-0.0, "0"}, {1, "1"}, {1.0, "1"}, {-7, "-7"}, {2 ^ 31, "2147483648"}, {1e15, "1000000000000000"},
  {123456789012345, "123456789012345"}, {1234567890123456, "1234567890123456"}, {2 ^ 53 - 1, "9007199254740991"},
  {1 - 2 ^ 53, "-9007199254740991"},
}
if math.type then
  WHOLE[#WHOLE + 1] = {9007199254740993, "9007199254740993"}
  WHOLE[#WHOLE + 1] = {math.maxinteger, "9223372036854775807"}
  WHOLE[#WHOLE + 1] = {math.mininteger, "-9223372036854775808"}
end

describe("codes", function()
  it("that are whole numbers are their digits", function()
    for _, pair in ipairs(WHOLE) do
      local number, digits = pair[1], pair[2]
      local hash = sipas.code_hash(digits)
      assert.are.equal(hash, sipas.code_hash(number), digits)
      assert.are.equal(hash, sipas.code_hash{number}, digits)
      assert.are.equal(hash, sipas.code_hash(sipas.vec({digits}, "i64")), digits)
      assert.are.equal(digits, sipas.draw{{number}, 1, seed = 1}.code[1])
      local tree = sipas.UnitTree{{number, 77}, {"", ""}}
      assert.are.equal(digits, tree:code(0))
      assert.are.equal(hash, tree:hash(0))
      assert.are.equal(0, tree:find(number))
      assert.are.equal(0, tree:find{digits})
    end
  end)

  it("find what lists have, as keys of quotas and classes", function()
    for _, pair in ipairs(WHOLE) do
      local k = pair[1]
      local other = k < 0 and k + 1 or k - 1
      assert.are.equal(2, #sipas.draw{{"a", "b", "c"}, {[k] = 2}, strata = {k, k, k}, seed = 1}, pair[2])
      assert.are.equal(3, #sipas.draw{{"a", "b", "c", "d"}, {[k] = 2, [other] = 1}, strata = {k, k, k, other}, seed = 1}, pair[2])
      assert.are.same({2, 2}, sipas.allocate{method = "class_table", unit_class = {k, k}, size = {9, 9}, class_n = {[k] = 2}}.n:table())
    end
    assert.are.same({2, 1}, sipas.allocate{method = "class_table", unit_class = {true, false}, size = {9, 9}, class_n = {[true] = 2, [false] = 1}}.n:table())
  end)

  it("may be true and false, as columns have them", function()
    assert.are.same({"1", "0"}, sipas.UnitTree{{true, false}, {"", ""}} and {sipas.UnitTree{{true, false}, {"", ""}}:code(0), sipas.UnitTree{{true, false}, {"", ""}}:code(1)})
    assert.are.equal(sipas.code_hash "1", sipas.code_hash(true))
    assert.are.equal(sipas.code_hash "0", sipas.code_hash(false))
  end)

  it("are never a double that may be another number", function()
    local tree = sipas.UnitTree{{"a"}, {""}}
    for _, number in ipairs{2 ^ 53, -2 ^ 53, 2 ^ 60, 1.5, 1 / 0, -1 / 0, 0 / 0} do
      if not (math.type and math.type(number) == "integer") then
        helper.refuses("type", "path: [1] is no code", sipas.code_hash, number)
        helper.refuses("type", "path: [2] is no code", tree.find, tree, "a", number)
        local integer = math.type and math.floor(number) == number and math.abs(number) < 2 ^ 63 -- as a key Lua makes it one
        if number == number and not integer then
          helper.refuses("type", "is no code", sipas.draw, {{"a", "b"}, {[number] = 1}, strata = {"s", "s"}, seed = 1})
          helper.refuses("type", "class_n: key", sipas.allocate, {method = "class_table", unit_class = {"k"}, size = {9}, class_n = {[number] = 2}})
        end
        if number == number then
          helper.refuses("type", "whole number below 2^53", sipas.draw, {sipas.vec({number, 1}, "f64"), 1, seed = 1})
        end
      end
    end
  end)

  it("are not cut at a NUL, and nothing else is taken for one", function()
    local tree = sipas.UnitTree{{"a", "7"}, {"", ""}}
    for _, code in ipairs{"a\0", "a\0b", "\0", "7\0zz"} do
      helper.refuses("value", "NUL", sipas.code_hash, code)
      helper.refuses("value", "NUL", tree.find, tree, code)
      helper.refuses("value", "NUL", sipas.draw, {{"a", "b"}, {[code] = 1}, strata = {"a", "a"}, seed = 1})
      helper.refuses("value", "NUL", sipas.draw, {{code, "b"}, 1, seed = 1})
      helper.refuses("value", "NUL", tree.measure, tree, 0, code)
    end
    helper.refuses("type", "whole number", sipas.draw, {{"a"}, 1, seed = "12\0zz"})
    for _, value in ipairs{print, io.stdout, sipas.null, tree} do
      helper.refuses("type", "path: [1] is no code", sipas.code_hash, {value})
      helper.refuses("type", "path: [1] is no code", tree.find, tree, value)
    end
    helper.refuses("type", "is no code", sipas.draw, {{"a", "b"}, {[tree] = 1}, strata = {"a", "a"}, seed = 1})
  end)
end)

describe("numbers", function()
  it("are shown and read the same in every locale", function()
    local before = os.setlocale()
    local function all()
      local t = sipas.Design{weights = {1, 2.5, 3}}:mean{{0.25, 1, 2}}
      local _, err = pcall(sipas.sample_size, {1000, e = "0.25"})
      local _, kind = pcall(sipas.allocate, {n = 1.25, size = {1}})
      local _, name = pcall(sipas.sample_size, {1000, method = "WILSON"})
      return tostring(t), tostring(sipas.vec{0.25, 1e300, -1.5}), err.message, kind.message, name and #name, t.meta.method,
        sipas.sample_size{1000, method = "COCHRAN", rounding = "NEAREST"}.n[1]
    end
    local expected = {all()}
    assert.is_truthy(expected[2]:find("f64[3]: 0.25 1e+300 -1.5", 1, true))
    assert.is_truthy(expected[4]:find("got 1.25", 1, true))
    for _, locale in ipairs{"de_DE.UTF-8", "de_DE.utf8", "vi_VN.UTF-8", "vi_VN", "fr_FR.UTF-8", "tr_TR", "tr_TR.ISO-8859-9", "ps_AF.UTF-8"} do
      if os.setlocale(locale) then
        local done, seen = pcall(function() return {all()} end)
        os.setlocale(before)
        if not done then error(tostring(seen)) end
        assert.are.same(expected, seen)
      end
    end
    os.setlocale(before)
  end)
end)
