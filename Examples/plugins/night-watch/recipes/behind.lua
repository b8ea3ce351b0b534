-- behind: replicas that are further behind than they should be
local args = pgbc.args {
  bytes = { type = "size", default = 1024 * 1024, help = "how far a replica may be behind" },
}
return pgbc.columns({ "balancer", "node", "lag_bytes" }, night_watch.behind(pgbc.cluster(), args.bytes))
