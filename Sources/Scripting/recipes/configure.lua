-- configure: change settings: key=value …; a reload where that is enough, a rolling restart where it is not
-- Settings of PostgreSQL (work_mem=8MB), and of the balancer: hold=true, sync=1, when_short=degrade, pool.max_pool=2. `key=` gives
-- a setting its default back. What PostgreSQL refuses, or does not start with, is taken back.
local args = pgbc.args {
  setting = { type = "list", positional = true, required = true, help = "key=value; more may follow" },
  balancer = { type = "balancer", help = "for all nodes of this balancer; the only one when left out" },
  node = { type = "node", help = "for this node only" },
  no_restart = { type = "boolean", help = "leave what needs a restart waiting for one" },
}

local cluster = pgbc.cluster()
local lb = cluster:balancer(args.balancer or args.node and cluster:node(args.node).balancer)
local target = args.node and cluster:node(args.node) or lb
local before = cluster:topology()

local changes, words = {}, { ["true"] = true, ["false"] = false, [""] = pgbc.null }
for _, text in ipairs(args.setting) do
  local key, value = text:match("^%s*([%w_.]+)%s*=%s*(.-)%s*$")
  if not key then fail(("%q is not a setting: write key=value"):format(text), "invalid") end
  if words[value] ~= nil then value = words[value] end
  value = math.tointeger(value) or value
  local parameter = key:match("^pool%.(.+)$")
  if parameter then
    changes.pool = changes.pool or {}
    changes.pool[parameter] = value
  else
    changes[key] = value
  end
end

-- The difference first: what each setting is now, and what it becomes.
local primary, replicas = lb:primary(), lb:replicas()
local known = (args.node and target or primary or fail(lb.name .. " has no primary now", "conflict")):settings()
for key, value in pairs(changes) do
  local now = known[key] and known[key].value or "as it is"
  if key ~= "pool" then log(("%s: %s → %s"):format(key, now, value == pgbc.null and "its default" or tostring(value))) end
end

local outcome = target:set(changes)
local function is_due(node) return outcome.pending[node.name] and not args.no_restart end

-- Replicas first; but a setting that went down, and that they must have at least as high as their primary, on the primary first.
local done, problem = pcall(function()
  if outcome.primary_first and is_due(primary) then primary:restart(true) end
  for _, replica in ipairs(replicas) do if is_due(replica) then replica:restart() end end
  if not outcome.primary_first and is_due(primary) then
    if #replicas > 0 then lb:switchover() else primary:restart(true) end
  end
end)
if not done then
  log("taking it back: " .. tostring(problem))
  cluster:apply { document = before, source = "the settings before" }
  for _, replica in ipairs(replicas) do if is_due(replica) then lb:attach(replica) end end
  error(problem, 0)
end
return lb:status()
