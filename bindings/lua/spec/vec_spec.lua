local sipas = require "sipas"
local helper = require "helper"

local function cells(list, type)
  return sipas.vec(list, type):table "-"
end

describe("vec", function()
  it("has the type that holds all values", function()
    assert.are.equal("i64", sipas.vec{1, 2, 3}.type)
    assert.are.equal("f64", sipas.vec{1, 2.5}.type)
    assert.are.equal("f64", sipas.vec{1, 0 / 0}.type)
    assert.are.equal("text", sipas.vec{"a", "b"}.type)
    assert.are.equal("bool", sipas.vec{true, false}.type)
    assert.are.equal("f64", sipas.vec{}.type)
    assert.are.equal("i8", sipas.vec({1, 2}, "i8").type)
  end)

  it("gives its cells back", function()
    assert.are.same({1, -2, 3}, cells{1, -2, 3})
    assert.are.same({1.5, "-", 2}, cells{1.5, sipas.null, 2})
    assert.are.same({"x", "-", "é"}, cells{"x", nil, "é"})
    assert.are.same({true, "-", false}, cells{true, sipas.null, false})
    assert.are.same({1, "-", "-"}, cells{1, n = 3})
    for _, type in ipairs{"f64", "f32", "i64", "i32", "i16", "i8", "u8"} do
      assert.are.same({0, 1, 127}, cells({0, 1, 127}, type), type)
      assert.are.same({"-", 1}, cells({sipas.null, 1}, type), type)
    end
    local v = sipas.vec{10, sipas.null, 30}
    assert.are.equal(3, #v)
    assert.is_nil(v[0])
    assert.is_nil(v[4])
    assert.is_nil(v[1.5])
    local seen = {}
    for i, x in v:iter() do seen[i] = x or "missing" end
    assert.are.same({10, "missing", 30}, seen)
  end)

  it("keeps whole numbers beyond 2^53, as digits where Lua has no integers", function()
    local v = sipas.vec({"9007199254740993", "-9223372036854775808"}, "i64")
    assert.are.equal("9007199254740993", tostring(v[1]))
    assert.are.equal("-9223372036854775808", tostring(v[2]))
    if math.type then assert.are.equal("integer", math.type(v[1])) end
    helper.refuses("value", "[1] is no i64", sipas.vec, {"9223372036854775808"}, "i64")
  end)

  it("reads packed numbers", function()
    assert.are.same({1, -1, 258}, sipas.vec("\1\0\255\255\2\1", "<i16"):table())
    assert.are.same({256, -1, 513}, sipas.vec("\1\0\255\255\2\1", ">i16"):table())
    assert.are.same({1, 2.5}, sipas.vec("\63\240\0\0\0\0\0\0\64\4\0\0\0\0\0\0", ">f64"):table())
    local v = sipas.vec{0.1, -2, 1e300}
    assert.are.same(v:table(), sipas.vec(v:pack(), "f64"):table())
    helper.refuses("length", "3 bytes are no whole number of i16", sipas.vec, "abc", "i16")
    helper.refuses("type", "texts are not packed", sipas.vec, "abc", "text")
  end)

  it("reads a file", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(sipas.vec({5, 4, 3, -1}, "i8"):pack())
    file:close()
    assert.are.same({5, 4, 3, -1}, sipas.vec.file(path, "i8"):table())
    os.remove(path)
    helper.refuses("not found", "is no file that can be read", sipas.vec.file, path, "i8")
    helper.refuses("not found", "vec: . is no file that can be read", sipas.vec.file, ".", "i8")
    helper.refuses("not found", "is no file that can be read", sipas.vec.file, "bindings")
    if io.open "/dev/zero" then helper.refuses("not found", "another number of bytes", sipas.vec.file, "/dev/zero", "i8") end
  end)

  it("says what does not fit, and where", function()
    helper.refuses("type", "[2] is a table, not a number, text or boolean", sipas.vec, {1, {}})
    helper.refuses("type", "not all numbers, all texts or all booleans", sipas.vec, {1, "a"})
    helper.refuses("type", "key 'x' in a list of values", sipas.vec, {1, x = 2})
    helper.refuses("value", "[2] is no i8", sipas.vec, {1, 200}, "i8")
    helper.refuses("value", "[1] is no i32", sipas.vec, {1.5}, "i32")
    helper.refuses("value", "[1] has a NUL character", sipas.vec, {"a\0b"})
    helper.refuses("option", "type 'f16' is not one of", sipas.vec, {1}, "f16")
    helper.refuses("length", "[3] beyond its n = 2", sipas.vec, {1, 2, 3, n = 2})
    helper.refuses("type", "list or string expected, got nil", sipas.vec)
  end)

  it("takes no value for another", function()
    helper.refuses("value", "[1] is no bool, but 'false'", sipas.vec, {"false"}, "bool")
    helper.refuses("value", "[2] is no bool, but 2", sipas.vec, {1, 2}, "bool")
    helper.refuses("value", "[1] is no bool, but nan", sipas.vec, {0 / 0}, "bool")
    assert.are.same({true, false, true, "-"}, cells({1, 0, true, sipas.null}, "bool"))
    helper.refuses("value", "[1] is 1e+300, beyond what f32 holds", sipas.vec, {1e300}, "f32")
    assert.are.same({math.huge, -math.huge}, cells({math.huge, -math.huge}, "f32"))
    helper.refuses("type", "[1] is no number, but true", sipas.vec, {true}, "f64")
    helper.refuses("type", "[1] is no text, but 1", sipas.vec, {1}, "text")
    local little = sipas.vec("\1\0", "i16")[1] == 1
    helper.refuses("option", "order of bytes", sipas.vec, {1}, little and ">i16" or "<i16")
    helper.refuses("value", "[1] is 16777217, which f32 does not hold exactly", sipas.vec, {16777217}, "f32")
    if math.type then
      helper.refuses("value", "[1] is 9007199254740993, which f64 does not hold exactly", sipas.vec, {9007199254740993, 0.5})
    end
  end)

  it("is made from a vector as another type", function()
    local v = sipas.vec{1, 2, sipas.null, 100}
    local w = sipas.vec(v, "i8")
    assert.are.equal("i8", w.type)
    assert.are.same({1, 2, "-", 100}, w:table "-")
    assert.are.same({1, 2, "-", 100}, sipas.vec(w, "f64"):table "-")
    assert.are.equal(v, sipas.vec(v))
    assert.are.equal(v, sipas.vec(v, "i64"))
    helper.refuses("value", "[3] is no i8, but 300", sipas.vec, sipas.vec{1, 2, 300}, "i8")
    helper.refuses("value", "[1] is no i64, but 0.5", sipas.vec, sipas.vec{0.5}, "i64")
    helper.refuses("type", "[1] is no text, but 7", sipas.vec, sipas.vec{7}, "text")
    assert.are.same({"9007199254740993"}, {tostring(sipas.vec(sipas.vec{"9007199254740993"}, "i64")[1])})
  end)

  it("has its texts in its own memory", function()
    local v = sipas.vec{"a", "bb", "a", sipas.null, ""}
    if debug.setuservalue then pcall(debug.setuservalue, v, {}) end
    if debug.setfenv then pcall(debug.setfenv, v, {}) end
    collectgarbage()
    collectgarbage()
    assert.are.same({"a", "bb", "a", "-", ""}, v:table "-")
  end)

  it("does not change, and hides its metatable", function()
    local v = sipas.vec{1, 2}
    assert.is_false(pcall(function() v[1] = 5 end))
    assert.are.equal("sipas.vec", getmetatable(v))
    assert.are.equal("i64[2]: 1 2", tostring(v))
    assert.are.equal("bool[3]: true - false", tostring(sipas.vec{true, sipas.null, false}))
    assert.are.equal("sipas.null", tostring(sipas.null))
  end)

  it("takes its column in any type, with the same numbers", function()
    local q, w = {}, {}
    local random = helper.random(7)
    for i = 1, 200 do q[i], w[i] = random(5), random() + 0.5 end
    local d = sipas.Design{weights = w}
    local expected = d:mean{q}.se:pack()
    for _, type in ipairs{"f64", "f32", "i64", "i32", "i16", "i8", "u8"} do
      assert.are.equal(expected, d:mean{sipas.vec(q, type)}.se:pack(), type)
    end
  end)
end)
