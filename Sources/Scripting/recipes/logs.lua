-- logs: print the log of a balancer or a node
local args = pgbc.args {
  target = { help = "balancer or node; the first balancer when left out" },
  tail = { type = "integer", min = 1, help = "only that many of the last lines" },
  follow = { type = "boolean", help = "go on as lines come" },
}

pgbc.cluster():target(args.target):print_logs(args.tail, args.follow)
