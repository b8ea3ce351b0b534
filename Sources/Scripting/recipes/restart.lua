-- restart: restart PostgreSQL on nodes, one after the other
-- Each replica is taken out of its balancer, restarted, and put back when it has caught up. The primary of the moment is refused
-- while a replica could take over: switch over first, or give --in-place (with hold its clients wait instead of failing).
local args = pgbc.args {
  node = { type = "list", positional = true, required = true, help = "the node; more may follow" },
  in_place = { type = "boolean", help = "also the primary, where it is" },
}

local cluster = pgbc.cluster()
for _, name in ipairs(args.node) do
  cluster:node(name):restart(args.in_place)
end
return cluster:status()
