-- resume: let the clients of a balancer go on
local args = pgbc.args {
  balancer = { type = "balancer", help = "the only one when left out" },
}

local lb = pgbc.cluster():balancer(args.balancer)
lb:resume()
local pool = lb:pool()
return pgbc.columns({ "balancer", "paused", "waiting", "clients" }, {
  balancer = lb.name, paused = pool.paused, waiting = pool.waiting, clients = pool.clients,
})
