-- history: the failovers and switchovers that were: when, why this node, and how long each phase took
local args = pgbc.args {
  balancer = { type = "balancer", help = "of this balancer only" },
  last = { type = "integer", min = 1, default = 20, help = "only so many of the newest" },
  phases = { type = "boolean", help = "a line for each phase" },
}

local cluster = pgbc.cluster()
local stories = cluster:history(args.balancer)
if #stories == 0 then log(cluster.name .. " has had no failover and no switchover") end

local function rounded(seconds) return seconds and math.floor(seconds * 100 + 0.5) / 100 end

local rows, phases = {}, {}
for index = math.max(1, #stories - args.last + 1), #stories do
  local story = stories[index]
  -- Clients were served from the first write on; that all nodes are back may take until somebody starts them.
  local served
  for _, phase in ipairs(story.phases or {}) do
    if phase.phase ~= "healed" then served = phase.after or served end
    phases[#phases + 1] = {
      at = story.at, balancer = story.balancer, kind = story.kind, to = story.to,
      after = rounded(phase.after), phase = phase.phase, text = phase.text,
    }
  end
  rows[#rows + 1] = {
    at = story.at, balancer = story.balancer, kind = story.kind, from = story.from, to = story.to,
    seconds = rounded(served), why = story.why, cause = story.cause, outcome = story.outcome,
  }
end
if args.phases then return pgbc.columns({ "at", "balancer", "kind", "to", "after", "phase", "text" }, phases) end
return pgbc.columns({ "at", "balancer", "kind", "from", "to", "seconds", "cause", "why", "outcome" }, rows)
