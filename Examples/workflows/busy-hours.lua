-- busy-hours: more replicas for as long as something runs, and back afterwards, however it ends
--
--   pgbc run Examples/workflows/busy-hours.lua --replicas 4 --duration 2h
local args = pgbc.args {
  balancer = { type = "balancer", help = "balancer to scale; the only one when left out" },
  replicas = { type = "integer", min = 1, max = 31, required = true, help = "replicas meanwhile" },
  duration = { type = "duration", default = 3600, help = "for how long" },
}

local lb = pgbc.cluster():balancer(args.balancer)
local before = #lb:replicas()
defer(function() -- runs on success, on failure and on Ctrl-C
  log(("back to %d replicas"):format(before))
  lb:scale(before)
end)

lb:scale(args.replicas)
log(("%d replicas for %g seconds"):format(args.replicas, args.duration))
sleep(args.duration)
