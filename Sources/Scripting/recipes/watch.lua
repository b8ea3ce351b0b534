-- watch: look after a cluster: kill what hangs, bring back what is gone, tell of each failover
-- The balancers fail over by themselves; this adds what only the engine can do. It runs until it is interrupted.
local args = pgbc.args {
  every = { type = "duration", min = 0.2, default = 3, help = "how often to look" },
  rounds = { type = "integer", min = 1, help = "end after so many looks" },
  only_tell = { type = "boolean", help = "tell what is wrong and change nothing" },
  give_up = { type = "duration", min = 1, help = "end when the engine has not answered for so long; 60s with --install" },
  install = { type = "boolean", help = "watch in a container of the engine, which starts it again" },
  uninstall = { type = "boolean", help = "remove that container" },
}

local cluster = pgbc.cluster()

local function changed(plan, state)
  return pgbc.columns({ "cluster", "watcher", "steps" }, { cluster = cluster.name, watcher = state, steps = #plan.steps })
end

if args.uninstall then
  local plan = cluster:remove_watcher()
  return changed(plan, #plan.steps > 0 and "removed" or "there was none")
end

if args.install then
  -- The engine starts it again when it gives up, and then with the engine's socket of that moment.
  if args.rounds then fail("a watcher that is installed looks without end: leave out --rounds", "invalid") end
  local words = { "--every", args.every .. "s", "--give-up", (args.give_up or 60) .. "s" }
  if args.only_tell then words[#words + 1] = "--only-tell" end
  return changed(cluster:install_watcher(words), "installed; pgbc logs watch shows what it does")
end

return pgbc.columns({ "cluster", "looks", "steps" }, cluster:look_after(args))
