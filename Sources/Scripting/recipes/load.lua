-- load: run pgbench through a balancer, with a live rate; in a node's container, so nothing has to be installed here
local args = pgbc.args {
  balancer = { type = "balancer", help = "the only one when left out" },
  clients = { type = "integer", min = 1, max = 500, default = 8, help = "clients at once" },
  seconds = { type = "integer", min = 1, max = 86400, default = 10, help = "how long" },
  scale = { type = "integer", min = 1, max = 1000, default = 1, help = "size of the tables that are made when they are missing" },
  reads = { type = "boolean", help = "reads only; they are spread over the replicas" },
  database = { default = "postgres", help = "the database" },
}

local cluster = pgbc.cluster()
local lb = cluster:balancer(args.balancer)
local front = lb:status()
-- Not in the primary's container: what becomes of that one is what a load is there to show.
local bench = lb:replicas()[1] or lb:primary() or fail(lb.name .. " has no node that answers", "conflict")
local function sh(script, ...) return bench:exec("sh", "-c", script, ...) end

-- The password stays in a file that only root of that container can read; $0 is the balancer, $@ what pgbench is told.
local prelude = [[umask 077; file=$(mktemp); trap 'rm -f "$file"' EXIT
printf '*:*:*:postgres:%s\n' "$(cat /pgbc/control/secrets/superuser)" > "$file"; export PGPASSFILE="$file"
PATH="$PATH:$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)"
pgbench -h "$0" -p 9999 -U postgres "$@" 2> PROGRESS & echo $! > PROGRESS.pid; wait $!]]
local progress, done = "/tmp/pgbc-load-" .. random(1000000), false
local function pgbench(...) return sh((prelude:gsub("PROGRESS", progress)), front.container, ...) end
-- Ctrl-C ends this program, and with it what it started over there.
defer(function()
  if not done then sh('kill "$(cat ' .. progress .. '.pid)"') end
  sh("rm -f " .. progress .. "*")
end)

if #bench:query("select 1 from pg_class where relname = 'pgbench_accounts'", { database = args.database }) == 0 then
  log(("making pgbench's tables (scale %d) in %s"):format(args.scale, args.database))
  local made = pgbench("-i", "-q", "-s", tostring(args.scale), args.database)
  if made.exit_code ~= 0 then fail("pgbench could not make its tables: " .. sh("cat " .. progress).output) end
end

local options = { "-n", "-P", "1", "-c", tostring(args.clients), "-j", "2", "-T", tostring(args.seconds), args.database }
if args.reads then table.insert(options, 1, "-S") end
local result
parallel {
  function()
    result = pgbench(table.unpack(options))
    done = true
  end,
  function()
    local last
    while not done do
      sleep(1)
      local line = sh("tail -n 1 " .. progress .. " 2>/dev/null").output:match("progress: [^\n]*")
      if line and line ~= last and not done then log(line) last = line end
    end
  end,
}
if result.exit_code ~= 0 then fail("pgbench failed: " .. sh("grep -v ^progress: " .. progress).output) end
return pgbc.columns({ "balancer", "clients", "seconds", "transactions", "failed", "tps", "latency_ms" }, {
  balancer = lb.name, clients = args.clients, seconds = args.seconds,
  transactions = math.tointeger(tonumber(result.output:match("actually processed: (%d+)"))),
  failed = math.tointeger(tonumber(result.output:match("failed transactions: (%d+)") or 0)),
  tps = tonumber(result.output:match("tps = ([%d.]+)")), latency_ms = tonumber(result.output:match("latency average = ([%d.]+)")),
})
