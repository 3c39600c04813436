--- What the specs share: golden tables and their data, closeness, errors.
-- They run from the top of the checkout, under Lua 5.1 to 5.4 and LuaJIT.

local sipas = require "sipas"

local helper = {}

helper.build = os.getenv "BUILD" or "build"
helper.unpack = table.unpack or unpack -- luacheck: ignore

--- All of a file; nil when it cannot be read.
function helper.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "*a"
  file:close()
  return text
end

--- All of the module's C source, a file after the other; and a list of them.
function helper.source()
  local list = assert(io.popen "ls bindings/lua/*.c")
  local parts = {}
  for path in list:lines() do parts[#parts + 1] = assert(helper.read(path), path) end
  list:close()
  assert(#parts > 10)
  return table.concat(parts, "\n"), parts
end

function helper.split(text, separator)
  local parts = {}
  if text == "" then return parts end
  for part in (text .. separator):gmatch("([^" .. separator .. "]*)" .. separator) do parts[#parts + 1] = part end
  return parts
end

--- A table of texts under tests/golden: a list of rows by column. Lines that begin with # are comments, the first other line names
-- the columns.
function helper.golden(path)
  local text = assert(helper.read("tests/golden/" .. path), path)
  local separator = path:find "%.tsv$" and "\t" or ","
  local names, rows
  for line in text:gmatch "[^\r\n]+" do
    if line:sub(1, 1) ~= "#" then
      local cells = {}
      for cell in (line .. separator):gmatch("([^" .. separator .. "]*)" .. separator) do cells[#cells + 1] = cell end
      if not names then
        names, rows = cells, {}
      else
        local row = {}
        for i, name in ipairs(names) do row[name] = cells[i] or "" end
        rows[#rows + 1] = row
      end
    end
  end
  return rows, names
end

local Data = {}
Data.__index = Data

--- A column of numbers; an empty cell is NaN.
function Data:numbers(name)
  if self.made[name] then return self.made[name] end
  local values = {}
  for i, row in ipairs(self.rows) do values[i] = tonumber((assert(row[name], name))) or 0 / 0 end
  self.made[name] = sipas.vec(values, "f64")
  return self.made[name]
end

--- A column of codes; an empty cell is missing.
function Data:codes(name)
  local key = "codes of " .. name
  if self.made[key] then return self.made[key] end
  local values = {}
  for i, row in ipairs(self.rows) do
    local cell = assert(row[name], name)
    values[i] = cell ~= "" and cell or sipas.null
  end
  self.made[key] = sipas.vec(values, "text")
  return self.made[key]
end

--- Where a column is not 0.
function Data:flags(name)
  local values = {}
  for i, row in ipairs(self.rows) do values[i] = tonumber(row[name]) ~= 0 end
  return values
end

local read = {}

--- A file of tests/golden/data, read once.
function helper.data(name)
  if not read[name] then
    local rows, names = helper.golden("data/" .. name)
    read[name] = setmetatable({rows = rows, names = names, n = #rows, made = {}}, Data)
  end
  return read[name]
end

--- "a=1;b=2" as a table.
function helper.options(text)
  local out = {}
  for _, part in ipairs(helper.split(text, ";")) do
    local key, value = part:match "^([^=]*)=(.*)$"
    out[key] = value
  end
  return out
end

--- Numbers of a cell, separated by semicolons.
function helper.numbers(text)
  local out = {}
  for i, part in ipairs(helper.split(text, ";")) do
    out[i] = part:lower() == "inf" and math.huge or assert(tonumber(part), part)
  end
  return out
end

--- Groups of rows that follow each other with one value of a column, in their order.
function helper.group_by(rows, key)
  local groups, last = {}, nil
  for _, row in ipairs(rows) do
    if not last or last[1][key] ~= row[key] then
      last = {}
      groups[#groups + 1] = last
    end
    last[#last + 1] = row
  end
  return groups
end

--- |value - expected| ≤ tolerance |expected|; with an expected 0, of `scale`.
function helper.close(value, expected, tolerance, scale, label)
  local size = expected ~= 0 and math.abs(expected) or scale or 0
  if type(value) ~= "number" or not (math.abs(value - expected) <= tolerance * size) and value ~= expected then
    error(("%s: %s where %s is expected"):format(label or "value", tostring(value), tostring(expected)), 2)
  end
end

function helper.sum(values)
  local total = 0
  for i = 1, #values do total = total + values[i] end
  return total
end

--- What a call raises; fails when it does not.
function helper.raised(...)
  local done, err = pcall(...)
  if done then error("no error was raised", 2) end
  return err
end

--- The call raises an error of a status, whose message has a text in it.
function helper.refuses(status, text, ...)
  local err = helper.raised(...)
  if type(err) ~= "table" then error("not an error of sipas: " .. tostring(err), 2) end
  if err.status ~= status then error(("%s where %s is expected: %s"):format(err.status, status, err.message), 2) end
  if not err.message:find(text, 1, true) then error(("no '%s' in: %s"):format(text, err.message), 2) end
  return err
end

--- Random numbers that are the same under every Lua: x ← 16807 x mod 2^31 - 1 (Park and Miller 1988, CACM 31:1192).
function helper.random(seed)
  local x = seed
  return function(n)
    x = x * 16807 % 2147483647
    return n and x % n + 1 or x / 2147483647
  end
end

return helper
