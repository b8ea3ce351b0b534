-- What is outside of the clusters: files, programs and variables of this machine, each only if it was granted.

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
