--- CSV with a header line as columns by name; an empty cell is missing. Quotes as RFC 4180 has them, without line breaks in cells.

local csv = {}

local function cells(line)
  local out, at = {}, 1
  repeat
    local cell, comma
    if line:sub(at, at) == '"' then
      local from = at + 1
      local close = from
      while true do
        close = assert(line:find('"', close, true), "a quote is not closed")
        if line:sub(close + 1, close + 1) ~= '"' then break end
        close = close + 2
      end
      cell, comma = line:sub(from, close - 1):gsub('""', '"'), close + 1
    else
      comma = line:find(",", at, true) or #line + 1
      cell = line:sub(at, comma - 1)
    end
    out[#out + 1] = cell
    at = comma + 1
  until comma > #line
  return out
end

--- Reads a file: columns by name, lists of texts with `n` rows, in which an empty cell is nil; and the number of rows.
function csv.read(path)
  local file = assert(io.open(path, "r"))
  local names, columns, row = nil, {}, 0
  for line in file:lines() do
    line = line:gsub("\r$", "")
    if not names then
      names = cells((line:gsub("^\239\187\191", "")))
      for _, name in ipairs(names) do columns[name] = {} end
    elseif line ~= "" then
      local values = cells(line)
      if #values ~= #names then
        error(("%s: row %d: %d cells where %d are expected"):format(path, row, #values, #names), 2)
      end
      row = row + 1
      for i, name in ipairs(names) do columns[name][row] = values[i] ~= "" and values[i] or nil end
    end
  end
  file:close()
  for _, column in pairs(columns) do column.n = row end
  return columns, row
end

--- A column as numbers.
function csv.numbers(column)
  local values = {n = column.n}
  for row = 1, column.n do
    local cell = column[row]
    values[row] = cell and (tonumber(cell) or error(("row %d: '%s' is no number"):format(row - 1, cell), 2))
  end
  return values
end

return csv
