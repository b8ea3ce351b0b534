-- What only a prompt has: reading a text piece by piece, the last result in `_`, and results that can be shown.

-- "expression", "statement" or "incomplete"; or nothing, and what is wrong with the text.
function __read(text)
  if load("return __keep(" .. text .. "\n)", "prompt") then return "expression" end
  local chunk, problem = load(text, "prompt")
  if chunk then return "statement" end
  local _, other = load("return " .. text, "prompt")
  for _, message in ipairs { problem, other } do
    if tostring(message):find("<eof>", 1, true) then return "incomplete" end
  end
  return nil, tostring(problem)
end

-- A copy that can leave the machine: objects and functions as text.
local function shown(value, seen)
  local kind = type(value)
  if kind == "function" or kind == "thread" or kind == "userdata" and value ~= host.null then return tostring(value) end
  if kind ~= "table" then return value end
  if type(getmetatable(value)) == "string" then return tostring(value) end
  if seen[value] then return "{…}" end
  seen[value] = true
  local copy = {}
  for key, item in next, value do
    copy[type(key) == "number" and key or tostring(key)] = shown(item, seen)
  end
  seen[value] = nil
  return copy
end

-- Keeps the first of the values of an expression in `_`, and gives all of them in a form that can be shown.
function __keep(...)
  local values = table.pack(...)
  if values.n > 0 and values[1] ~= nil then rawset(_G, "_", values[1]) end
  for index = 1, values.n do values[index] = shown(values[index], {}) end
  return table.unpack(values, 1, values.n)
end

-- What can be completed: globals with what they are and hold, and the methods of each kind of object.
function __names()
  local globals = {}
  for name, value in next, _G do
    if type(name) == "string" and name:sub(1, 2) ~= "__" then
      local entry = { name = name, kind = type(value) }
      local meta = type(value) == "table" and getmetatable(value)
      if host.classes[meta] then
        entry.kind = meta
      elseif type(value) == "table" and name ~= "_G" then
        entry.fields = {}
        for field in next, value do
          if type(field) == "string" and #entry.fields < 500 then table.insert(entry.fields, field) end
        end
      end
      globals[#globals + 1] = entry
    end
  end
  local methods = {}
  for kind, bodies in next, host.classes do
    methods[kind] = {}
    for name in next, bodies do table.insert(methods[kind], name) end
  end
  return { globals = globals, methods = methods }
end
