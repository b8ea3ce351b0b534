-- surface: calls everything that scripts are promised once, and says what does not do what it should
-- On the simulation it leaves out what only PostgreSQL and containers can answer. Beside it: wanted.lua, beside.lua, pgbc/shared.lua.
local args = pgbc.args {
  simulated = { type = "boolean", help = "leave out what only the real thing knows" },
  destroy = { type = "boolean", help = "destroy the cluster at the end" },
}
local cluster = pgbc.cluster()
local count, wrong = 0, {}

local function try(name, fn)
  local done, problem = pcall(fn)
  count = count + 1
  if done then return end
  if type(problem) == "table" and problem.code == "cancelled" then error(problem, 0) end
  wrong[#wrong + 1] = name .. ": " .. tostring(type(problem) == "table" and problem.message or problem)
end

local function is(wanted, got) if wanted ~= got then fail(("wanted %s, got %s"):format(inspect(wanted), inspect(got))) end end
local function fails(fn, ...)
  local done, problem = pcall(fn, ...)
  if done then fail("it did not fail") end
  return problem
end

-- cluster
local wanted
try("pgbc.topology", function() wanted = pgbc.topology("wanted.lua") is(cluster.name, wanted.name) end)
try("cluster:status", function() is(cluster.name, cluster:status().cluster) end)
try("cluster:plan", function() is(0, #cluster:plan(wanted).steps) end)
try("cluster:apply", function() is(0, #cluster:apply(wanted).steps) end)
try("cluster:balancers", function() is("lb1", cluster:balancers()[1].name) end)
try("cluster:nodes", function() is(2, #cluster:nodes()) end)
try("cluster:node", function() is("lb1-replica1", cluster:node("lb1-replica1").name) end)
try("cluster:rotate_secrets", function() is(3, #cluster:rotate_secrets({ "rest" }).steps) end)
local lb = cluster:balancer("lb1")

-- balancer
try("lb:nodes_seen", function() is(2, #lb:nodes_seen()) end)
try("lb:pool", function() is("table", type(lb:pool())) end)
try("lb:primary", function() is("lb1-primary", lb:primary().name) end)
try("lb:replicas", function() is("lb1-replica1", lb:replicas()[1].name) end)
local primary, replica = cluster:node("lb1-primary"), cluster:node("lb1-replica1")
try("lb:detach", function() lb:detach(replica) end)
try("lb:attach", function() lb:attach(replica) end)
try("lb:pause", function() lb:pause(20) end)
try("lb:resume", function() lb:resume() end)
try("lb:reload", function() lb:reload() end)
try("lb:set", function() lb:set { work_mem = "6MB" } end)
try("lb:scale", function() lb:scale(2) is(2, #lb:replicas()) end)
try("lb:add_replica", function() lb:add_replica() is(3, #lb:replicas()) end)
try("lb:remove_replica", function() lb:remove_replica(2) is(1, #lb:replicas()) end)
try("lb:switchover", function() lb:switchover() is("lb1-replica1", lb:primary().name) end)

-- node
try("node:promote", function() primary:promote() is("lb1-primary", lb:primary().name) end)
try("node:role", function() is("replica", replica:role()) end)
try("node:timeline", function() is(3, primary:timeline()) end)
try("node:lag", function() is("integer", math.type(replica:lag())) end)
try("node:set", function() replica:set { work_mem = "5MB" } end)
try("node:settings", function() is("5MB", replica:settings({ "work_mem" }).work_mem.value) end)
try("node:stop", function() replica:stop() end)
try("node:start", function() replica:start() end)
try("node:wait", function() replica:wait("streaming", 60) end)
try("node:restart", function() replica:restart() end)
try("node:rejoin", function() replica:rejoin() end)
try("node:exec", function() is(0, primary:exec("true").exit_code) end)
try("node:logs", function() is("table", type(primary:logs(5))) end)
try("node:query", function() is(1, #primary:query("select 1") ) end)
if not args.simulated then
  try("node:query to change", function()
    primary:query("create table surface (id int)", { write = true })
    is(1, primary:query("insert into surface values ($1)", 7, { write = true }).affected)
    is(8, lb:query("/*NO LOAD BALANCE*/ select id + $1 as n from surface", 1)[1].n)
    fails(primary.query, primary, "delete from surface")
  end)
  try("node:rows", function()
    local seen = 0
    for row in primary:rows("select n from generate_series(1, $1::int) as n", 1200, { batch = 500 }) do seen = row.n end
    is(1200, seen)
  end)
end
try("cluster:events", function()
  local seen = {}
  parallel {
    function()
      for event in cluster:events { interval = 0.2, seconds = 60 } do
        seen[event.event] = event.node or true
        if seen["node.detached"] and seen["node.attached"] then break end
      end
    end,
    function() sleep(1) lb:detach(replica) sleep(1) lb:attach(replica) end,
  }
  is("lb1-replica1", seen["node.detached"])
  is("lb1-replica1", seen["node.attached"])
end)

-- run
try("step", function() is(3, step("outer", function() return step("inner", function() return 3 end) end)) end)
try("parallel", function()
  local both = parallel { function() sleep(0.05) return 1 end, function() return 2 end }
  is(12, both[1] * 10 + both[2])
  local late = false
  local problem = fails(parallel, { function() sleep(30) late = true end, function() fail("no") end })
  is("no", problem.message)
  is(false, late)
end)
try("map", function()
  local now, most = 0, 0
  local squares = map({ 1, 2, 3, 4, 5 }, function(item)
    now = now + 1
    most = math.max(most, now)
    sleep(0.02)
    now = now - 1
    return item * item
  end, { limit = 2 })
  is(2, most)
  is("1 4 9 16 25", table.concat(squares, " "))
end)
try("timeout", function() is("timeout", fails(timeout, 0.05, function() sleep(30) end).code) end)
try("retry", function()
  is(3, retry({ times = 3, wait = 0.01, factor = 2 }, function(attempt) if attempt < 3 then error("again") end return attempt end))
end)
try("defer", function()
  local order = {}
  parallel { function()
    defer(function() sleep(0.01) order[#order + 1] = "last" end)
    order[#order + 1] = "first"
  end }
  is("first last", table.concat(order, " "))
end)
try("<close>", function()
  local closed = false
  do local _ <close> = setmetatable({}, { __close = function() sleep(0.01) closed = true end }) end
  is(true, closed)
end)
try("log", function() log("a line for the reader", 1) end)
try("journal", function() journal("a remark", 1) end)
try("confirm", function()
  local done, answer = pcall(confirm, "Is anybody there?")
  is("boolean", type(done and answer))
end)
try("fail", function()
  local problem = fails(fail, "gone", { code = "not_found", name = "x" })
  is("not_found x", problem.code .. " " .. problem.name)
end)

-- data
try("json", function() is(2, json.decode(json.encode { list = { 1, 2 } }).list[2]) end)
try("yaml", function() is(2, yaml.decode(yaml.encode { list = { 1, 2 } }).list[2]) end)
try("inspect", function() is("{\n  a = 1,\n}", inspect { a = 1 }) end)
try("time", function() local begin = time() sleep(0.05) is(true, time() - begin >= 0.05) end)
try("random", function() is(true, random() < 1 and random(3) <= 3 and random(5, 6) >= 5) end)

-- modules and globals
try("require beside", function() is("beside", require("beside").name) end)
try("require in ./pgbc, which waits", function() is(9, require("shared").square(3)) end)
try("require of nothing", function() is("module_not_found", fails(require, "nowhere").code) end)
try("strict globals", function() is("undeclared_global", fails(function() undeclared = 1 end).code) end)

if args.destroy then try("cluster:destroy", function() cluster:destroy() is(false, cluster:exists()) end) end
return { called = count, wrong = wrong }
