-- sizes: the size of each database as every node sees it, asked of all nodes at once
--
--   pgbc run Examples/workflows/sizes.lua
pgbc.args {}

local answers = map(pgbc.cluster():nodes(), function(node)
  return { node = node.name, rows = node:query("select datname, pg_database_size(oid) as bytes from pg_database") }
end, { limit = 8 })

local rows = {}
for _, answer in ipairs(answers) do
  for _, row in ipairs(answer.rows) do
    rows[#rows + 1] = { node = answer.node, database = row.datname, bytes = row.bytes }
  end
end
return pgbc.columns({ "node", "database", "bytes" }, rows)
