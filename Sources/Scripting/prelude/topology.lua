-- Topologies: a JSON file, or a Lua file that returns cluster "name" { balancer "name" { … } }.

local function refuse(text, ...) host.error { code = "invalid", message = text:format(...) } end

-- `constructor "name" { … }`; `list` is the field that the items of the table go to.
local function constructor(kind, name_field, list)
  return function(name)
    if type(name) ~= "string" then
      refuse('%s needs a name: write %s "name" { … }', kind, kind)
    end
    local function build(body)
      if type(body) ~= "table" then refuse("%s %q needs a table: { … }", kind, name) end
      local built = { [name_field] = name }
      for field, value in pairs(body) do
        if type(field) == "string" then built[field] = value end
      end
      if list then
        local items = built[list] or {}
        for _, item in ipairs(body) do
          -- balancer "lb1" without a table is a balancer with everything left out
          items[#items + 1] = type(item) == "table" and getmetatable(item) == "body awaited" and item() or item
        end
        built[list] = items
      elseif #body > 0 then
        refuse("%s %q takes fields only, such as replicas = 2", kind, name)
      end
      return built
    end
    return setmetatable({}, { __metatable = "body awaited", __call = function(_, body) return build(body or {}) end })
  end
end

local constructors = {
  cluster = constructor("cluster", "cluster_name", "balancers"),
  balancer = constructor("balancer", "name"),
}

-- What a chunk raised, led by its place.
local function described(source, problem)
  local text = type(problem) == "table" and tostring(problem.message) or tostring(problem)
  local place = type(problem) == "table" and problem.location or source
  if text:sub(1, #source + 1) == source .. ":" then return text end
  return (place:sub(1, #source) == source and place or source) .. ": " .. text
end

local function evaluate(source, text)
  local globals = setmetatable({}, {
    __index = function(_, name)
      if constructors[name] or rawget(_G, name) ~= nil then return constructors[name] or rawget(_G, name) end
      local near = host.nearest(tostring(name), constructors)
      if near then refuse("use of an undeclared global '%s'; did you mean '%s'?", name, near) end
      return _G[name] -- says that there is none
    end,
    __newindex = function(_, name) refuse("assignment of an undeclared global '%s' (declare it with 'local')", name) end,
  })
  local chunk, problem = host.loadstring(text, source, globals)
  if not chunk then host.call("topology.refuse", source, tostring(problem)) end
  local done, document = pcall(chunk)
  if not done then
    -- an error of a primitive, and an interruption, keep what they are; the rest is the file's fault
    if host.is_error(document) and (document.primitive or document.code == "cancelled") then error(document, 0) end
    host.call("topology.refuse", source, described(source, document))
  end
  if getmetatable(document) == "body awaited" then document = document() end
  if type(document) ~= "table" then
    host.call("topology.refuse", source, 'the file has to return a topology: return cluster "name" { … }')
  end
  return document
end

-- Reads and checks a file, by its name or the one that the run was started with; reports every problem at once.
function host.topology(file)
  file = file or host.call("run.config")
  local read = host.call("topology.read", file)
  local document = read.document or evaluate(file, read.text)
  local done, topology = pcall(host.call, "topology.check", document, file)
  if not done then
    -- without an operation it was refused before it reached the host: a function in the table, or too deep a one
    if topology.operation or topology.code == "cancelled" then error(topology, 0) end
    host.call("topology.refuse", file, topology.message)
  end
  topology.document, topology.source = document, file
  return topology
end
