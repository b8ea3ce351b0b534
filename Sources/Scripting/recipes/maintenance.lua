-- maintenance: take a replica out of its balancer (on) or put it back (off); nobody else puts it back meanwhile
local args = pgbc.args {
  node = { type = "node", positional = 1, required = true, help = "the replica" },
  state = { choices = { "on", "off" }, positional = 2, required = true, help = "on: no clients; off: in service again" },
}

local cluster = pgbc.cluster()
local node = cluster:node(args.node)
local lb = cluster:balancer(node.balancer)
if args.state == "on" then lb:detach(node) else lb:attach(node) end
return lb:status()
