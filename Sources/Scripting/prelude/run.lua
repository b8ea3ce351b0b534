-- The run itself: what it says, asks, waits for, and how it runs things together.

-- Methods of one kind of object: a wrong name is an error that names the right one, and so is a dot for a colon.
host.classes = {} -- the methods of each kind, for the prompt and the reference
function host.class(kind, describe)
  local methods = {}
  host.classes[kind] = methods
  local meta = { __name = kind, __metatable = kind }
  function meta.__index(_, key)
    local method = methods[key]
    if method ~= nil then return method end
    local near = host.nearest(tostring(key), methods)
    local names = {}
    for name in pairs(methods) do names[#names + 1] = name end
    local hint = near and ("did you mean '" .. near .. "'?") or ("it has " .. table.concat(names, ", "))
    host.error { code = "invalid", message = ("%s has no '%s'; %s"):format(kind, tostring(key), hint) }
  end
  function meta.__tostring(self) return kind .. " " .. describe(self) end

  local class = {}
  function class.new(fields) return setmetatable(fields, meta) end
  function class.method(name, body)
    methods[name] = function(self, ...)
      if getmetatable(self) ~= kind then
        host.error { code = "invalid", message = ("%s.%s was called with a dot; write %s:%s(…)"):format(kind, name, kind, name) }
      end
      return body(self, ...)
    end
  end
  return class
end

local function words(...)
  local texts = table.pack(...)
  for index = 1, texts.n do texts[index] = tostring(texts[index]) end
  return table.concat(texts, "\t")
end

function log(...) host.call("run.log", words(...)) end
function confirm(question) return host.call("run.confirm", question) end
function sleep(seconds) host.call("run.sleep", seconds) end
function time() return host.call("run.time") end
function random(low, high) return host.call("run.random", low, high) end

-- Ends the script with this message. The second argument is a code, or { code = …, … } with fields for whoever catches it.
-- The code decides the exit code: failed, invalid, not_found, conflict, verification_failed.
function fail(message, details)
  if type(details) ~= "table" then details = { code = details } end
  local fields = {}
  for name, value in pairs(details) do
    if name ~= "code" then fields[name] = value end
  end
  host.call("run.fail", tostring(message), details.code, next(fields) and fields)
end

-- Adds a remark to the journal of this run.
function journal(...) host.call("run.journal", words(...)) end

-- Refuses a wrong argument as primitives do.
local function expect(callee, name, wanted, value, fits)
  if fits then return end
  local given = type(value)
  if value == nil then given = "nothing"
  elseif given == "string" then given = ('string "%s"'):format(value)
  elseif given == "number" or given == "boolean" then given = given .. " " .. tostring(value)
  else given = "a " .. given end
  host.call("run.refuse", callee, name, wanted, given)
end
host.expect = expect

local function is_list(value)
  local count = 0
  if type(value) == "table" then for _ in pairs(value) do count = count + 1 end end
  return type(value) == "table" and count == rawlen(value)
end
local function expect_list(callee, name, value) expect(callee, name, "a list", value, is_list(value)) end
local function expect_function(callee, name, value) expect(callee, name, "a function", value, type(value) == "function") end
local function expect_seconds(callee, name, value)
  expect(callee, name, "a number of at least 0", value, type(value) == "number" and value >= 0 and value < math.huge)
end
local function expect_count(callee, name, value)
  expect(callee, name, "an integer of at least 1", value, math.type(value) == "integer" and value >= 1)
end
local function expect_limit(callee, options)
  expect(callee, "options", "a table", options, options == nil or type(options) == "table")
  for key, value in pairs(options or {}) do
    expect(callee, "options", "nothing but limit", key, key == "limit")
    expect_count(callee, "limit", value)
  end
end

-- The names of the steps that a coroutine is within, the outermost first.
local steps = setmetatable({}, { __mode = "k" })

-- The same function, within the steps that its caller is within.
local function within(around, fn)
  if not around then return fn end
  return function(...)
    steps[coroutine.running()] = around
    return fn(...)
  end
end

-- Runs a stretch of the script under a name, which is told, journaled, and part of what an error says.
function step(name, fn)
  expect("step", "name", "a string", name, type(name) == "string")
  expect_function("step", "fn", fn)
  local thread, begin = coroutine.running(), time()
  local around = steps[thread] or {}
  host.call("run.step", name, "begun", around)
  local inner = table.move(around, 1, #around, 1, {})
  inner[#inner + 1] = name
  steps[thread] = inner
  local results = table.pack(pcall(fn))
  steps[thread] = #around > 0 and around or nil
  if results[1] then
    host.call("run.step", name, "done", around, time() - begin)
    return table.unpack(results, 2, results.n)
  end
  local problem = results[2]
  if host.is_error(problem) then
    if problem.code == "cancelled" then error(problem, 0) end
    problem.step = problem.step and name .. " > " .. problem.step or name
  else
    host.in_step(problem, name)
  end
  local text = host.is_error(problem) and problem.message or tostring(problem)
  host.call("run.step", name, "failed", around, time() - begin, tostring(text))
  error(problem, 0)
end

-- Runs functions together; the first failure cancels the others. Returns the list of their results.
function parallel(functions, options)
  expect_list("parallel", "functions", functions)
  for index, fn in ipairs(functions) do expect_function("parallel", "functions[" .. index .. "]", fn) end
  expect_limit("parallel", options)
  local around = steps[coroutine.running()]
  if around then
    local all = functions
    functions = {}
    for index, fn in ipairs(all) do functions[index] = within(around, fn) end
  end
  return host.parallel(functions, options)
end

-- Calls `fn(item)` for each item of a list, `limit` at a time, and returns the results in the order of the list.
function map(list, fn, options)
  -- The rows of a query are a list too, with names beside them.
  expect("map", "list", "a list", list, type(list) == "table" and (rawlen(list) > 0 or rawget(list, "columns") or next(list) == nil))
  expect_function("map", "fn", fn)
  expect_limit("map", options)
  local functions, around = {}, steps[coroutine.running()]
  for index, item in ipairs(list) do functions[index] = within(around, function() return fn(item, index) end) end
  return host.parallel(functions, options)
end

-- Fails when `fn` takes longer.
function timeout(seconds, fn)
  expect_seconds("timeout", "seconds", seconds)
  expect_function("timeout", "fn", fn)
  return host.timeout(seconds, within(steps[coroutine.running()], fn))
end

-- Calls `fn` when the script ends, however it ends; the last one deferred is called first.
function defer(fn)
  expect_function("defer", "fn", fn)
  return host.defer(fn)
end

-- Calls `fn(attempt)` until it succeeds: retry({ times = 5, wait = 1, factor = 2 }, function() … end).
function retry(options, fn)
  expect("retry", "options", "a table such as { times = 5, wait = 1 }", options, type(options) == "table")
  fn = fn or options[1]
  expect_function("retry", "fn", fn)
  local times, wait = options.times or 3, options.wait or 1
  expect_count("retry", "times", times)
  expect_seconds("retry", "wait", wait)
  for attempt = 1, times do
    local results = table.pack(pcall(fn, attempt))
    if results[1] then return table.unpack(results, 2, results.n) end
    local problem = results[2]
    if attempt == times or host.is_error(problem) and problem.code == "cancelled" then error(problem, 0) end
    sleep(wait)
    wait = wait * (options.factor or 1)
  end
end
