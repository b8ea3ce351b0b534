-- promote: make a replica the primary, by a switchover from the primary of the moment
local args = pgbc.args {
  node = { type = "node", positional = true, required = true, help = "the replica" },
}

local cluster = pgbc.cluster()
local node = cluster:node(args.node)
node:promote()
return cluster:balancer(node.balancer):status()
