-- doctor: examine the engine: API version, images, ports, subnets, disk; and say how to mend each
pgbc.args {}

local results, bad, code = pgbc.examine(), 0, "failed"
for _, result in ipairs(results) do
  if result.verdict == "bad" then
    bad = bad + 1
    if result.subject == "engine" then code = "unreachable" end
  end
  if result.advice then log(("%s: %s"):format(result.subject, result.advice)) end
end
if bad > 0 then fail(("%d of %d are bad"):format(bad, #results), code) end
return pgbc.columns({ "subject", "verdict", "finding" }, results)
