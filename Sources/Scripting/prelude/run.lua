-- The run itself: what it says, asks, waits for, and how it runs things together.

-- Methods of one kind of object: a wrong name is an error that names the right one, and so is a dot for a colon.
function host.class(kind, describe)
  local methods = {}
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

-- Ends the script with this message; `code` decides the exit code: failed, invalid, not_found, conflict, verification_failed.
function fail(message, code) host.call("run.fail", tostring(message), code) end

-- Runs functions together; the first failure cancels the others. Returns the list of their results.
function parallel(functions, options) return host.parallel(functions, options) end

-- Calls `fn(item)` for each item of a list, `limit` at a time, and returns the results in the order of the list.
function map(list, fn, options)
  local functions = {}
  for index, item in ipairs(list) do functions[index] = function() return fn(item, index) end end
  return host.parallel(functions, options)
end

-- Fails when `fn` takes longer.
function timeout(seconds, fn) return host.timeout(seconds, fn) end

-- Calls `fn` when the script ends, however it ends; the last one deferred is called first.
function defer(fn) return host.defer(fn) end

-- Calls `fn` until it succeeds: retry { times = 5, wait = 1, function() … end }.
function retry(options)
  local fn = options[1]
  if type(fn) ~= "function" then
    host.error { code = "invalid", message = "bad argument to retry: expected { times = 5, wait = 1, function() … end }" }
  end
  local times, wait = options.times or 3, options.wait or 1
  for attempt = 1, times do
    local results = table.pack(pcall(fn, attempt))
    if results[1] then return table.unpack(results, 2, results.n) end
    if attempt == times then error(results[2], 0) end
    sleep(wait)
    wait = wait * (options.factor or 1)
  end
end
