# shellcheck shell=bash
# shellcheck disable=SC2154,SC2034
# Sourced by bench: what scripts cost. Needs measure.sh and bench-clusters.sh.

# What a call costs beyond its work: a million looks at the clock, less the same loop without them; and a million numbers encoded one
# by one, less the same numbers in lists of a thousand.
bench_roundtrip() {
    printf 'for _ = 1, 1000000 do end\n' >"$configs/loop.lua"
    printf 'for _ = 1, 1000000 do time() end\n' >"$configs/time.lua"
    printf 'for i = 1, 1000000 do json.encode(i) end\n' >"$configs/encode.lua"
    printf 'local list = {} for i = 1, 1000 do list[i] = i * 1000 end for _ = 1, 1000 do json.encode(list) end\n' >"$configs/work.lua"
    candidate 'empty loop' timed "$pgbc" run "$configs/loop.lua"
    candidate 'a million time()' timed "$pgbc" run "$configs/time.lua"
    candidate 'a million numbers in lists' timed "$pgbc" run "$configs/work.lua"
    candidate 'a million json.encode(i)' timed "$pgbc" run "$configs/encode.lua"
    in_turns "$times"
    per_call 'time()' 'a million time()' 'empty loop'
    per_call 'json.encode(i)' 'a million json.encode(i)' 'a million numbers in lists'
}

# per_call NAME CANDIDATE WITHOUT
per_call() {
    result[$1]=$(awk -v a="${result[$2]}" -v b="${result[$3]}" 'BEGIN { print (a - b) / 1000 }')
    within "$1" 0.5 us
}

bench_lua() {
    bench_roundtrip
    : >"$configs/empty.lua"
    candidate 'an empty script' timed "$pgbc" run "$configs/empty.lua"
    in_turns $((times * 4))
    within 'an empty script' 25 ms
    cat >"$configs/sleepers.lua" <<'LUA'
local sleepers = {}
for index = 1, 10000 do sleepers[index] = function() sleep(1) end end
parallel(sleepers)
LUA
    result[10,000 coroutines that wait]=$(peak_megabytes "$pgbc" run "$configs/sleepers.lua")
    within '10,000 coroutines that wait' 64 MB
}

# How many calls of primitives `pgbc test` simulates in a second, start-up and all. A round is thirteen calls: the status of the
# cluster, of the balancer and of a replica (role, lag), who is primary, a query through the balancer and one to a replica, a wait for a
# state that is there, a look-up by name, a random number, a number as JSON, the clock, and a sleep, which moves the clock and with it the
# positions of all nodes, so that nothing that was observed holds in the next round. "with faults" scales up and down every 250 rounds
# and is run again for each step that fails and each step in which pgbc dies, with a journal and a resume, whose answers count as calls.
bench_simulate() {
    cat >"$configs/mix.lua" <<'LUA'
local args = pgbc.args {
  rounds = { type = "integer", required = true, help = "how many" },
  scales = { type = "integer", default = 0, help = "scale every so many rounds; 0: never" },
}
local cluster = pgbc.cluster()
local lb = cluster:balancer("lb1")
local replica = lb:replicas()[1]
local before = #lb:replicas()
for round = 1, args.rounds do
  cluster:status()
  lb:status()
  replica:role()
  replica:lag()
  lb:primary()
  lb:query("select 1")
  replica:query("select pg_is_in_recovery()")
  replica:wait("streaming")
  cluster:node(replica.name)
  random(1, 6)
  json.encode(round)
  time()
  sleep(0.1)
  if args.scales > 0 and round % args.scales == 0 then
    lb:scale(before + 1)
    lb:scale(before)
  end
end
LUA
    candidate 'calls, 3 nodes' calls_per_second 3 --rounds 20000
    candidate 'calls, 3 nodes, with faults' calls_per_second 3 --rounds 500 --scales 250
    candidate 'calls, 24 nodes' calls_per_second 24 --rounds 4000
    candidate 'calls, 1000 nodes' calls_per_second 1000 --rounds 100
    unit=/s in_turns "$times"
    at_least 'calls, 3 nodes' 100000 /s
    at_least 'calls, 3 nodes, with faults' 100000 /s
}

# calls_per_second NODES ARGUMENT...: of the mix on a cluster of so many nodes.
calls_per_second() {
    local started report
    started=$EPOCHREALTIME
    report=$("$pgbc" test "$configs/mix.lua" --nodes "$1" --runs 0 --seed 1 --json -- "${@:2}" 2>/dev/null)
    [[ $report =~ \"calls\":([0-9]+) ]]
    awk -v a="$started" -v b="$EPOCHREALTIME" -v calls="${BASH_REMATCH[1]}" 'BEGIN { printf "%.0f\n", calls / (b - a) }'
}

# The same real runs with and without a journal, in turns, on one cluster: one change, two long changes, and many light questions after
# a change. A run that changes something puts its record on the disk before each change; one that only asks has no record of its own.
bench_journal() {
    expect_none "$configs/bench1.lua"
    bring_up "$configs/bench1.lua"
    printf 'pgbc.cluster():node("lb1-replica1"):restart()\n' >"$configs/restart.lua"
    cat >"$configs/scale.lua" <<'LUA'
local lb = pgbc.cluster():balancer("lb1")
lb:scale(2)
lb:scale(1)
LUA
    cat >"$configs/queries.lua" <<'LUA'
local cluster = pgbc.cluster()
cluster:balancer("lb1"):query("create table if not exists bench (number int)", { write = true })
local replica = cluster:node("lb1-replica1")
for _ = 1, 1000 do replica:query("select pg_is_in_recovery()") end
for _ = 1, 20 do cluster:status() end
LUA
    local script
    for script in restart scale queries; do
        candidate "$script with a journal" timed "$pgbc" run "$configs/$script.lua" --cluster bench1
        candidate "$script without" timed env PGBC_JOURNAL=off "$pgbc" run "$configs/$script.lua" --cluster bench1
    done
    in_turns "$times"
    ratio 'restart with a journal' 'restart without' 1.05
    ratio 'scale with a journal' 'scale without' 1.05
    ratio 'queries with a journal' 'queries without' 1.05
    remove "$configs/bench1.lua"
}
