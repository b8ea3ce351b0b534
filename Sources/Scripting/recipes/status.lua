-- status: what is there now, and a sentence for everything that is not as it should be
local args = pgbc.args {
  check = { type = "boolean", help = "fail when something is not as it should be" },
}

local cluster = pgbc.cluster()
local status = cluster:status()
if args.check and #status.findings > 0 then
  local sentences = {}
  for index, finding in ipairs(status.findings) do sentences[index] = finding.sentence end
  fail(cluster.name .. ": " .. table.concat(sentences, "; "), "verification_failed")
end
return status
