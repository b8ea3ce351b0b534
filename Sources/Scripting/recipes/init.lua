-- init: bring a cluster up as its configuration says; run again, it changes nothing
-- A run that was cut half-way is completed by the next one.
pgbc.args {}

-- The file is checked as a whole before the engine is asked for anything.
local selected = pgbc.selected()
local topology = selected.config and pgbc.topology(selected.config)
local cluster = pgbc.cluster(topology and topology.name or selected.cluster)

local plan = cluster:apply(topology)
if #plan.steps == 0 then log(cluster.name .. " is up already: nothing to do") end

-- An acknowledgement proves nothing: look again, and say what is not as it should be.
local status = cluster:status()
for _, finding in ipairs(status.findings) do log("note: " .. finding.sentence) end

local balancers, nodes = {}, {}
for _, balancer in ipairs(status.balancers) do
  balancers[#balancers + 1] = balancer.balancer
  for _, node in ipairs(balancer.nodes) do nodes[#nodes + 1] = node.node end
end
return pgbc.columns({ "cluster", "balancers", "nodes", "connect", "next" }, {
  cluster = cluster.name,
  balancers = balancers,
  nodes = nodes,
  connect = ("pgbc psql %s --cluster %s"):format(balancers[1], cluster.name),
  next = "pgbc status " .. cluster.name,
})
