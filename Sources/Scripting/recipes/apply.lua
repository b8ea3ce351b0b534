-- apply: make a cluster as its configuration says; what it was last asked to be, without one
local args = pgbc.args {
  prune = { type = "boolean", help = "also take away what the configuration does not have" },
}

local selected = pgbc.selected()
local topology = selected.config and pgbc.topology(selected.config)
local cluster = pgbc.cluster(topology and topology.name or selected.cluster)

local plan = cluster:apply(topology, { prune = args.prune })
if #plan.steps == 0 then log(cluster.name .. " is as it should be: nothing to do") end
return cluster:status()
