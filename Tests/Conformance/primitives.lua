-- conformance: the same primitives one after the other, and what was seen after each; the same on every backend
pgbc.args {}
local topology = pgbc.topology()
local cluster = pgbc.cluster(topology.name)
local seen = {}

local function view(status, base)
  local nodes, up = {}, 0
  for index, node in ipairs(status.nodes) do
    local is_up = node.pool_status == "up" or node.pool_status == "waiting"
    if is_up then up = up + 1 end
    nodes[index] = {
      node = node.node, state = node.state, role = node.role or "none", streaming = node.streaming or false, up = is_up,
      timelines = node.timeline and node.timeline - base or 0,
    }
  end
  return { primary = status.primary or "none", up = up, count = #nodes, nodes = nodes }
end

-- What follows by itself takes a moment: looks until nothing changed for a while, a minute at most.
local function look(step, lb, base, out)
  local last, same
  for _ = 1, 60 do
    local now = view(lb:status(), base)
    local text = json.encode(now)
    same = text == last and same + 1 or 0
    local settled = same >= 2
    for _, node in ipairs(now.nodes) do
      local wanted = node.state == "running" and node.node ~= out
      if wanted and not (node.up and (node.role == "primary" or node.streaming)) then settled = false end
    end
    if settled then break end
    last = text
    sleep(0.5)
  end
  local now = view(lb:status(), base)
  now.step = step
  seen[#seen + 1] = now
end

cluster:apply(topology)
local lb = cluster:balancer("lb1")
local base = lb:primary():timeline()
look("init", lb, base)

lb:add_replica(1)
look("add_replica", lb, base)

lb:switchover("lb1-replica1")
look("switchover", lb, base)

cluster:node("lb1-replica2"):restart()
look("restart", lb, base)

lb:detach("lb1-replica2")
look("detach", lb, base, "lb1-replica2")

lb:attach("lb1-replica2")
look("attach", lb, base)

cluster:node("lb1-replica2"):stop()
look("stop", lb, base)

cluster:node("lb1-replica2"):start()
look("start", lb, base)

local change = lb:set { work_mem = "8MB", max_connections = 333 }
seen[#seen + 1] = { step = "set", pending = change.pending["lb1-replica1"] }
look("set", lb, base)

lb:pause(20)
seen[#seen + 1] = { step = "pause", paused = lb:pool().paused }
lb:resume()
seen[#seen + 1] = { step = "resume", paused = lb:pool().paused }

cluster:node("lb1-primary"):rejoin(true)
look("rejoin", lb, base)

lb:remove_replica("lb1-replica2")
look("remove_replica", lb, base)

cluster:destroy()
seen[#seen + 1] = { step = "destroy", exists = cluster:exists() }
return seen
