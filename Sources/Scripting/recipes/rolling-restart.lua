-- rolling-restart: restart PostgreSQL on every node: the replicas one by one, then a switchover, then the old primary
-- With hold no transaction fails. A setting that was lowered and that replicas need at least as high as their primary
-- (max_connections, for example) needs --primary-first; pgbc configure chooses the order by itself.
local args = pgbc.args {
  balancer = { type = "balancer", help = "only behind this balancer; all of them when left out" },
  only_pending = { type = "boolean", help = "only nodes with settings that wait for a restart" },
  primary_first = { type = "boolean", help = "restart the primary first, where it is, and no switchover" },
}

local cluster = pgbc.cluster()
local rows = {}

local function restart(node, in_place)
  node:restart(in_place)
  rows[#rows + 1] = { balancer = node.balancer, node = node.name, how = in_place and "in place" or "out of the balancer" }
end

local function is_due(node) return not args.only_pending or #node:status().pending_restart > 0 end

for _, lb in ipairs(args.balancer and { cluster:balancer(args.balancer) } or cluster:balancers()) do
  local primary, replicas = lb:primary(), lb:replicas()
  if not primary then fail(lb.name .. " has no primary: nothing was restarted", "conflict") end
  if #replicas + 1 < #lb:nodes() then fail(lb.name .. " has nodes that do not answer: nothing was restarted", "conflict") end

  local primary_is_due = is_due(primary)
  if args.primary_first and primary_is_due then restart(primary, true) end
  for _, replica in ipairs(replicas) do
    if is_due(replica) then restart(replica) end
  end
  if primary_is_due and not args.primary_first then
    if #replicas == 0 then
      restart(primary, true)
    else
      -- handing over stops the old primary and starts it as a replica: that is its restart
      lb:switchover()
      rows[#rows + 1] = { balancer = lb.name, node = primary.name, how = "by handing over" }
      if args.only_pending and is_due(primary) then restart(primary) end
    end
  end
end

if #rows == 0 then log("no node has a setting that waits for a restart") end
return pgbc.columns({ "balancer", "node", "how" }, rows)
