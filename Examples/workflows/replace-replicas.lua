-- replace-replicas: blue-green for replicas: add as many new ones as there are, then remove the old ones
--
--   pgbc run Examples/workflows/replace-replicas.lua --balancer lb1
-- Reads are served all the time: an old replica goes only when its successor is in the pool.
local args = pgbc.args {
  balancer = { type = "balancer", help = "balancer whose replicas are replaced; the only one when left out" },
}

local lb = pgbc.cluster():balancer(args.balancer)
local old = {}
for index, replica in ipairs(lb:replicas()) do old[index] = replica.name end
if #old == 0 then fail(lb.name .. " has no replica to replace", "not_found") end

log(("adding %d to %s"):format(#old, lb.name))
lb:add_replica(#old)
log("removing " .. table.concat(old, ", "))
lb:remove_replica(old)
return lb:status()
