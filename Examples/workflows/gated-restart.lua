-- gated-restart: restart every node, one at a time, each only while everything else is as it should be
--
--   pgbc run Examples/workflows/gated-restart.lua --patience 2m
-- Stops before the next node when the cluster does not become healthy again in time. A run that was cut goes on with pgbc resume.
local args = pgbc.args {
  balancer = { type = "balancer", help = "the only one when left out" },
  patience = { type = "duration", default = 120, help = "how long the cluster may take to be well again" },
}

local cluster = pgbc.cluster()
local lb = cluster:balancer(args.balancer)

local function gate(after)
  local till, findings = time() + args.patience, nil
  repeat
    findings = cluster:status().findings
    if #findings == 0 then return end
    sleep(1)
  until time() > till
  fail(("%s: %s; no further node is restarted"):format(after, findings[1].sentence), "verification_failed")
end

gate("before the first restart")
local first = lb:primary() or fail(lb.name .. " has no primary now", "conflict")
for _, replica in ipairs(lb:replicas()) do
  log("restarting " .. replica.name)
  replica:restart()
  gate("after " .. replica.name)
end

-- The primary last, and as a replica: its clients move to another node first.
if #lb:replicas() > 0 then
  log("switching over from " .. first.name)
  lb:switchover()
  gate("after the switchover")
  first:restart()
else
  first:restart(true)
end
gate("after " .. first.name)
return lb:status()
