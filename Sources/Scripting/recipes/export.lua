-- export: write a running cluster back as a configuration file
local args = pgbc.args {
  format = { choices = { "json", "lua" }, default = "json", help = "how to write it" },
}

return pgbc.cluster():export(args.format)
