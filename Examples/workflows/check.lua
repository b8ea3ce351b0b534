-- check: fail when a replica is too far behind, or anything else is not as it should be; for a nightly job
--
--   pgbc run Examples/workflows/check.lua --max-lag 64MB
local args = pgbc.args {
  max_lag = { type = "size", default = 16 * 1024 * 1024, help = "how far a replica may be behind" },
}

local status = pgbc.cluster():status()
local problems = {}
for _, finding in ipairs(status.findings) do problems[#problems + 1] = finding.sentence end
for _, balancer in ipairs(status.balancers) do
  for _, node in ipairs(balancer.nodes) do
    if (node.lag_bytes or 0) > args.max_lag then
      problems[#problems + 1] = ("%s is %d bytes behind"):format(node.node, node.lag_bytes)
    end
  end
end
if #problems > 0 then fail(table.concat(problems, "; "), "verification_failed") end
return status
