-- What happens to a cluster, as it happens: for event in shop:events { interval = 1 } do … end
-- An event is { event, time, balancer, node, … }; what each means is said beside where it is made.

local function flatten(status)
  local seen = { balancers = {}, nodes = {}, locked_by = status.locked_by }
  for _, balancer in ipairs(status.balancers) do
    seen.balancers[balancer.balancer] = { state = balancer.state, primary = balancer.primary }
    for _, node in ipairs(balancer.nodes) do
      seen.nodes[balancer.balancer .. "/" .. node.node] = {
        balancer = balancer.balancer,
        node = node.node,
        up = node.state == "running" and node.role ~= nil,
        role = node.role,
        attached = node.pool_status == "up" or node.pool_status == "waiting",
        streaming = node.streaming,
      }
    end
  end
  return seen
end

local function node_events(before, now, add)
  for key, node in pairs(now.nodes) do
    local old = before.nodes[key]
    local function tell(event) add { event = event, balancer = node.balancer, node = node.node, role = node.role } end
    if not old then
      tell("node.added")
    else
      if old.up and not node.up then tell("node.down") end -- its PostgreSQL does not answer
      if not old.up and node.up then tell("node.up") end
      if old.attached and not node.attached then tell("node.detached") end -- the balancer sends it nothing
      if not old.attached and node.attached then tell("node.attached") end
      if old.streaming and node.streaming == false then tell("replication.stopped") end
      if old.streaming == false and node.streaming then tell("replication.started") end
    end
  end
  for key, old in pairs(before.nodes) do
    if not now.nodes[key] then add { event = "node.removed", balancer = old.balancer, node = old.node } end
  end
end

local function balancer_events(before, now, add)
  for name, balancer in pairs(now.balancers) do
    local old = before.balancers[name] or {}
    if old.state and old.state ~= balancer.state then
      add { event = balancer.state == "running" and "balancer.up" or "balancer.down", balancer = name }
    end
    if old.primary and not balancer.primary then
      add { event = "primary.lost", balancer = name, from = old.primary } -- nobody takes writes
    end
    local last = old.primary or old.last_primary
    balancer.last_primary = balancer.primary or last
    if last and balancer.primary and balancer.primary ~= last then
      add { event = "failover.finished", balancer = name, from = last, to = balancer.primary }
    end
  end
end

local function differences(before, now)
  local found = {}
  local function add(event) found[#found + 1] = event end
  if not before.locked_by and now.locked_by then add { event = "operation.started", by = now.locked_by } end
  balancer_events(before, now, add)
  node_events(before, now, add)
  if before.locked_by and not now.locked_by then add { event = "operation.finished", by = before.locked_by } end
  table.sort(found, function(a, b) return (a.balancer or "") .. (a.node or "") .. a.event < (b.balancer or "") .. (b.node or "") .. b.event end)
  return found
end

-- Looks every `interval` seconds (1), for `seconds` in all (without end), and gives each event once.
function host.classes.cluster.events(self, options)
  options = options or {}
  local interval, limit = options.interval or 1, options.seconds
  local before, queue, begin = flatten(self:status()), {}, time()
  return function()
    while #queue == 0 do
      if limit and time() - begin >= limit then return nil end
      sleep(interval)
      local now = flatten(self:status())
      queue = differences(before, now)
      before = now
    end
    local event = table.remove(queue, 1)
    event.time = time() - begin
    return event
  end
end
