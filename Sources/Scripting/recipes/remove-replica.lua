-- remove-replica: take replicas out of a balancer and remove them with their data
-- The node that is primary now is never taken. Without names, the highest numbers go first.
local args = pgbc.args {
  balancer = { type = "balancer", help = "balancer to take from; the only one when left out" },
  count = { type = "integer", min = 1, max = 31, help = "how many; 1 when neither this nor a name is given" },
  node = { type = "list", help = "name of a replica; may be given several times" },
}
if args.count and args.node then fail("give --count or --node, not both", "invalid") end

local lb = pgbc.cluster():balancer(args.balancer)
lb:remove_replica(args.node or args.count)
return lb:status()
