-- secrets: change the cluster's passwords and tokens for real (rotate); sessions that are open stay open
-- superuser (psql, dsn), replication, monitor, pcp and rest; all of them without names. What was cut is completed by the same command.
local args = pgbc.args {
  action = { choices = { "rotate" }, positional = 1, required = true, help = "make new ones, and see that the old ones let nobody in" },
  name = { type = "list", positional = 2, help = "superuser, replication, monitor, pcp, rest; more may follow" },
}

local cluster = pgbc.cluster()
cluster:rotate_secrets(args.name)
return {
  cluster = cluster.name,
  secrets = args.name and table.concat(args.name, ", ") or "all",
  next = "pgbc dsn " .. cluster:balancers()[1].name,
}
