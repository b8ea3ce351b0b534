-- dsn: print a connection string for a balancer or a node; it contains the password
local args = pgbc.args {
  balancer = { type = "balancer", help = "connect through this balancer" },
  node = { type = "node", help = "connect to this node" },
  target = { help = "the name of either" },
  database = { help = "the database; postgres when left out" },
}

local cluster = pgbc.cluster()
local target
if args.node then
  target = cluster:node(args.node)
elseif args.balancer then
  target = cluster:balancer(args.balancer)
else
  target = cluster:target(args.target) -- the first balancer when nothing is named
end
return target:dsn(args.database)
