-- scale.lua: set the number of replicas behind a balancer
--
--   pgbc run scale.lua --replicas 2
--   pgbc run scale.lua --balancer lb2 --replicas 0 --json
local args = pgbc.args {
  balancer = { help = "balancer to scale", default = "lb1" },
  replicas = { help = "replicas wanted", type = "integer", min = 0, required = true },
}
local lb = pgbc.cluster():balancer(args.balancer)
lb:scale(args.replicas)
return lb:status()
