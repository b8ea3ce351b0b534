-- canary-setting: try a setting on one replica first, and give it to the others only when that replica stays well
--
--   pgbc run Examples/workflows/canary-setting.lua work_mem=16MB --watch 60s
local args = pgbc.args {
  setting = { positional = true, required = true, help = "key=value, of PostgreSQL" },
  balancer = { type = "balancer", help = "the only one when left out" },
  watch = { type = "duration", default = 30, help = "for how long the canary is looked at" },
  max_lag = { type = "size", default = 16 * 1024 * 1024, help = "how far it may fall behind meanwhile" },
}

local key, value = args.setting:match("^([%w_.]+)=(.*)$")
if not key then fail(("%q is not a setting: write key=value"):format(args.setting), "invalid") end
local lb = pgbc.cluster():balancer(args.balancer)
local canary = lb:replicas()[1] or fail(lb.name .. " has no replica to try it on", "not_found")

log(("trying %s = %s on %s"):format(key, value, canary.name))
canary:set { [key] = value }
local function take_back()
  log("taking it back from " .. canary.name)
  canary:set { [key] = pgbc.null }
end

local till = time() + args.watch
repeat
  sleep(math.min(1, args.watch))
  local seen = canary:status()
  local trouble = seen.state ~= "running" and "is " .. seen.state
    or not seen.streaming and "does not stream"
    or (seen.lag_bytes or 0) > args.max_lag and ("is %d bytes behind"):format(seen.lag_bytes)
  if trouble then
    take_back()
    fail(("%s %s with %s = %s; nothing else was changed"):format(canary.name, trouble, key, value), "verification_failed")
  end
until time() >= till

log("giving it to all nodes of " .. lb.name)
lb:set { [key] = value }
return lb:status()
