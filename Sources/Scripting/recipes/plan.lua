-- plan: what apply would do, each step with its cause; changes nothing
local args = pgbc.args {
  prune = { type = "boolean", help = "also take away what the configuration does not have" },
}

local selected = pgbc.selected()
local topology = selected.config and pgbc.topology(selected.config)
local cluster = pgbc.cluster(topology and topology.name or selected.cluster)

return pgbc.columns({ "cluster", "steps", "text" }, cluster:plan(topology, { prune = args.prune }))
