-- rejoin: bring a node back that does not stream: it rewinds or is cloned anew by itself
local args = pgbc.args {
  node = { type = "node", positional = true, required = true, help = "the node; never the primary of the moment" },
  reclone = { type = "boolean", help = "throw its data away and clone it anew" },
  yes = { type = "boolean", help = "do not ask" },
}

local cluster = pgbc.cluster()
local node = cluster:node(args.node)
if args.reclone and not args.yes and not confirm(("Throw the data of %s away?"):format(node.name)) then
  fail("nothing was thrown away")
end
node:rejoin(args.reclone)
return cluster:balancer(node.balancer):status()
