-- Large results: for row in node:rows("select …", 7, { batch = 500 }) do … end holds one batch at a time.

local function rows(cluster, balancer, node, sql, ...)
  local values, options = table.pack(...), nil
  -- a table as the last argument is not a parameter but the options
  if values.n > 0 and type(values[values.n]) == "table" then
    options, values[values.n], values.n = values[values.n], nil, values.n - 1
  end
  local parameters = {}
  for index = 1, values.n do parameters[index] = values[index] == nil and host.null or values[index] end
  local number = host.call("rows.open", cluster, balancer, node, sql, parameters, options)
  local batch, position = { columns = {}, rows = {} }, 0
  local function following()
    position = position + 1
    if position > #batch.rows then
      batch, position = host.call("rows.next", number), 1
      if batch == nil then
        batch = { columns = {}, rows = {} }
        return nil
      end
    end
    local row = {}
    for column, name in ipairs(batch.columns) do row[name] = batch.rows[position][column] end
    return row
  end
  local closing = setmetatable({}, { __close = function() host.call("rows.close", number) end })
  return following, nil, nil, closing
end

function host.classes.lb.rows(self, sql, ...) return rows(self.cluster, self.name, nil, sql, ...) end
function host.classes.node.rows(self, sql, ...) return rows(self.cluster, self.balancer, self.name, sql, ...) end
