-- Clusters, balancers and nodes as objects, on top of the primitives.

local cluster = host.class("cluster", function(self) return self.name end)
local balancer = host.class("lb", function(self) return self.name end)
local node = host.class("node", function(self) return self.name end)

pgbc = setmetatable({ null = host.null }, {
  __index = function(self, key)
    local near = host.nearest(tostring(key), self)
    local hint = near and ("; did you mean 'pgbc.%s'?"):format(near) or ""
    if type(key) == "string" and rawget(_G, key) ~= nil then hint = ("; write '%s' without 'pgbc.'"):format(key) end
    host.error { code = "invalid", message = ("there is no 'pgbc.%s'%s"):format(tostring(key), hint) }
  end,
})

-- The arguments of this script, declared once: flags, checks and --help come from it.
function pgbc.args(declaration) return host.call("args.parse", declaration) end

-- Names of the clusters on the engine; and one row for each.
function pgbc.clusters() return host.call("cluster.names") end
function pgbc.list() return host.call("cluster.list") end

-- A topology from a file: the one named, or the one that the run was started with.
function pgbc.topology(file) return host.topology(file) end

-- Rows (or one table) to return, with the order of their columns.
function pgbc.columns(names, rows)
  rows.columns = names
  return rows
end

-- What the run was started for: { cluster = NAME } or { config = FILE }.
function pgbc.selected() return host.call("run.selection") end

-- A cluster by name, or the one that the run was started with, or the only one on the engine.
function pgbc.cluster(name)
  if name == nil then
    local selected = pgbc.selected()
    name = selected.cluster or host.topology(selected.config).name
  end
  return cluster.new { name = name }
end

-- What is good and bad about the engine: list of { subject, verdict, finding, advice }.
function pgbc.examine() return host.call("engine.examine") end
function pgbc.postgres_version(image) return host.call("engine.postgres_version", image) end

-- MARK: cluster

cluster.method("exists", function(self) return host.call("cluster.exists", self.name) end)
cluster.method("status", function(self) return host.call("cluster.status", self.name) end)
cluster.method("topology", function(self) return host.call("topology.export", self.name) end)
cluster.method("export", function(self, format) return host.call("topology.write", self.name, format) end)

local function wanted(topology, options)
  topology, options = topology or {}, options or {}
  return topology.document, topology.source, options.prune, options.renew
end

cluster.method("plan", function(self, topology, options)
  return host.call("cluster.plan", self.name, wanted(topology, options))
end)
cluster.method("apply", function(self, topology, options)
  return host.call("cluster.apply", self.name, wanted(topology, options))
end)
cluster.method("destroy", function(self, options)
  return host.call("cluster.destroy", self.name, options and options.keep_data)
end)

cluster.method("rotate_secrets", function(self, names) return host.call("cluster.rotate_secrets", self.name, names) end)
cluster.method("upgrades", function(self) return host.call("cluster.upgrades", self.name) end)
cluster.method("repair", function(self, quiet) return host.call("cluster.repair", self.name, quiet) end)
cluster.method("install_watcher", function(self, arguments)
  return host.call("cluster.install_watcher", self.name, arguments)
end)
cluster.method("remove_watcher", function(self) return host.call("cluster.remove_watcher", self.name) end)

cluster.method("history", function(self, balancer_name) return host.call("cluster.history", self.name, balancer_name) end)

local function shape(self) return host.call("cluster.status", self.name, true).balancers end

cluster.method("balancers", function(self)
  local found = {}
  for index, seen in ipairs(shape(self)) do found[index] = balancer.new { name = seen.balancer, cluster = self.name } end
  return found
end)

-- The balancer of that name; without one, the only balancer.
cluster.method("balancer", function(self, name)
  local found = host.call("cluster.find", self.name, "balancer", name)
  return balancer.new { name = found.balancer, cluster = self.name }
end)

