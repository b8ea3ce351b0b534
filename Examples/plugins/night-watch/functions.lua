-- Scripts see these as night_watch.behind(…).
local functions = {}

-- Replicas of a cluster that are further behind than so many bytes.
function functions.behind(cluster, bytes)
  local found = {}
  for _, balancer in ipairs(cluster:status().balancers) do
    for _, node in ipairs(balancer.nodes) do
      if (node.lag_bytes or 0) > bytes then
        found[#found + 1] = { balancer = balancer.balancer, node = node.node, lag_bytes = node.lag_bytes }
      end
    end
  end
  return found
end

return functions
