-- The part of the library that is below every script: what a script's globals are, how a thread begins and ends,
-- `require`. Loaded once with the bridge's raw functions; none of them is visible to scripts.
local bridge = ...

local SCOPE_SLOTS = 8 -- the bridge's own slots of a scope; deferred functions follow

-- What modules of the library see, and scripts do not.
local host = {
  call = bridge.call, -- (name, ...) asks the host and waits: its result, or its error raised
  parallel = bridge.parallel, -- (functions, {limit = n}) the first result of each, in order
  timeout = bridge.timeout, -- (seconds, f) its results, or an error with the code "timeout"
  defer = bridge.defer, -- (f) runs it when the thread (script, function of parallel or timeout) ends, however it ends
  error = bridge.error, -- (fields or message) raises an error of the host's kind at the user's line
  is_error = bridge.is_error, -- (value) whether it is one
  in_step = bridge.in_step, -- (problem, name) the error that a pcall just gave, not of the host's kind, came from that step
  null = bridge.null, -- what stands for an absent value where nil would vanish
}

-- Names -----------------------------------------------------------------------------------------------------------

local function distance(a, b)
  local previous = {}
  for j = 0, #b do previous[j] = j end
  for i = 1, #a do
    local current = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      current[j] = math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (same and 0 or 1))
    end
    previous = current
  end
  return previous[#b]
end

local function nearest(name, names)
  local best, best_distance = nil, #name // 3 + 2
  for candidate in next, names do
    if type(candidate) == "string" and math.abs(#candidate - #name) < best_distance then
      local d = distance(name, candidate)
      if d < best_distance or (d == best_distance and best and candidate < best) then
        best, best_distance = candidate, d
      end
    end
  end
  return best
end

host.nearest = nearest

-- Globals ---------------------------------------------------------------------------------------------------------

local globals = {}

local function undeclared(name, what)
  local text = ("%s of an undeclared global '%s'"):format(what, tostring(name))
  local known = type(name) == "string" and nearest(name, globals)
  if known then text = text .. ("; did you mean '%s'?"):format(known) end
  if what == "assignment" then text = text .. " (declare it with 'local')" end
  bridge.error { code = "undeclared_global", message = text }
end

local function copy(source, names)
  local result = {}
  for name in names:gmatch("%S+") do result[name] = source[name] end
  return result
end

for name, value in next, copy(_G, "assert error getmetatable ipairs next rawequal rawget rawlen rawset select "
  .. "tonumber tostring type _VERSION") do
  globals[name] = value
end
for _, name in ipairs { "pcall", "xpcall", "setmetatable", "pairs" } do globals[name] = bridge[name] end
globals._G = globals
string.dump = nil
globals.string = string
globals.table = table
globals.utf8 = utf8
math.random, math.randomseed = nil, nil
globals.math = math
globals.debug = { traceback = bridge.traceback }
globals.coroutine = copy(bridge, "create resume wrap yield isyieldable running status close")
globals.os = {}

function globals.collectgarbage(option)
  option = option or "collect"
  if option == "collect" or option == "count" or option == "step" then return collectgarbage(option) end
  bridge.error("collectgarbage: only 'collect', 'count' and 'step' are available")
end

function globals.print(...)
  local texts = table.pack(...)
  for i = 1, texts.n do texts[i] = tostring(texts[i]) end
  host.call("print", table.concat(texts, "\t"))
end

local function chunk_name(name)
  return "@" .. (type(name) == "string" and name:gsub("^[@=]", "") or "(load)")
end

function globals.load(text, name, _, environment)
  if type(text) ~= "string" then bridge.error("load: only a text can be loaded, not a " .. type(text)) end
  return bridge.load(text, chunk_name(name), environment or globals)
end

function host.loadstring(text, name, environment)
  return bridge.load(text, chunk_name(name), environment or globals)
end

-- Those of a module of the library: it sees `host`, and what it assigns becomes a global of scripts.
local module_environment = setmetatable({ host = host }, { __index = globals, __newindex = function(_, name, value)
  rawset(globals, name, value)
end })

-- Those of a session at a prompt: like a script's, but an assignment declares.
local session_environment = setmetatable({}, { __index = globals, __newindex = function(_, name, value)
  rawset(globals, name, value)
end })

-- Modules of scripts ----------------------------------------------------------------------------------------------

local loaded = {} -- name → { value }
local loading = {} -- name → number of the thread that loads it
local waiting = {} -- number of a waiting thread → name

-- Whether waiting for the module would never end: its loader is one of us, or waits for a module that one of us loads.
local function would_deadlock(name)
  local seen = {}
  while name and loading[name] and not seen[name] do
    seen[name] = true
    if bridge.is_within(loading[name]) then return true end
    name = waiting[loading[name]]
  end
  return false
end

local function load_module(name)
  local found = host.call("module.find", name)
  if type(found) ~= "table" or found.source == nil then
    bridge.error { code = "module_not_found", message = ("there is no module '%s'"):format(name) }
  end
  local chunk, problem = bridge.load(found.source, "@" .. (found.path or name), globals)
  if not chunk then bridge.error { code = "syntax", message = problem } end
  local value = chunk(name, found.path)
  if value == nil then value = true end
  return value
end

local guard = { __close = function(self)
  loading[self.name] = nil
  bridge.wake()
end }

-- Until the thread that loads the module has ended that, or ours is cancelled.
local function wait_for(name)
  if would_deadlock(name) then
    bridge.error { code = "cyclic_require", message = ("module '%s' requires itself, through others"):format(name) }
  end
  local id = bridge.thread_id()
  waiting[id] = name
  local status, problem = bridge.attempt(bridge.wait)
  waiting[id] = nil
  if status ~= 0 then error(problem, 0) end
end

function globals.require(name)
  if type(name) ~= "string" then bridge.error("require: expected the name of a module, got a " .. type(name)) end
  while loading[name] do wait_for(name) end
  if not loaded[name] then
    local _ <close> = setmetatable({ name = name }, guard)
    loading[name] = bridge.thread_id()
    loaded[name] = { load_module(name) }
  end
  return loaded[name][1]
end

-- From here on, only what is declared.
setmetatable(globals, {
  __index = function(_, name) undeclared(name, "use") end,
  __newindex = function(_, name) undeclared(name, "assignment") end,
  __metatable = false,
})

-- Threads ---------------------------------------------------------------------------------------------------------

local function run_deferred(scope, results)
  while #scope > SCOPE_SLOTS do
    local status, problem = bridge.attempt(table.remove(scope))
    if status ~= 0 then
      local first = results[2]
      if results[1] == 0 then
        results = table.pack(status, problem)
      elseif bridge.is_error(first) then
        first.suppressed = first.suppressed or {}
        table.insert(first.suppressed, tostring(problem))
      end
    end
  end
  return table.unpack(results, 1, results.n)
end

local function leave(scope, ...)
  if #scope == SCOPE_SLOTS then return ... end
  return run_deferred(scope, table.pack(...))
end

-- The body of every thread: runs the function, then what it deferred, the last first; gives the status and the results.
local function enter(scope, body, ...)
  return leave(scope, bridge.attempt(body, ...))
end

-- `return f()` at the end of a script would be a tail call, and the place of that in the script be lost to errors. Lua
-- makes none where something is to be closed.
local KEEPS_PLACE = "local __main <close> = nil; "

local function keeping_place(text)
  if text:sub(1, 1) ~= "#" then return KEEPS_PLACE .. text end
  local first, rest = text:match("^(.-\n)(.*)$")
  return first and first .. KEEPS_PLACE .. rest or text
end

return {
  host = host,
  module_environment = module_environment,
  enter = enter,
  compile = function(text, name, session)
    if session then return bridge.load(text, "@" .. name, session_environment) end
    return bridge.load(keeping_place(text), "@" .. name, globals)
  end,
}
