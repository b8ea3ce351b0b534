-- What is outside of the clusters: files, programs and variables of this machine, and hosts, each only if it was granted.

file = {
  read = function(path) return host.call("file.read", path) end,
  write = function(path, text) return host.call("file.write", path, text) end,
  append = function(path, text) return host.call("file.append", path, text) end,
  exists = function(path) return host.call("file.exists", path) end,
  list = function(path) return host.call("file.list", path) end,
}

-- Runs a program and gives { exit_code, output, errors }.
function run(program, arguments, options) return host.call("program.run", program, arguments, options) end

-- A variable of the environment.
function env(name) return host.call("env.read", name) end

local web_options = { method = 1, url = 1, headers = 1, body = 1, timeout = 1, limit = 1, redirects = 1 }

local function copied(values)
  local copy = {}
  for name, value in pairs(values or {}) do copy[name] = value end
  return copy
end

-- A table as the body is sent as JSON.
local function as_json(options)
  if type(options.body) ~= "table" then return options end
  local request = copied(options)
  request.body, request.headers = json.encode(options.body), copied(options.headers)
  for name in pairs(request.headers) do
    if type(name) == "string" and name:lower() == "content-type" then return request end
  end
  request.headers["Content-Type"] = "application/json"
  return request
end

-- What is no UTF-8 would be sent altered.
local function is_text(value)
  if type(value) == "string" then return utf8.len(value) ~= nil end
  for key, inner in pairs(type(value) == "table" and value or {}) do
    if not (is_text(key) and is_text(inner)) then return false end
  end
  return true
end

local answer = { __index = { json = function(self) return json.decode(self.body) end } }

local function request(options)
  host.expect("http.request", "options", "a table such as { url = \"https://…\" }", options, type(options) == "table")
  for name in pairs(options) do
    if not web_options[name] then
      local near = type(name) == "string" and host.nearest(name, web_options)
      local hint = near and ("; did you mean '%s'?"):format(near) or ""
      host.error { code = "invalid", message = ("http.request has no option '%s'%s"):format(tostring(name), hint) }
    end
  end
  local sent = as_json(options)
  if not is_text(options.body) then
    host.error { code = "invalid", message = "the body of http.request has bytes that are not UTF-8, which it cannot send" }
  end
  local got = host.call("http.request", sent.method or (sent.body and "POST" or "GET"), sent.url, sent.headers, sent.body,
    sent.timeout, sent.limit, sent.redirects)
  return setmetatable(got, answer)
end

local function with(options, method, url, body)
  host.expect("http." .. method:lower(), "options", "a table", options, options == nil or type(options) == "table")
  local all = copied(options)
  all.method, all.url = method, url
  if body ~= nil then all.body = body end
  return request(all)
end

-- Requests over HTTP: http.get(url, options), http.post(url, body, options), or http.request { method =, url =, … }.
-- Gives { status, ok, headers, body, url }; answer:json() reads the body.
http = setmetatable({
  request = request,
  get = function(url, options) return with(options, "GET", url) end,
  head = function(url, options) return with(options, "HEAD", url) end,
  post = function(url, body, options) return with(options, "POST", url, body) end,
}, { __call = function(_, options) return request(options) end })
