-- add-replica: add replicas behind a balancer
-- Each is cloned, streams, is attached, and gets reads before this ends.
local args = pgbc.args {
  balancer = { type = "balancer", help = "balancer to add to; the only one when left out" },
  count = { type = "integer", min = 1, max = 31, default = 1, help = "how many" },
}

local lb = pgbc.cluster():balancer(args.balancer)
lb:add_replica(args.count)
return lb:status()
