-- replace: make a replica anew, container and data, under its old name: for a broken disk or broken files
local args = pgbc.args {
  node = { type = "node", positional = true, required = true, help = "the replica; never the primary of the moment" },
  yes = { type = "boolean", help = "do not ask" },
}

local cluster = pgbc.cluster()
local node = cluster:node(args.node)
local primary = cluster:balancer(node.balancer):primary()
if primary and primary.name == node.name then
  fail(node.name .. " is the primary now: pgbc switchover first; it is a replica then", "conflict")
end
if not args.yes and not confirm(("Remove %s with its data and clone it anew?"):format(node.name)) then
  fail("nothing was removed")
end
node:replace()
return cluster:balancer(node.balancer):status()
