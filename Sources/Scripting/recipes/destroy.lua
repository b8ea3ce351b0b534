-- destroy: remove the containers, the network and the volumes of a cluster, and nothing else
local args = pgbc.args {
  yes = { type = "boolean", help = "do not ask" },
  keep_data = { type = "boolean", help = "keep the volumes, so that init brings the data back" },
}

local cluster = pgbc.cluster()
if not cluster:exists() then cluster:status() end -- says what there is instead

if not args.yes then
  local what = args.keep_data and "Remove cluster %s and keep its data?" or "Remove cluster %s with all of its data?"
  if not confirm(what:format(cluster.name)) then fail("nothing was removed") end
end

local plan = cluster:destroy { keep_data = args.keep_data }
return pgbc.columns({ "cluster", "state", "steps" }, {
  cluster = cluster.name,
  state = args.keep_data and "removed, its data kept" or "removed",
  steps = #plan.steps,
})
