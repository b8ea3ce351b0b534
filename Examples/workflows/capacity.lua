-- capacity: connections, pool and sizes of every balancer in one table, and what would be full first
--
--   pgbc run Examples/workflows/capacity.lua --json | jq .
local args = pgbc.args {
  warn = { type = "integer", min = 1, max = 100, default = 80, help = "percent from which a row says so" },
}

local function percent(part, whole)
  if part and whole and whole > 0 then return math.floor(part * 100 / whole + 0.5) end
end

local rows = {}
local function add(kind, name, used, limit)
  local full = percent(used, limit)
  rows[#rows + 1] = {
    kind = kind, name = name, used = used, limit = limit, percent = full,
    note = full and full >= args.warn and "nearly full" or nil,
  }
end

for _, balancer in ipairs(pgbc.cluster():status().balancers) do
  add("sessions", balancer.balancer, balancer.sessions, balancer.capacity)
  for _, node in ipairs(balancer.nodes) do
    add("connections", node.node, node.connections, node.max_connections)
  end
end
table.sort(rows, function(a, b) return (a.percent or -1) > (b.percent or -1) end)
return pgbc.columns({ "kind", "name", "used", "limit", "percent", "note" }, rows)
