#!/usr/bin/env -S pgbc run
-- nightly: verify every night that replicas keep up, disks have room, and nothing is left to mend
--
--   pgbc run Examples/workflows/nightly.lua --max-lag 64MB --min-free 20
-- Ends with code 6 and one sentence for each thing that is wrong, so that a timer can send a mail; or it tells a chat itself:
--   pgbc run --allow net=hooks.example.com Examples/workflows/nightly.lua --notify https://hooks.example.com/T1
local args = pgbc.args {
  max_lag = { type = "size", default = 64 * 1024 * 1024, help = "how far a replica may be behind" },
  min_free = { type = "integer", min = 0, max = 100, default = 10, help = "percent of the disk that has to be free" },
  notify = { help = "the URL of a chat's webhook that problems are posted to" },
}

local cluster = pgbc.cluster()
local problems = {}
local function complain(text, ...) problems[#problems + 1] = text:format(...) end

local status = cluster:status()
for _, finding in ipairs(status.findings) do complain("%s", finding.sentence) end
for _, balancer in ipairs(status.balancers) do
  for _, node in ipairs(balancer.nodes) do
    if (node.lag_bytes or 0) > args.max_lag then complain("%s is %d bytes behind", node.node, node.lag_bytes) end
  end
end

-- All nodes at once, four at a time.
local rows = map(cluster:nodes(), function(node)
  local answer = node:exec("df", "-P", "/var/lib/postgresql")
  local used = tonumber(answer.output:match("(%d+)%%"))
  if answer.exit_code ~= 0 or not used then
    complain("%s does not say how full its disk is", node.name)
  elseif 100 - used < args.min_free then
    complain("%s has only %d%% of its disk left", node.name, 100 - used)
  end
  return { node = node.name, role = node:role(), free_percent = used and 100 - used }
end, { limit = 4 })

if #problems > 0 and args.notify then
  local text = cluster.name .. ":\n" .. table.concat(problems, "\n")
  local told, answer = pcall(http.post, args.notify, { text = text }, { timeout = 10 })
  if not told then complain("nobody was told: %s", answer.message) end
  if told and not answer.ok then complain("nobody was told: the webhook answered %d", answer.status) end
end
if #problems > 0 then fail(table.concat(problems, "\n  "), "verification_failed") end
return pgbc.columns({ "node", "role", "free_percent" }, rows)
