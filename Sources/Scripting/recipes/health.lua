-- health: is the cluster fit to be worked with? Fails with a sentence for each thing that is not, so it serves as a check
local args = pgbc.args {
  max_lag = { type = "size", default = 16777216, help = "how far a replica may be behind" },
  max_use = { type = "integer", min = 1, max = 100, default = 90, help = "how much of a pool may be used, in percent" },
}

local cluster = pgbc.cluster()
local status = cluster:status()
local rows, bad = {}, {}

local function check(subject, good, finding)
  rows[#rows + 1] = { subject = subject, state = good and "good" or "bad", finding = finding }
  if not good then bad[#bad + 1] = subject .. ": " .. finding end
end

for _, lb in ipairs(status.balancers) do
  check(lb.balancer, lb.state == "running" and lb.sessions ~= nil, "balancer " .. lb.state)
  check(lb.balancer, lb.primary ~= nil, lb.primary and ("primary " .. lb.primary) or "no primary, or several")
  if lb.sessions and lb.capacity and lb.capacity > 0 then
    local use = 100 * lb.sessions // lb.capacity
    check(lb.balancer, use <= args.max_use, ("%d%% of the pool in use"):format(use))
  end
  for _, node in ipairs(lb.nodes) do
    if node.role == "replica" then
      local lag = node.lag_bytes or 0
      check(node.node, node.streaming and lag <= args.max_lag, (node.streaming and "streaming" or "not streaming") .. (", %d bytes behind"):format(lag))
    else
      check(node.node, node.role ~= nil, node.role or node.state)
    end
  end
end
for _, finding in ipairs(status.findings) do check(finding.subject, false, finding.sentence) end

if #bad > 0 then fail(cluster.name .. ": " .. table.concat(bad, "; "), "verification_failed") end
return pgbc.columns({ "subject", "state", "finding" }, rows)
