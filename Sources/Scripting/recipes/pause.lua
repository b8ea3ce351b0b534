-- pause: have the clients of a balancer wait instead of failing, for so many seconds at most; needs hold
local args = pgbc.args {
  balancer = { type = "balancer", help = "the only one when left out" },
  seconds = { type = "integer", min = 1, max = 3600, default = 10, help = "past this the balancer lets them go on" },
}

local lb = pgbc.cluster():balancer(args.balancer)
lb:pause(args.seconds)
local pool = lb:pool()
return pgbc.columns({ "balancer", "paused", "waiting", "clients" }, {
  balancer = lb.name, paused = pool.paused, waiting = pool.waiting, clients = pool.clients,
})
