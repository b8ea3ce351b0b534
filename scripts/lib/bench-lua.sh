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

# The same real runs with and without a journal, in turns, on one cluster. A run that changes something puts its record on the disk
# before each change; one that only asks has no record of its own.
bench_journal() {
    expect_none "$configs/bench1.lua"
    bring_up "$configs/bench1.lua"
    printf 'pgbc.cluster():node("lb1-replica1"):restart()\n' >"$configs/restart.lua"
    cat >"$configs/scale.lua" <<'LUA'
local lb = pgbc.cluster():balancer("lb1")
lb:scale(2)
lb:scale(1)
LUA
    local script
    for script in restart scale; do
        candidate "$script with a journal" timed "$pgbc" run "$configs/$script.lua" --cluster bench1
        candidate "$script without" timed env PGBC_JOURNAL=off "$pgbc" run "$configs/$script.lua" --cluster bench1
    done
    in_turns "$times"
    ratio 'restart with a journal' 'restart without' 1.05
    ratio 'scale with a journal' 'scale without' 1.05
    remove "$configs/bench1.lua"
}
