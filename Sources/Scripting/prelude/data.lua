-- Data: JSON, YAML, and values as text.

json = {
  encode = function(value, options) return host.call("data.json_encode", value, options and options.pretty) end,
  decode = function(text) return host.call("data.json_decode", text) end,
}

yaml = {
  encode = function(value) return host.call("data.yaml_encode", value) end,
  decode = function(text) return host.call("data.yaml_decode", text) end,
}

local function key(value)
  if type(value) == "string" and value:match("^[%a_][%w_]*$") then return value end
  return "[" .. (type(value) == "string" and ("%q"):format(value) or tostring(value)) .. "]"
end

-- Any value as Lua text, keys sorted; a table that holds itself shows as {…}.
function inspect(value, seen, indent)
  seen, indent = seen or {}, indent or ""
  if type(value) == "string" then return ("%q"):format(value) end
  if type(value) ~= "table" then return value == host.null and "pgbc.null" or tostring(value) end
  if seen[value] then return "{…}" end
  seen[value] = true
  local inner, lines, names = indent .. "  ", {}, {}
  for index, item in ipairs(value) do lines[index] = inner .. inspect(item, seen, inner) end
  local count = #lines
  for name in pairs(value) do
    if math.type(name) ~= "integer" or name < 1 or name > count then names[#names + 1] = name end
  end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for _, name in ipairs(names) do
    lines[#lines + 1] = inner .. key(name) .. " = " .. inspect(rawget(value, name), seen, inner)
  end
  seen[value] = nil
  return #lines == 0 and "{}" or "{\n" .. table.concat(lines, ",\n") .. ",\n" .. indent .. "}"
end
