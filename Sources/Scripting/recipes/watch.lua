-- watch: look after a cluster: fence what hangs, start and repair what is missing, restore replicas, tell of each failover
-- The balancers fail over by themselves; this adds what only the engine can do. It runs until it is interrupted.
local args = pgbc.args {
  every = { type = "duration", min = 0.2, default = 3, help = "how often to look" },
  rounds = { type = "integer", min = 1, help = "end after so many looks" },
  only_tell = { type = "boolean", help = "tell what is wrong and change nothing" },
}

local cluster = pgbc.cluster()
local primaries, told, acted = {}, {}, 0

-- Says a sentence once, until it was not true for a look.
local function tell(now, sentence)
  now[sentence] = true
  if not told[sentence] then log(sentence) end
end

-- A node that hangs while another one is primary would wake up as a second primary.
local function fence(lb)
  for _, node in ipairs(lb.nodes) do
    local hangs = node.state == "paused" or node.state == "running" and not node.role
    if hangs and lb.primary and lb.primary ~= node.node and told[node.node .. " hangs"] then
      log(("%s hangs and %s is primary: it is killed, and started again as a replica"):format(node.node, lb.primary))
      cluster:node(node.node):fence()
      cluster:node(node.node):start()
      acted = acted + 1
    end
    if hangs then told[node.node .. " hangs"] = true else told[node.node .. " hangs"] = nil end
  end
end

local function look()
  local status, now = cluster:status(), {}
  for _, lb in ipairs(status.balancers) do
    local before = primaries[lb.balancer]
    if before and lb.primary and before ~= lb.primary then
      log(("%s: %s is primary now, after %s; pgbc history tells the story"):format(lb.balancer, lb.primary, before))
    end
    primaries[lb.balancer] = lb.primary or before
  end
  for _, finding in ipairs(status.findings) do tell(now, finding.sentence) end
  for key in pairs(told) do if not key:find(" hangs$") and not now[key] then told[key] = nil end end
  for key in pairs(now) do told[key] = true end
  if args.only_tell then return end
  for _, lb in ipairs(status.balancers) do fence(lb) end
  local mendable = false
  for _, finding in ipairs(status.findings) do mendable = mendable or (finding.advice or ""):find("pgbc apply") ~= nil end
  if mendable and not status.locked_by then acted = acted + #cluster:apply().steps end
end

local rounds = 0
repeat
  local seen, problem = pcall(look)
  if not seen then log("this look failed, the next one may not: " .. tostring(problem)) end
  rounds = rounds + 1
  if args.rounds ~= rounds then sleep(args.every) end
until args.rounds == rounds
return pgbc.columns({ "cluster", "looks", "steps" }, { cluster = cluster.name, looks = rounds, steps = acted })
