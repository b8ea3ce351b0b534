-- scale: set the number of replicas behind a balancer
local args = pgbc.args {
  balancer = { type = "balancer", help = "balancer to scale; the only one when left out" },
  replicas = { type = "integer", min = 0, max = 31, required = true, help = "replicas wanted" },
}

local lb = pgbc.cluster():balancer(args.balancer)
local plan = lb:scale(args.replicas)
if #plan.steps == 0 then log(("%s has %d replicas already: nothing to do"):format(lb.name, args.replicas)) end
return lb:status()
