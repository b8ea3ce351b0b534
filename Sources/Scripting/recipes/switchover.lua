-- switchover: make another node the primary; nothing is lost, and with hold no client sees an error
-- The balancer's own agent does the whole of it, so it is completed or taken back even when this program dies meanwhile.
local args = pgbc.args {
  balancer = { type = "balancer", help = "balancer to switch over; the only one when left out" },
  to = { type = "node", help = "the new primary; the replica that is furthest ahead when left out" },
  limit = { type = "integer", min = 1, max = 3600, default = 10, help = "seconds that clients may have to wait" },
}

local cluster = pgbc.cluster()
local lb = cluster:balancer(args.balancer or args.to and cluster:node(args.to).balancer)

local before = lb:primary()
local begun = time()
local plan = lb:switchover(args.to, args.limit)
if #plan.steps == 0 then log(("%s is the primary of %s already"):format(plan.to or args.to, lb.name)) end

-- An acknowledgement proves nothing: ask PostgreSQL itself who is primary now.
local after = lb:primary()
return pgbc.columns({ "balancer", "from", "to", "seconds" }, {
  balancer = lb.name,
  from = before and before.name,
  to = after and after.name,
  seconds = math.floor((time() - begun) * 100) / 100,
})
