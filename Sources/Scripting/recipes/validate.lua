-- validate: check a configuration and report every problem at once; no engine is asked
pgbc.args {}

local topology = pgbc.topology()
return pgbc.columns({ "cluster", "file", "balancers", "nodes", "valid" }, {
  cluster = topology.name,
  file = topology.source,
  balancers = topology.balancers,
  nodes = topology.nodes,
  valid = true,
})
