-- failover: make a replica the primary although the old one cannot take part; something may be lost
-- A balancer does this by itself when its primary dies. This is for a primary that is neither dead nor of use. Use switchover
-- wherever the primary still answers: it loses nothing.
local args = pgbc.args {
  balancer = { type = "balancer", help = "balancer to fail over; the only one when left out" },
  to = { type = "node", help = "the new primary; the replica that has received most when left out" },
  force = { type = "boolean", help = "accept that what no replica has received is lost" },
  yes = { type = "boolean", help = "do not ask" },
}

local cluster = pgbc.cluster()
local lb = cluster:balancer(args.balancer or args.to and cluster:node(args.to).balancer)

local risk = lb:failover_risk(args.to)
if args.force and not args.yes then
  log(risk)
  if not confirm(("Fail %s over all the same?"):format(lb.name)) then fail("nothing was changed") end
end
lb:failover(args.to, args.force) -- refused without --force
return lb:status()
