-- list: the clusters that the engine holds
pgbc.args {}

local rows = pgbc.list()
if #rows == 0 then log("the engine holds no cluster; pgbc init --config FILE creates one") end
return pgbc.columns({ "cluster", "state", "balancers", "nodes", "running", "ports" }, rows)