cluster.method("nodes", function(self)
  local found = {}
  for _, seen in ipairs(shape(self)) do
    for _, member in ipairs(seen.nodes) do
      found[#found + 1] = node.new { name = member.node, balancer = seen.balancer, cluster = self.name }
    end
  end
  return found
end)

cluster.method("node", function(self, name)
  local found = host.call("cluster.find", self.name, "node", name)
  return node.new { name = found.node, balancer = found.balancer, cluster = self.name }
end)

-- The balancer or node of that name; without one, the first balancer.
cluster.method("target", function(self, name)
  local found = host.call("cluster.find", self.name, "any", name)
  if found.node then return node.new { name = found.node, balancer = found.balancer, cluster = self.name } end
  return balancer.new { name = found.balancer, cluster = self.name }
end)

-- MARK: balancer

local function members(self, role)
  local found = {}
  for index, name in ipairs(host.call("balancer.members", self.cluster, self.name, role)) do
    found[index] = node.new { name = name, balancer = self.name, cluster = self.cluster }
  end
  return found
end

balancer.method("status", function(self) return host.call("member.status", self.cluster, self.name) end)
balancer.method("nodes", function(self) return members(self) end)
balancer.method("replicas", function(self) return members(self, "replica") end)
balancer.method("primary", function(self) return members(self, "primary")[1] end)
balancer.method("scale", function(self, replicas)
  return host.call("balancer.scale", self.cluster, self.name, replicas)
end)
balancer.method("add_replica", function(self, count)
  return host.call("balancer.add_replicas", self.cluster, self.name, count)
end)
balancer.method("remove_replica", function(self, which)
  return host.call("balancer.remove_replicas", self.cluster, self.name, which)
end)

-- A node may be given by its name or as an object.
local function named(which) return type(which) == "table" and which.name or which end

balancer.method("switchover", function(self, to, seconds)
  return host.call("balancer.switchover", self.cluster, self.name, named(to), seconds)
end)
balancer.method("failover", function(self, to, force)
  return host.call("balancer.failover", self.cluster, self.name, named(to), force)
end)
balancer.method("failover_risk", function(self, to)
  return host.call("balancer.failover_risk", self.cluster, self.name, named(to))
end)
balancer.method("upgrade", function(self, image, seconds)
  return host.call("balancer.upgrade", self.cluster, self.name, image, seconds)
end)
balancer.method("undo_upgrade", function(self, seconds) return host.call("balancer.undo_upgrade", self.cluster, self.name, seconds) end)
balancer.method("commit_upgrade", function(self) return host.call("balancer.commit_upgrade", self.cluster, self.name) end)
balancer.method("attach", function(self, which) return host.call("balancer.attach", self.cluster, self.name, named(which)) end)
balancer.method("detach", function(self, which) return host.call("balancer.detach", self.cluster, self.name, named(which)) end)
balancer.method("pause", function(self, seconds) return host.call("balancer.pause", self.cluster, self.name, seconds) end)
balancer.method("resume", function(self) return host.call("balancer.resume", self.cluster, self.name) end)
balancer.method("reload", function(self) return host.call("balancer.reload", self.cluster, self.name) end)
balancer.method("set", function(self, changes) return host.call("balancer.set", self.cluster, self.name, changes) end)
balancer.method("pool", function(self) return host.call("balancer.pool", self.cluster, self.name) end)
balancer.method("nodes_seen", function(self) return host.call("balancer.nodes_seen", self.cluster, self.name) end)

-- MARK: node

for _, name in ipairs { "start", "stop", "promote", "replace", "fence" } do
  node.method(name, function(self) return host.call("node." .. name, self.cluster, self.balancer, self.name) end)
end
node.method("restart", function(self, in_place)
  return host.call("node.restart", self.cluster, self.balancer, self.name, in_place)
end)
node.method("rejoin", function(self, reclone)
  return host.call("node.rejoin", self.cluster, self.balancer, self.name, reclone)
end)
node.method("wait", function(self, state, seconds)
  return host.call("node.wait", self.cluster, self.balancer, self.name, state, seconds)
end)
node.method("set", function(self, changes) return host.call("node.set", self.cluster, self.balancer, self.name, changes) end)
node.method("settings", function(self, names)
  return host.call("node.settings", self.cluster, self.balancer, self.name, names)
end)

node.method("status", function(self) return host.call("member.status", self.cluster, self.balancer, self.name) end)
node.method("role", function(self) return self:status().role end)
node.method("lag", function(self) return self:status().lag_bytes end)
node.method("timeline", function(self) return self:status().timeline end)

-- MARK: what a balancer and a node have in common

local function address(self)
  if getmetatable(self) == "lb" then return self.cluster, self.name, nil end
  return self.cluster, self.balancer, self.name
end

local function query(self, sql, ...)
  local values = table.pack(...)
  local options
  -- a table as the last argument is not a parameter but the options
  if values.n > 0 and type(values[values.n]) == "table" then
    options, values[values.n], values.n = values[values.n], nil, values.n - 1
  end
  local parameters = {}
  for index = 1, values.n do parameters[index] = values[index] == nil and host.null or values[index] end
  local cluster_name, balancer_name, node_name = address(self)
  local answer = host.call("node.query", cluster_name, balancer_name, node_name, sql, parameters, options)
  local rows = { columns = answer.columns, affected = answer.affected }
  for index, values_of_row in ipairs(answer.rows) do
    local row = {}
    for column, name in ipairs(answer.columns) do row[name] = values_of_row[column] end
    rows[index] = row
  end
  return rows
end

for _, class in ipairs { balancer, node } do
  class.method("query", query)
  class.method("exec", function(self, ...)
    local command = { ... }
    if #command == 1 and type(command[1]) == "table" then command = command[1] end
    local cluster_name, balancer_name, node_name = address(self)
    return host.call("node.exec", cluster_name, balancer_name, node_name, command)
  end)
  class.method("logs", function(self, tail)
    local cluster_name, balancer_name, node_name = address(self)
    return host.call("node.logs", cluster_name, balancer_name, node_name, tail)
  end)
  class.method("print_logs", function(self, tail, follow)
    local cluster_name, balancer_name, node_name = address(self)
    return host.call("node.print_logs", cluster_name, balancer_name, node_name, tail, follow)
  end)
  class.method("dsn", function(self, database)
    local cluster_name, balancer_name, node_name = address(self)
    return host.call("cluster.dsn", cluster_name, balancer_name, node_name, database)
  end)
end
