-- load-with-switchover: run pgbench through a balancer, switch over in the middle, and say what the clients saw of it
--
--   pgbc run Examples/workflows/load-with-switchover.lua --seconds 30 --clients 8
-- With hold = true on the balancer, no client is to see an error.
local args = pgbc.args {
  balancer = { type = "balancer", help = "the only one when left out" },
  clients = { type = "integer", min = 1, max = 200, default = 8, help = "clients at once" },
  seconds = { type = "integer", min = 4, max = 3600, default = 20, help = "how long the load lasts" },
}

local lb = pgbc.cluster():balancer(args.balancer)
local old = lb:primary() or fail(lb.name .. " has no primary now", "conflict")
if #lb:replicas() == 0 then fail(lb.name .. " has no replica to switch to", "not_found") end
old:query("create table if not exists load_probe (id bigserial primary key, at timestamptz default now())", { write = true })

-- Each client writes one row after the other through the balancer; what fails is counted, and tried again.
local begun, written, failed, longest, first = time(), 0, 0, 0, nil
local till = begun + args.seconds
local jobs = {}
for number = 1, args.clients do
  jobs[number] = function()
    local last = time()
    while time() < till do
      local done, problem = pcall(lb.query, lb, "insert into load_probe default values", { write = true })
      if done then
        written, longest, last = written + 1, math.max(longest, time() - last), time()
      elseif problem.code == "cancelled" then
        error(problem, 0)
      else
        failed, first = failed + 1, first or ("after %.2f s: %s"):format(time() - begun, problem)
        sleep(0.05)
      end
    end
  end
end
local took
jobs[#jobs + 1] = function()
  sleep(args.seconds / 2)
  local before = time()
  lb:switchover()
  took = time() - before
end
parallel(jobs)

local rows = lb:primary():query("select count(*) as rows from load_probe")[1].rows
return pgbc.columns({ "from", "to", "switchover_seconds", "written", "failed", "longest_gap_seconds", "rows_found", "first_failure" }, {
  from = old.name, to = lb:primary().name, switchover_seconds = took,
  written = written, failed = failed, longest_gap_seconds = longest, rows_found = rows, first_failure = first,
})
