-- exec: run a program in the container of a balancer or a node
local args = pgbc.args {
  target = { required = true, help = "balancer or node" },
  command = { type = "list", required = true, help = "the program; again for each of its arguments" },
}

local result = pgbc.cluster():target(args.target):exec(args.command)
if result.output ~= "" then print((result.output:gsub("\n$", ""))) end
if result.exit_code ~= 0 then
  local said = result.errors:gsub("%s+$", "")
  fail(("%s ended with code %d%s"):format(args.command[1], result.exit_code, said ~= "" and ": " .. said or ""))
end
if result.errors ~= "" then log((result.errors:gsub("\n$", ""))) end
